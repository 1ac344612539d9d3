/**
 * Exact numbers by V8's own parser: every number token is put in quotes by one
 * regular expression before JSON.parse sees it, so that nothing is rounded.
 * Strings get a letter in front, so that the two stay apart; keys get their
 * position too, so that none is lost, moved or taken for a prototype.
 */

const token = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** What {@link parseQuoted} makes of JSON: `s` + text for a string, `n` + digits for a number. */
export type Quoted = null | boolean | string | Quoted[] | { [key: string]: Quoted };

export function parseQuoted(text: string): Quoted {
  let keys = 0;
  return JSON.parse(
    text.replace(token, (whole: string, inner: string | undefined, colon: string | undefined) => {
      if (inner === undefined) return `"n${whole}"`;
      return colon === undefined ? `"s${inner}"` : `"${keys++}:${inner}"${colon}`;
    }),
  ) as Quoted;
}

/** The members of an object in their order, equal keys and all. */
export function members(value: Quoted): [string, Quoted][] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
  return Object.entries(value).map(([key, member]) => [key.slice(key.indexOf(":") + 1), member]);
}

export function sameQuoted(a: Quoted, b: Quoted): boolean {
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Array.isArray(a) ? a.map((one): [string, Quoted] => ["", one]) : members(a);
  const right = Array.isArray(b) ? b.map((one): [string, Quoted] => ["", one]) : members(b);
  return (
    left.length === right.length &&
    left.every(([key, one], i) => key === right[i]?.[0] && sameQuoted(one, right[i]?.[1] ?? null))
  );
}
