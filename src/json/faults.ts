/** What the scanner says of a text that is not JSON. */
import { isUtf8 } from "node:buffer";

export const maxDepth = 1000;

/** Thrown when the text is not JSON; `at` is a position in the buffer. */
export type ScanFault = { readonly fault: string; readonly at: number; readonly duplicate: boolean };

export function refuseDuplicate(name: string, at: number): never {
  const thrown: ScanFault = {
    fault: `the key ${JSON.stringify(name)} stands twice in one object`,
    at,
    duplicate: true,
  };
  throw thrown;
}

export const simpleEscapes: Readonly<Record<number, string>> = {
  34: '"',
  92: "\\",
  47: "/",
  98: "\b",
  102: "\f",
  110: "\n",
  114: "\r",
  116: "\t",
};
export const tooDeep = `objects and arrays are nested more than ${maxDepth} deep`;
export const loneSurrogate = "half of a surrogate pair (PostgreSQL cannot hold it)";

export function controlCharacter(c: number): string {
  return `a control character (U+${c.toString(16).toUpperCase().padStart(4, "0")}) stands unescaped in a string`;
}

export function notAValue(c: number): string {
  if (c === 0x4e || c === 0x49) return "NaN and Infinity are no JSON";
  if (c === 0x27) return "a string must stand in double quotes";
  if (c === 0x5d || c === 0x7d) return "expected a value (a comma stands before the closing bracket)";
  return "expected a value";
}

/** Start of the first sequence that is not UTF-8. */
export function invalidAt(bytes: Buffer, from: number, to: number): number {
  let at = from;
  for (let length = 1; at < to && length > 0; at += length) {
    const c = bytes[at] as number;
    length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (!isUtf8(bytes.subarray(at, Math.min(at + length, to)))) break;
  }
  return at;
}
