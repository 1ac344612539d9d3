/** The name of a table: the key of its array, or the file's own name. */
import { basename } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { sameName } from "../../core/schema/names.ts";

export function tableName(
  path: string,
  key: string | null,
  wanted: string | null,
  taken: readonly { readonly name: string }[],
): string {
  const name = key ?? wanted ?? stem(path);
  const hint = key === null ? "Set `table` for the source." : "Rename it in the file.";
  if (name === "" || name.includes("\0"))
    throw new RowhaulError(
      "SOURCE_JSON",
      `A table of ${path} has ${name === "" ? "an empty name" : "a NUL character in its name"}.`,
      {
        hint,
      },
    );
  if (/^sqlite_/i.test(name))
    throw new RowhaulError("SOURCE_JSON", `${name} cannot be the name of a table: it is reserved.`, { hint });
  const other = taken.find((table) => sameName(table.name, name));
  if (other !== undefined)
    throw new RowhaulError(
      "SOURCE_JSON",
      `${path} has two arrays named ${other.name} and ${name}, which would be one table.`,
      {
        hint,
      },
    );
  return name;
}

function stem(path: string): string {
  const name = basename(path).replace(/\.gz$/i, "");
  return name.replace(/\.(json|ndjson|jsonl|jsonlines|ldjson)$/i, "") || name;
}
