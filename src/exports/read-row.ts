/**
 * The inverse of the writer: one line to its cells. A line is taken only in the
 * form in which the writer spells it (members in column order, no spaces), so it
 * can be read column by column; the files are covered by their SHA-256 anyway.
 */
import { jsonProblem } from "../core/values/json-facts.ts";
import type { ColumnStyle, ExportCell } from "./cell.ts";

export type RowColumn = { readonly name: string; readonly style: ColumnStyle };

/** `refuse`: what to throw about the line at hand. */
export function rowReader(
  columns: readonly RowColumn[],
  refuse: (message: string) => Error,
): (line: string) => ExportCell[] {
  const heads = columns.map(({ name }, i) => `${i === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return (text) => {
    const line: Line = { text, at: 0, column: "", refuse };
    const row = columns.map(({ name, style }, i) => {
      const head = heads[i] ?? "";
      if (!text.startsWith(head, line.at)) throw refuse(`${found(line)} where ${head} was expected`);
      line.at += head.length;
      line.column = name;
      return readCell(line, style);
    });
    if (text[line.at] !== "}" || text.length !== line.at + 1) throw refuse(`${found(line)} where the line should end`);
    return row;
  };
}

type Line = { readonly text: string; at: number; column: string; readonly refuse: (message: string) => Error };

function readCell(line: Line, style: ColumnStyle): ExportCell {
  switch (line.text[line.at]) {
    case '"':
      return readString(line);
    case "{":
      if (line.text.startsWith('{"$', line.at)) return readTagged(line);
      break;
    case "n":
      if (!line.text.startsWith("null", line.at)) break;
      line.at += 4;
      return null;
    case "[":
      break;
    default:
      return readNumber(line, style);
  }
  if (style !== "json") throw wrong(line);
  return readNested(line);
}

function readNumber(line: Line, style: ColumnStyle): ExportCell {
  const token = match(line, /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y);
  if (token === null) throw wrong(line);
  const [digits, fraction, exponent] = token;
  if (style === "numeric") return digits;
  return fraction === undefined && exponent === undefined ? int64(digits, line) : double(digits, line);
}

function int64(digits: string, line: Line): bigint {
  const value = BigInt(digits);
  if (BigInt.asIntN(64, value) !== value) throw line.refuse(`${line.column} is ${digits}, which is beyond 64 bits`);
  return value;
}

function double(digits: string, line: Line): number {
  const value = Number(digits);
  if (!Number.isFinite(value)) throw line.refuse(`${line.column} is ${digits}, which is beyond a double`);
  return value;
}

function readString(line: Line): string {
  const from = line.at;
  skipString(line);
  const token = line.text.slice(from, line.at);
  try {
    const text = JSON.parse(token) as string;
    // The line is valid UTF-8, so only an escape can leave half a character.
    if (!token.includes("\\u") || text.isWellFormed()) return text;
  } catch {
    // Said below, with the place.
  }
  throw line.refuse(`${line.column} is no JSON string`);
}

/** To behind the closing quote: the next one that an even number of backslashes precedes. */
function skipString(line: Line): void {
  for (let end = line.at; ; ) {
    end = line.text.indexOf('"', end + 1);
    if (end < 0) throw wrong(line);
    let slashes = 0;
    while (line.text[end - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 1) continue;
    line.at = end + 1;
    return;
  }
}

function readTagged(line: Line): ExportCell {
  const tag = match(line, /\{"\$(json|bytes|text|real|integer)":/y)?.[1];
  if (tag === undefined) throw wrong(line);
  if (line.text[line.at] !== '"') throw wrong(line);
  const value = tag === "bytes" || tag === "text" ? readPlain(line) : readString(line);
  if (line.text[line.at] !== "}") throw wrong(line);
  line.at += 1;
  switch (tag) {
    case "json":
      return value;
    case "bytes":
      return bytesOf(value, "base64", line);
    case "text":
      return { broken: bytesOf(value, "hex", line) };
    case "integer":
      if (!/^-?\d{1,19}$/.test(value)) throw wrong(line);
      return int64(value, line);
    default:
      if (value === "Infinity") return Number.POSITIVE_INFINITY;
      if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
      if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value)) throw wrong(line);
      return double(value, line);
  }
}

/** A string in which nothing is escaped. */
function readPlain(line: Line): string {
  const from = line.at + 1;
  skipString(line);
  return line.text.slice(from, line.at - 1);
}

/**
 * Node stops at the first character that is none of the encoding's; that would be a silent loss. In pieces: written back
 * as a whole to compare, a large value would be in memory once more.
 */
function bytesOf(text: string, encoding: "base64" | "hex", line: Line): Buffer {
  const bytes = Buffer.from(text, encoding);
  const written = encoding === "hex" ? bytes.length * 2 : Math.ceil(bytes.length / 3) * 4;
  let same = written === text.length;
  const piece = 3 << 18;
  for (let at = 0; same && at < bytes.length; at += piece) {
    const part = bytes.toString(encoding, at, at + piece);
    same = text.startsWith(part, encoding === "hex" ? at * 2 : (at / 3) * 4);
  }
  if (!same) throw line.refuse(`${line.column} is not valid ${encoding}`);
  return bytes;
}

/** An object or an array, as it is written. */
function readNested(line: Line): string {
  const from = line.at;
  let depth = 0;
  const step = /["{}[\]]/g;
  for (step.lastIndex = from; ; ) {
    const sign = step.exec(line.text)?.[0];
    if (sign === undefined) throw wrong(line);
    if (sign === '"') {
      line.at = step.lastIndex - 1;
      skipString(line);
      step.lastIndex = line.at;
    } else {
      depth += sign === "{" || sign === "[" ? 1 : -1;
      if (depth === 0) break;
    }
  }
  line.at = step.lastIndex;
  const text = line.text.slice(from, line.at);
  if (jsonProblem(text) === "invalid") throw line.refuse(`${line.column} is no JSON`);
  return text;
}

function match(line: Line, shape: RegExp): RegExpExecArray | null {
  shape.lastIndex = line.at;
  const result = shape.exec(line.text);
  if (result !== null) line.at += result[0].length;
  return result;
}

function wrong(line: Line): Error {
  return line.refuse(`${line.column} is ${found(line)}, which is no cell`);
}

function found(line: Line): string {
  const rest = line.text.slice(line.at, line.at + 40);
  return rest === "" ? "the end of the line" : JSON.stringify(rest);
}
