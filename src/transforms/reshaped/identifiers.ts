/**
 * Column names in SQL of the source's schema: found and renamed word by word.
 * Both dialects write names and literals alike as far as this goes, and what is
 * in doubt counts as a mention, so that nothing is kept that lost its column.
 */
import { quoteName } from "../../core/quote.ts";
import { foldName } from "../../core/schema/names.ts";

/** Does the SQL mention one of these names? */
export function mentions(sql: string, names: readonly string[]): string | undefined {
  const wanted = new Map(names.map((name) => [foldName(name), name]));
  for (const token of sql.matchAll(tokens)) {
    const found = wanted.get(foldName(nameOf(token[0]) ?? ""));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `names`: old to new. A word before a parenthesis is a function, one after AS, COLLATE or `::` a type or collation. */
export function renamed(sql: string, names: ReadonlyMap<string, string>): string {
  const folded = new Map([...names].map(([from, to]) => [foldName(from), to]));
  let before = "";
  return sql.replace(tokens, (token: string, at: number) => {
    const name = nameOf(token);
    const to = name === null ? undefined : folded.get(foldName(name));
    const isWord = name !== null && !/^["`[]/.test(token);
    const isCast = /::\s*(?:(?:[\p{L}\p{N}_$]+|"(?:[^"]|"")*")\s*\.\s*)?$/u.test(sql.slice(Math.max(0, at - 150), at));
    const other = isCast || (isWord && (/^\s*\(/.test(sql.slice(at + token.length)) || /^(as|collate)$/i.test(before)));
    before = token;
    return to === undefined || other ? token : quoteName(to);
  });
}

/** Literals first, so that nothing is found inside them. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}_][\p{L}\p{N}_$]*/gu;

/** Null for a literal. */
function nameOf(token: string): string | null {
  const first = token[0];
  if (first === "'") return null;
  if (first === '"' || first === "`") return token.slice(1, -1).replaceAll(first + first, first);
  return first === "[" ? token.slice(1, -1) : token;
}
