/**
 * One cell as JSON that says its storage class without the manifest's help:
 * INTEGER is a number without fraction, REAL one with fraction or exponent, TEXT a
 * string, and what JSON has no word for an object with one `$` member.
 */
import { jsonProblem } from "../core/values/json-facts.ts";
import type { ColumnStyle, ExportCell } from "./cell.ts";

export function writeCell(cell: ExportCell, style: ColumnStyle): string {
  if (cell === null) return "null";
  switch (typeof cell) {
    case "bigint":
      // In a numeric column a bare number is a text, as the column's own values are.
      return style === "numeric" ? `{"$integer":"${cell}"}` : String(cell);
    case "number":
      return style === "numeric" || !Number.isFinite(cell) ? `{"$real":"${realText(cell)}"}` : realText(cell);
    case "string":
      return textCell(cell, style);
    default:
      return Buffer.isBuffer(cell)
        ? `{"$bytes":"${cell.toString("base64")}"}`
        : `{"$text":"${cell.broken.toString("hex")}"}`;
  }
}

/** The shortest digits that read back as the same double, with a fraction or an exponent. */
function realText(value: number): string {
  const shortest = Object.is(value, -0) ? "-0" : String(value);
  return /^-?\d+$/.test(shortest) ? `${shortest}.0` : shortest;
}

function textCell(text: string, style: ColumnStyle): string {
  if (style === "numeric" && plainNumber.test(text)) return text;
  if (style !== "json") return JSON.stringify(text);
  if (jsonProblem(text) === "invalid") return JSON.stringify(text);
  return standsNested(text) ? text : `{"$json":${JSON.stringify(text)}}`;
}

const plainNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** JSON objects and arrays on one line cannot be confused with any other cell, unless they begin like ours. */
function standsNested(text: string): boolean {
  return /^[{[]/.test(text) && /[}\]]$/.test(text) && !/[\r\n]/.test(text) && !/^\{\s*"(?:\$|\\u0024)/.test(text);
}
