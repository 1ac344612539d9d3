/** The place in the tokens, and the errors that can be met there. */
import { Fts5Error } from "./fts5-error.ts";
import { type Token, type TokenKind, tokens } from "./tokens.ts";

export type Reader = {
  /** The query as the caller wrote it. */
  readonly query: string;
  readonly tokens: readonly Token[];
  /** Numbers of the columns by folded name. */
  readonly columns: ReadonlyMap<string, number>;
  at: number;
};

export function reader(text: string, query: string, columns: readonly string[]): Reader {
  return { query, tokens: tokens(text), columns: new Map(columns.map((name, i) => [folded(name), i])), at: 0 };
}

export function kind(read: Reader, ahead = 0): TokenKind {
  return read.tokens[read.at + ahead]?.kind ?? "end";
}

/** Takes the current token; `depth` is the number of entries on FTS5's stack with it. */
export function shift(read: Reader, depth: number): string {
  reserve(read, depth);
  const text = read.tokens[read.at]?.text ?? "";
  read.at++;
  return text;
}

/** For something absent that has an entry on FTS5's stack nevertheless. */
export function reserve(read: Reader, depth: number): void {
  if (depth >= stackEntries) fail(read, "fts5: parser stack overflow");
}

export function expect(read: Reader, wanted: TokenKind): void {
  if (kind(read) !== wanted) syntaxError(read);
}

export function syntaxError(read: Reader): never {
  fail(read, `fts5: syntax error near "${read.tokens[read.at]?.text ?? ""}"`);
}

/**
 * FTS5 acts on what it has read when it has the next token: if that one cannot
 * be read, this is the first error. So the place must stand after what failed.
 */
export function fail(read: Reader, message: string): never {
  const token = read.tokens[read.at];
  if (token?.kind === "unterminated") throw new Fts5Error("unterminated string", read.query);
  if (token?.kind === "unknown") throw new Fts5Error(`fts5: syntax error near "${token.text}"`, read.query);
  throw new Fts5Error(message, read.query);
}

/** As SQLite compares names: ASCII letters only. */
export function folded(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const stackEntries = 100;
