/**
 * JSON by parsed value: order of members and blanks are free, numbers are exact
 * decimals, and a key that comes twice is another value than a key that comes
 * once. Read token by token, because JSON.parse rounds numbers and drops keys.
 */
import { decimalOf, decimalToken } from "./decimal.ts";

export type Json =
  | { readonly kind: "word"; readonly text: "true" | "false" | "null" }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "array"; readonly items: readonly Json[] }
  | { readonly kind: "object"; readonly members: readonly (readonly [string, Json])[] };

/** Null when the text is not JSON, or nested deeper than {@link maxDepth}. */
export function parseJson(text: string): Json | null {
  const reader: Reader = { text, at: 0, depth: 0 };
  const value = readValue(reader);
  skipSpace(reader);
  return reader.at === text.length ? value : null;
}

/** The same text for the same value. */
export function canonicalJson(json: Json): string {
  switch (json.kind) {
    case "word":
      return json.text;
    case "number":
      return decimalToken(decimalOf(json.text));
    case "string":
      return JSON.stringify(json.text);
    case "array":
      return `[${json.items.map(canonicalJson).join(",")}]`;
    case "object": {
      // The sort is stable: values of one key keep their order.
      const sorted = [...json.members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(",")}}`;
    }
  }
}

type Reader = { readonly text: string; at: number; depth: number };

/** Deeper texts are compared as texts. */
const maxDepth = 1000;
const numberShape = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readValue(reader: Reader): Json | null {
  skipSpace(reader);
  switch (reader.text[reader.at]) {
    case "{":
      return nested(reader, readObject);
    case "[":
      return nested(reader, readArray);
    case '"': {
      const text = readString(reader);
      return text === null ? null : { kind: "string", text };
    }
    default:
      return readPlain(reader);
  }
}

function nested(reader: Reader, read: (reader: Reader) => Json | null): Json | null {
  if (reader.depth >= maxDepth) return null;
  reader.depth += 1;
  reader.at += 1;
  const value = read(reader);
  reader.depth -= 1;
  return value;
}

function readObject(reader: Reader): Json | null {
  const members: [string, Json][] = [];
  if (take(reader, "}")) return { kind: "object", members };
  do {
    skipSpace(reader);
    const key = readString(reader);
    if (key === null || !take(reader, ":")) return null;
    const value = readValue(reader);
    if (value === null) return null;
    members.push([key, value]);
  } while (take(reader, ","));
  return take(reader, "}") ? { kind: "object", members } : null;
}

function readArray(reader: Reader): Json | null {
  const items: Json[] = [];
  if (take(reader, "]")) return { kind: "array", items };
  do {
    const value = readValue(reader);
    if (value === null) return null;
    items.push(value);
  } while (take(reader, ","));
  return take(reader, "]") ? { kind: "array", items } : null;
}

/** By hand to the closing quote, for a pattern would run out of stack on a long text; what is between them JSON.parse judges. */
function readString(reader: Reader): string | null {
  const from = reader.at;
  if (reader.text[from] !== '"') return null;
  let to = from;
  do {
    to = reader.text.indexOf('"', to + 1);
    if (to < 0) return null;
  } while (isEscaped(reader.text, to));
  reader.at = to + 1;
  try {
    return JSON.parse(reader.text.slice(from, to + 1)) as string;
  } catch {
    return null;
  }
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === "\\") before -= 1;
  return (at - before) % 2 === 0;
}

function readPlain(reader: Reader): Json | null {
  for (const text of ["true", "false", "null"] as const) {
    if (!reader.text.startsWith(text, reader.at)) continue;
    reader.at += text.length;
    return { kind: "word", text };
  }
  numberShape.lastIndex = reader.at;
  const text = numberShape.exec(reader.text)?.[0];
  if (text === undefined) return null;
  reader.at += text.length;
  return { kind: "number", text };
}

function take(reader: Reader, character: string): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function skipSpace(reader: Reader): void {
  while (" \n\r\t".includes(reader.text[reader.at] ?? "x")) reader.at += 1;
}
