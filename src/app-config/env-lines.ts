/**
 * Finds the assignments of a .env file as dotenv reads them: quoted values may
 * span lines, `export ` may precede, a comment may follow. Anything else is
 * skipped, commented-out assignments included.
 */

/** Offsets of the value with its quotes, `end` exclusive. */
export type Assignment = { name: string; exported: boolean; start: number; end: number; quote: Quote };
export type Quote = "'" | '"' | "`" | "";

const head = /^[ \t]*(export[ \t]+)?([\w.-]+)(?:[ \t]*=|:(?=[ \t]))/my;
const space = /[ \t]*/y;
/** Closed by a quote that only a comment follows; dotenv prefers to read one behind a backslash as part of the value. */
const quoted: Record<Exclude<Quote, "">, RegExp> = {
  "'": /'(?:\\'|[^'])*'(?=[ \t]*(?:#.*)?$)/my,
  '"': /"(?:\\"|[^"])*"(?=[ \t]*(?:#.*)?$)/my,
  "`": /`(?:\\`|[^`])*`(?=[ \t]*(?:#.*)?$)/my,
};
/** On one line, pieces in quotes may hold ` #`; elsewhere that begins a comment. */
const unquoted = /(?:'[^'\r\n]*'|"(?:[^"\\\r\n]|\\.)*"|\\.|(?![ \t]+(?:#|$))[^\r\n])*/my;

export function assignmentsIn(text: string): Assignment[] {
  const found: Assignment[] = [];
  let at = 0;
  while (at < text.length) {
    head.lastIndex = at;
    const match = head.exec(text);
    if (match) {
      const value = valueAt(text, at + match[0].length);
      found.push({ name: match[2] ?? "", exported: match[1] !== undefined, ...value });
      at = value.end;
    }
    const newline = text.indexOf("\n", at);
    at = newline < 0 ? text.length : newline + 1;
  }
  return found;
}

function valueAt(text: string, separator: number): { start: number; end: number; quote: Quote } {
  space.lastIndex = separator;
  const start = separator + (space.exec(text)?.[0].length ?? 0);
  const first = text[start];
  if (first === "'" || first === '"' || first === "`") {
    const pattern = quoted[first];
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match) return { start, end: start + match[0].length, quote: first };
  }
  unquoted.lastIndex = start;
  const end = start + (unquoted.exec(text)?.[0].length ?? 0);
  // An empty value stands right after the separator, so that a comment keeps the space before it.
  const empty = end === start || (first === "#" && start > separator);
  return empty ? { start: separator, end: separator, quote: "" } : { start, end, quote: "" };
}
