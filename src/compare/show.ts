/** Keys, rows and cells as messages and the report show them. */

import type { Value } from "../core/plan/transform.ts";
import { keyText } from "../core/values/key-text.ts";
import { renderCell, shorten } from "../core/values/render-cell.ts";
import { realDigits } from "../core/values/wire.ts";

/** `id=42, name="x"`. */
export function showKey(columns: readonly string[], row: readonly Value[]): string {
  const values = columns.map((_, i) => {
    const cell = row[i] ?? null;
    return cell !== null && typeof cell === "object" && !(cell instanceof Uint8Array) ? cell.rawText : cell;
  });
  return shorten(keyText(columns, values), 300);
}

/** Two cells that differ, each as one line. Of long ones what is around the first difference. */
export function showPair(a: Value, b: Value): readonly [string, string] {
  const [x, y] = [line(a), line(b)];
  if (x.length <= longest && y.length <= longest) return [shorten(x, 2 * longest), shorten(y, 2 * longest)];
  let same = 0;
  while (same < x.length && x[same] === y[same]) same += 1;
  const from = Math.max(0, same - longest / 3);
  const cut = (text: string): string =>
    `${from > 0 ? `${text.slice(0, text.indexOf(" ") + 1)}…` : ""}${shorten(text.slice(from), longest)}`;
  return [cut(x), cut(y)];
}

const longest = 120;

function line(cell: Value): string {
  if (cell === null) return "NULL";
  switch (typeof cell) {
    case "bigint":
      return `integer ${cell}`;
    case "number":
      return `real ${realDigits(cell)}`;
    case "string":
      return renderCell("text", Buffer.from(cell, "utf8"));
    default:
      return cell instanceof Uint8Array
        ? renderCell("blob", Buffer.from(cell))
        : renderCell("text", Buffer.from(cell.rawText));
  }
}
