/** A place in a list of tokens, and the questions every parser asks there. */
import { joinWords, reserved } from "./keywords.ts";
import { SqlSyntaxError } from "./syntax-error.ts";
import { type Token, tokenize } from "./tokenize.ts";

export type Cursor = {
  readonly sql: string;
  peek(ahead?: number): Token;
  next(): Token;
  /** Whether these words come next; moves nothing. */
  sees(...words: readonly string[]): boolean;
  /** Takes the words if they come next. */
  accept(...words: readonly string[]): boolean;
  /** Takes ASC or DESC; whether it was DESC. */
  descending(): boolean;
  expect(word: string): void;
  seesOperator(value: string): boolean;
  acceptOperator(value: string): boolean;
  expectOperator(value: string): void;
  /** A name in any quoting; SQLite takes 'strings' for names too. */
  name(): string;
  /** A name that may stand without AS. */
  bareAlias(): string | null;
  /** Skips `( … )`, the opening one included, and gives what is between, without blanks around it. */
  parenthesised(): string;
  /** Where the last token ended. */
  readonly end: number;
  fail(expected: string): never;
};

export function cursorOver(sql: string): Cursor {
  const tokens = tokenize(sql);
  const last = tokens[tokens.length - 1] as Token;
  let at = 0;
  const cursor: Cursor = {
    sql,
    peek: (ahead = 0) => tokens[at + ahead] ?? last,
    next: () => tokens[at++] ?? last,
    sees: (...words) => words.every((word, i) => cursor.peek(i).upper === word),
    accept(...words) {
      if (!cursor.sees(...words)) return false;
      at += words.length;
      return true;
    },
    descending() {
      return !cursor.accept("ASC") && cursor.accept("DESC");
    },
    expect(word) {
      if (!cursor.accept(word)) cursor.fail(word);
    },
    seesOperator: (value) => cursor.peek().kind === "operator" && cursor.peek().value === value,
    acceptOperator(value) {
      if (!cursor.seesOperator(value)) return false;
      at++;
      return true;
    },
    expectOperator(value) {
      if (!cursor.acceptOperator(value)) cursor.fail(value);
    },
    name() {
      if (!isName(cursor.peek())) cursor.fail("a name");
      return cursor.next().value;
    },
    bareAlias() {
      const token = cursor.peek();
      return isName(token) && !joinWords.has(token.upper) ? cursor.next().value : null;
    },
    parenthesised() {
      cursor.expectOperator("(");
      const from = cursor.peek().from;
      let to = from;
      for (let depth = 1; ; ) {
        const token = cursor.next();
        if (token.kind === "end") cursor.fail(")");
        if (token.kind === "operator" && token.value === "(") depth++;
        if (token.kind === "operator" && token.value === ")" && --depth === 0) return sql.slice(from, to);
        to = token.to;
      }
    },
    get end() {
      return tokens[at - 1]?.to ?? 0;
    },
    fail(expected) {
      const token = cursor.peek();
      const found = token.kind === "end" ? "the end" : JSON.stringify(sql.slice(token.from, token.to));
      throw new SqlSyntaxError(`expected ${expected}, found ${found}`, token.from);
    },
  };
  return cursor;
}

function isName(token: Token): boolean {
  return token.kind === "quoted" || token.kind === "string" || (token.kind === "word" && !reserved.has(token.upper));
}
