/** The schema of a server's URL and the one that is named beside it: they are one. */

import { RowhaulError } from "../../core/messages/errors.ts";
import { schemaOfUrl } from "../../postgres/url.ts";

/** `says`: who named the other one. Throws USAGE when they differ, and for parameters that are not understood. */
export function schemaAt(url: string, named: string | undefined, says: string): string | undefined {
  const inUrl = schemaOfUrl(url) ?? undefined;
  if (inUrl === undefined || named === undefined || inUrl === named) return named ?? inUrl;
  throw new RowhaulError("USAGE", `The URL says schema=${inUrl}, and ${says} ${named}.`, {
    hint: "Leave one of them out.",
  });
}
