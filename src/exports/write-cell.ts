/**
 * One cell as JSON that says its storage class without the manifest's help:
 * INTEGER is a number without fraction, REAL one with fraction or exponent, TEXT a
 * string, and what JSON has no word for an object with one `$` member.
 */
import { jsonProblem } from "../core/values/json-facts.ts";
import type { BrokenText, ColumnStyle, ExportCell } from "./cell.ts";

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

/** Longer ones are written in pieces. In characters or bytes. */
export const largeCell = 1 << 20;

export function isLarge(cell: ExportCell): cell is string | Buffer | BrokenText {
  if (typeof cell === "string") return cell.length > largeCell;
  if (cell === null || typeof cell !== "object") return false;
  return (Buffer.isBuffer(cell) ? cell : cell.broken).length > largeCell;
}

/** What `writeCell` gives, in pieces of about 1 MB: the whole would be in memory three times. */
export function* largeCellPieces(cell: string | Buffer | BrokenText, style: ColumnStyle): Generator<string> {
  if (typeof cell === "string") {
    yield* textPieces(cell, style);
    return;
  }
  const [tag, bytes, encoding] = Buffer.isBuffer(cell)
    ? (["$bytes", cell, "base64"] as const)
    : (["$text", cell.broken, "hex"] as const);
  yield `{"${tag}":"`;
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.toString(encoding, at, at + pieceBytes);
  yield '"}';
}

/** Of whole groups of base64. */
const pieceBytes = 3 << 18;

function* textPieces(text: string, style: ColumnStyle): Generator<string> {
  if (style === "numeric" && plainNumber.test(text)) yield text;
  else if (style !== "json" || jsonProblem(text) === "invalid") yield* stringPieces(text);
  else if (standsNested(text)) yield* slices(text);
  else {
    yield '{"$json":';
    yield* stringPieces(text);
    yield "}";
  }
}

function* stringPieces(text: string): Generator<string> {
  yield '"';
  for (const slice of slices(text)) yield JSON.stringify(slice).slice(1, -1);
  yield '"';
}

/** Never between the two halves of a character. */
function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + largeCell, text.length);
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1;
    yield text.slice(at, end);
    at = end;
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
