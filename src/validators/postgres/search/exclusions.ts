/** Queries that are not asked, or not judged by their scores, because an equal answer is known to be impossible. */
import type { FullTextPlan } from "../../../core/schema/full-text.ts";

/** Why a query is not asked; null when it is. `tokenize`: as declared. */
export function excludedBecause(query: string, module: FullTextPlan["module"], tokenize = ""): string | null {
  if (query.includes("\0")) return "holds U+0000, which PostgreSQL's text cannot";
  if (!query.isWellFormed()) return "is not valid Unicode";
  // A token of more than 2000 bytes is stored as its beginning and a digest.
  if (query.includes("*") && longestRun(query) > 480) return "looks for a prefix of more than 480 characters";
  if (module !== "fts5" && !isCommonGrammar(query)) return "is written in a grammar that FTS3 and FTS4 read otherwise";
  if (module !== "fts5" && endsInSeparator(query, tokenize))
    return "looks for a prefix that ends in a separator, which FTS3 and FTS4 take for a whole word";
  return null;
}

/** There the star does not follow the word that it would be part of. */
function endsInSeparator(query: string, tokenize: string): boolean {
  const [, quoted, bare] = /\bseparators\s*=?\s*(?:'((?:[^']|'')*)'|([^\s"']+))/i.exec(tokenize) ?? [];
  const separators = quoted?.replaceAll("''", "'") ?? bare ?? "";
  return [...separators].some((separator) => query.includes(`${separator}*`));
}

/**
 * FTS5 counts the hits of a phrase wherever its cursor stands, and so ranks some rows by words that did not match:
 * those of a NEAR beside OR or right of NOT that fails because one of its phrases does, by the order of its words or
 * by a column filter; and, where nothing at all matches left of a NOT, those of the
 * first row right of it, if another branch of an OR, or an outer NOT, lets that row through. The latter is one row for
 * each NOT, no more.
 */
export function hasOddScores(query: string, rows: number): boolean {
  const nots = query.match(/\bNOT\b/g)?.length ?? 0;
  const or = /\bOR\b/.test(query);
  if (/NEAR\s*\(/.test(query)) return or || nots > 0;
  return (or || nots > 1) && rows <= nots;
}

function longestRun(query: string): number {
  return Math.max(...query.split(/\s+/).map((piece) => piece.length));
}

function isCommonGrammar(query: string): boolean {
  return (
    /^(?:[\p{L}\p{N}]+\*?(?=\s|$)|"[^"*^]*"(?=\s|$)|\s+)+$/u.test(query) &&
    !/(?:^|\s)(?:AND|OR|NOT|NEAR)(?:\s|$)/.test(query)
  );
}
