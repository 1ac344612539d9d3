/**
 * Rows in a backup against rows in the source. An application writes between the
 * two, so other counts are reported, not judged; a backup without any of the
 * source's tables is one of something else.
 */
import { count, plural } from "../core/messages/count.ts";
import { foldName } from "../core/schema/names.ts";
import { bad, doubtful, good, type Verdict } from "./verdict.ts";

export function compareRows(
  backup: ReadonlyMap<string, number>,
  source: ReadonlyMap<string, number> | null,
  how: string,
): Verdict {
  const total = [...backup.values()].reduce((sum, n) => sum + n, 0);
  const holds = `${how}: ${plural(total, "row")} in ${plural(backup.size, "table")}`;
  if (source === null || source.size === 0) return good(holds);
  const there = new Map([...backup].map(([name, rows]) => [foldName(name), rows]));
  const missing = [...source.keys()].filter((name) => !there.has(foldName(name)));
  if (missing.length === source.size)
    return bad("it has none of the source's tables, so it is a backup of something else");
  if (missing.length > 0) return doubtful(`${holds}; without the source's ${missing.join(", ")}`);
  const other = [...source].flatMap(([name, rows]) => {
    const kept = there.get(foldName(name)) ?? 0;
    return kept === rows
      ? []
      : [{ text: `${name} has ${count(kept)} of ${count(rows)} rows`, lost: rows > 0 && kept === 0 }];
  });
  if (other.length === 0) return good(`${holds}, as many as in the source`);
  const shown = other.slice(0, 3).map(({ text }) => text);
  const more = other.length > 3 ? `, and ${plural(other.length - 3, "other table")}` : "";
  const message = `${holds}; ${shown.join(", ")}${more}`;
  return other.some(({ lost }) => lost) ? doubtful(message) : good(message);
}
