/**
 * JSON text as PostgreSQL prints the jsonb it becomes: keys by length, then
 * bytes; numbers in full digits; PostgreSQL's escapes. Parsed here token by
 * token because JSON.parse rounds numbers and drops duplicate keys.
 * Null for what jsonb would refuse or carry with a loss: invalid JSON, a
 * duplicate key, U+0000, a lone surrogate, a number outside numeric's range.
 */
export function jsonbText(json: string): string | null {
  if (!json.isWellFormed()) return null;
  const reader = { json, at: 0 };
  try {
    const text = value(reader);
    skipSpace(reader);
    return reader.at === json.length ? text : null;
  } catch (cause) {
    // RangeError: nested deeper than the stack, as PostgreSQL too would refuse.
    if (cause instanceof NotCarried || cause instanceof RangeError) return null;
    throw cause;
  }
}

type Reader = { readonly json: string; at: number };

class NotCarried extends Error {}

function value(reader: Reader): string {
  skipSpace(reader);
  switch (reader.json[reader.at]) {
    case "{":
      return object(reader);
    case "[":
      return array(reader);
    case '"':
      return jsonString(string(reader));
    case "t":
      return word(reader, "true");
    case "f":
      return word(reader, "false");
    case "n":
      return word(reader, "null");
    default:
      return number(reader);
  }
}

function object(reader: Reader): string {
  reader.at += 1;
  const members: { key: string; bytes: Buffer; text: string }[] = [];
  const seen = new Set<string>();
  skipSpace(reader);
  if (take(reader, "}")) return "{}";
  do {
    skipSpace(reader);
    const key = string(reader);
    if (seen.has(key)) throw new NotCarried();
    seen.add(key);
    skipSpace(reader);
    if (!take(reader, ":")) throw new NotCarried();
    members.push({ key, bytes: Buffer.from(key), text: value(reader) });
    skipSpace(reader);
  } while (take(reader, ","));
  if (!take(reader, "}")) throw new NotCarried();
  members.sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return `{${members.map((m) => `${jsonString(m.key)}: ${m.text}`).join(", ")}}`;
}

function array(reader: Reader): string {
  reader.at += 1;
  const items: string[] = [];
  skipSpace(reader);
  if (take(reader, "]")) return "[]";
  do {
    items.push(value(reader));
    skipSpace(reader);
  } while (take(reader, ","));
  if (!take(reader, "]")) throw new NotCarried();
  return `[${items.join(", ")}]`;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

// A run of characters that stand for themselves. (Control characters from DEL on do too: the next round takes them.)
const plain = /[^"\\\p{Cc}]+|[\u007f-\u009f]/uy;

function string(reader: Reader): string {
  if (!take(reader, '"')) throw new NotCarried();
  let text = "";
  for (;;) {
    plain.lastIndex = reader.at;
    const run = plain.exec(reader.json)?.[0];
    if (run !== undefined) {
      text += run;
      reader.at += run.length;
      continue;
    }
    if (take(reader, '"')) break;
    if (!take(reader, "\\")) throw new NotCarried();
    text += escaped(reader);
  }
  if (!text.isWellFormed()) throw new NotCarried();
  return text;
}

function escaped(reader: Reader): string {
  const letter = reader.json[reader.at] ?? "";
  reader.at += 1;
  if (letter !== "u") return escapes[letter] ?? fail();
  const hex = reader.json.slice(reader.at, reader.at + 4);
  if (!/^[\da-fA-F]{4}$/.test(hex) || hex === "0000") throw new NotCarried();
  reader.at += 4;
  return String.fromCharCode(Number.parseInt(hex, 16));
}

const numeral = /(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y;

/** As numeric_out: the scale is the written fraction less the exponent, and zero has no sign. */
function number(reader: Reader): string {
  numeral.lastIndex = reader.at;
  const match = numeral.exec(reader.json);
  if (!match) throw new NotCarried();
  reader.at = numeral.lastIndex;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const power = Number(exponent);
  const scale = Math.max(0, fraction.length - power);
  const digits = whole + fraction;
  const point = whole.length + power;
  const first = digits.search(/[1-9]/);
  if (scale > maxScale || (first >= 0 && point - first > maxWhole)) throw new NotCarried();
  if (first < 0) return scale > 0 ? `0.${"0".repeat(scale)}` : "0";
  const padded = point > digits.length ? digits.padEnd(point, "0") : digits;
  const left = point > 0 ? padded.slice(0, point).replace(/^0+(?=\d)/, "") : "0";
  const right = (point > 0 ? padded.slice(point) : "0".repeat(-point) + padded).slice(0, scale);
  return scale > 0 ? `${sign}${left}.${right}` : `${sign}${left}`;
}

/** PostgreSQL's numeric: 131,072 digits before the point, 16,383 after it. */
const maxWhole = 131_072;
const maxScale = 16_383;

function word(reader: Reader, text: string): string {
  if (!reader.json.startsWith(text, reader.at)) throw new NotCarried();
  reader.at += text.length;
  return text;
}

const special: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A text as a JSON string the way PostgreSQL writes it. */
export function jsonString(text: string): string {
  const escaped = text.replace(
    /["\\\p{Cc}]/gu,
    (c) => special[c] ?? (c < " " ? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}` : c),
  );
  return `"${escaped}"`;
}

function skipSpace(reader: Reader): void {
  for (;;) {
    const c = reader.json.charCodeAt(reader.at);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
    reader.at += 1;
  }
}

function take(reader: Reader, character: string): boolean {
  if (reader.json[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function fail(): never {
  throw new NotCarried();
}
