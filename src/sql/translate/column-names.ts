/** What SQLite calls the columns of a result, and what of that PostgreSQL can. */
import { Buffer } from "node:buffer";
import { cutToBytes, foldName } from "../../core/schema/names.ts";
import { refuse } from "./translation.ts";

/** SQLite makes repeated names unique: `id`, `id:1`, `id:2`. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 1; taken.has(foldName(unique)); count++) {
      // From here on SQLite counts with random numbers.
      if (count > 4) refuse(`the column name ${name}, repeated too often`);
      unique = `${unique.replace(/:\d+$/, "")}:${count}`;
    }
    taken.add(foldName(unique));
    return unique;
  });
}

/** PostgreSQL cuts names at 63 bytes; cut here, so that the plan can say so. */
export function cutName(name: string, notes: Set<string>): string {
  if (Buffer.byteLength(name) <= 63) return name;
  const cut = cutToBytes(name, 63);
  notes.add(`the column name ${name} is cut to 63 bytes`);
  return cut;
}
