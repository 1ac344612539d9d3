/** Recognises folders that are not rowhaul exports, and what in them can be moved. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** `is` completes "… is …". */
export function folderKind(folder: string): { readonly is: string; readonly todo: string } {
  const names = namesIn(folder);
  if (names.includes("toc.dat"))
    return {
      is: "a PostgreSQL dump (pg_dump's directory format)",
      todo: `Restore it (createdb app && pg_restore -d app ${folder}), and give that server's URL.`,
    };
  if (names.includes("PG_VERSION"))
    return { is: "the data directory of a PostgreSQL server", todo: "Start that server, and give its URL." };
  if (names.some((name) => name.endsWith(".bson")))
    return {
      is: "a dump of MongoDB",
      todo: "Write each collection to a file by `mongoexport --collection=… --out=….ndjson`, and give that file.",
    };
  const file =
    names.find((name) => /\.(db|db3|sqlite|sqlite3)$/i.test(name)) ??
    names.find((name) => /\.(json|ndjson|jsonl)(\.gz)?$/i.test(name));
  return {
    is: names.length === 0 ? "an empty folder" : "a folder",
    todo:
      file === undefined
        ? "Give a file, a URL, or a folder that `rowhaul export` wrote."
        : `Give the file in it: ${join(folder, file)}`,
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
