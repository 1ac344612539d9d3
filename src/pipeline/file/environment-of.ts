/** Which environment a run is in. */

import type { Environment } from "../../core/environment.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { environmentOfFile } from "./environment-file.ts";
import { kinds } from "./environment-kinds.ts";
import type { EnvironmentFile } from "./environment-settings.ts";

/**
 * `name`: what --env says. Where a pipeline has environments, none named means production. The three
 * usual ones are known without being in the file. Throws USAGE for any other.
 */
export function environmentOf(
  environments: Readonly<Record<string, EnvironmentFile>> | undefined,
  name: string | null,
): Environment {
  if (environments === undefined && name === null) return noEnvironment;
  const wanted = name ?? "production";
  const known = environments ?? {};
  const file = Object.hasOwn(known, wanted) ? known[wanted] : undefined;
  if (file !== undefined) return environmentOfFile(wanted, file);
  if (kinds.some((kind) => kind === wanted)) return environmentOfFile(wanted, {});
  throw new RowhaulError("USAGE", `There is no environment "${wanted}".`, {
    hint: `Known: ${[...new Set([...Object.keys(known), ...kinds])].join(", ")}.`,
  });
}

/** A pipeline without environments runs as it always did. */
export const noEnvironment: Environment = {
  ...environmentOfFile("development", {}),
  name: null,
  kind: "production",
  confirm: "ask",
};
