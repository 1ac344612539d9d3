/** Paths as they are given: a server's address is none, and its password must not be shown as a part of one. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { mayHoldPassword } from "../../core/messages/shown-argument.ts";
import { schemeOf, urlExample, whyNotPostgres } from "../../core/messages/url-scheme.ts";

/** Absolute. Throws USAGE for an address. */
export function pathAt(place: string, folder = "."): string {
  refuseUrl(place);
  const path = resolve(folder, place);
  if (mayHoldPassword(place) && !existsSync(path))
    throw new RowhaulError("USAGE", "There is no such file or folder; it looks like the address of a server.", {
      hint: `A server's URL looks like ${urlExample}.`,
    });
  return path;
}

/** Throws USAGE where a file or folder is wanted and a URL is given. */
export function refuseUrl(place: string): void {
  const scheme = schemeOf(place);
  if (scheme === null) return;
  if (scheme === "postgres" || scheme === "postgresql")
    throw new RowhaulError("USAGE", "A PostgreSQL URL stands where the path of a file or folder is wanted.", {
      hint: "Give a path; in a pipeline file, a server is `{ kind: postgres, url: … }`.",
    });
  const { message, hint } = whyNotPostgres(scheme);
  throw new RowhaulError("USAGE", message, { hint });
}
