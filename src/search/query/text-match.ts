/**
 * SQLite's LIKE, GLOB and NOCASE as PostgreSQL conditions that give the same
 * answer on every text. LIKE and NOCASE use an index on lower(column COLLATE "C").
 */
import { type ColumnName, columnSql, type Fragment } from "./fragment.ts";

/** `first` is the number of the first parameter in the query the condition goes into. */
export function like(column: ColumnName, pattern: string, escapedBy?: string, first = 1): Fragment {
  if (escapedBy !== undefined && [...escapedBy].length !== 1) {
    // SQLite's words
    throw new RangeError("ESCAPE expression must be a single character");
  }
  const translated = withBackslash(pattern, escapedBy);
  // a pattern that ends in the escape character matches nothing, but PostgreSQL refuses it
  if (translated === null) return { text: `(${columnSql(column)} IS NULL AND NULL)`, values: [] };
  // every backslash is doubled if no escape is given; then '' says the same and is what a reader expects
  if (escapedBy === undefined) {
    return { text: `${nocase(column)} LIKE lower($${first} COLLATE "C") ESCAPE ''`, values: [pattern] };
  }
  return { text: `${nocase(column)} LIKE lower($${first} COLLATE "C") ESCAPE E'\\\\'`, values: [translated] };
}

export function glob(column: ColumnName, pattern: string, first = 1): Fragment {
  return { text: `${columnSql(column)} COLLATE "C" ~ $${first}`, values: [globRegex(pattern)] };
}

/** For `=`, ORDER BY and GROUP BY on a column with COLLATE NOCASE; compare it with the same of the other side. */
export function nocase(column: ColumnName): string {
  return `lower(${columnSql(column)} COLLATE "C")`;
}

/**
 * The pattern with backslash as its escape character, so that lower() does not
 * turn a letter into the escape character or back; null when it ends in it.
 */
function withBackslash(pattern: string, escapedBy: string | undefined): string | null {
  let translated = "";
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? "";
    if (character === escapedBy) {
      const escaped = characters[++i];
      if (escaped === undefined) return null;
      translated += `\\${escaped}`;
    } else translated += character === "\\" ? "\\\\" : character;
  }
  return translated;
}

function globRegex(pattern: string): string {
  let regex = "^";
  for (const [piece] of pattern.matchAll(/\[\^?\]?[^\]]*\]?|./gsu)) {
    if (piece === "*") regex += ".*";
    else if (piece === "?") regex += ".";
    else if (!piece.startsWith("[")) regex += literal(piece);
    else if (!/^\[(\^.|[^^])[^\]]*\]$/su.test(piece)) return matchesNothing;
    else regex += characterClass(piece);
  }
  return `${regex}$`;
}

/** The first character of a range is in the class even when the range is backwards. */
function characterClass(piece: string): string {
  const inverted = piece.startsWith("[^");
  let inside = "";
  // a ] at the beginning begins no range
  for (const [, first, low, high, single] of piece.slice(inverted ? 2 : 1, -1).matchAll(/^(\])|(.)-(.)|(.)/gsu)) {
    inside += literal(first ?? single ?? low ?? "");
    if (low !== undefined && high !== undefined && codePoint(low) <= codePoint(high)) inside += `-${literal(high)}`;
  }
  return `[${inverted ? "^" : ""}${inside}]`;
}

/** A letter or digit itself, everything else of ASCII by number: it could mean something. */
function literal(character: string): string {
  if (codePoint(character) > 0x7f || /[0-9A-Za-z]/.test(character)) return character;
  return `\\u${codePoint(character).toString(16).padStart(4, "0")}`;
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

const matchesNothing = "a^";
