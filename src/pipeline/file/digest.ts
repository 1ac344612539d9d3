/** Which settings make a run another run. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Settings, TableSettings, TargetSettings } from "../../core/settings.ts";
import { functionPaths } from "../../transforms/step-files.ts";
import { mapValues } from "./map-values.ts";

/** What decides about the data; a changed cutover or concurrency does not unmake a snapshot and its load. */
export function digestOf(settings: Omit<Settings, "digest">): string {
  const { source, tables, root, include, exclude, accept, acceptAll, interpret, integers } = settings;
  const { mode, schema: searchSchema, config, postings, like } = settings.search;
  return createHash("sha256")
    .update(
      JSON.stringify({
        // A password does not affect the data, and must not be guessable from the digest.
        source: source.kind === "postgres" ? { ...source, url: withoutPassword(source.url) } : source,
        tables: tables === null ? null : mapValues(tables, withoutNews),
        functions: functionDigests(settings),
        root,
        include,
        exclude,
        accept,
        acceptAll,
        // Runs of a version that did not know it go on.
        ...(interpret.length === 0 ? {} : { interpret }),
        integers,
        ...targetPart(settings.target),
        search: { mode, schema: searchSchema, config, postings, like },
      }),
    )
    .digest("hex");
}

/** The keys are those of the first version; for a file, schema and collation are constant. */
function targetPart(target: TargetSettings): object {
  if (target.kind === "sqlite")
    return { schema: "main", collation: "binary", existing: target.existing, path: target.path };
  return { schema: target.schema, collation: target.collation, existing: target.existing, path: null };
}

/** Settings that earlier versions did not know leave the digest unchanged unless they are set. */
function withoutNews({ existing, key, references, ...known }: TableSettings): object {
  return {
    ...known,
    ...(existing === null ? {} : { existing }),
    ...(key === null ? {} : { key }),
    ...(Object.keys(references).length === 0 ? {} : { references }),
  };
}

/** A function that was changed is another transform. */
function functionDigests({ tables, folder }: Pick<Settings, "tables" | "folder">): string[] {
  return functionPaths(Object.values(tables ?? {}).flatMap((table) => table.steps)).map((path) => {
    try {
      return createHash("sha256")
        .update(readFileSync(resolve(folder, path)))
        .digest("hex");
    } catch {
      return "missing";
    }
  });
}

export function withAcceptAll(settings: Settings): Settings {
  const changed = { ...settings, acceptAll: true };
  return { ...changed, digest: digestOf(changed) };
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:@/?#]*):[^@/?#]*@/i, "$1@").replace(/([?&](?:ssl)?password=)[^&#]*/g, "$1");
}
