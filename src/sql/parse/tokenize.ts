/**
 * SQLite SQL as tokens, with positions, so that callers can take verbatim
 * slices of the source. Comments and white space are left out.
 */
import { SqlSyntaxError } from "./syntax-error.ts";

export type TokenKind =
  /** A bare identifier or keyword. */
  | "word"
  /** An identifier in "…", […] or `…`. */
  | "quoted"
  | "string"
  | "number"
  | "blob"
  | "operator"
  | "parameter"
  | "end";

export type Token = {
  readonly kind: TokenKind;
  /**
   * What the token stands for: a name or string without its quotes, a blob's hex digits in lower
   * case, a number without `_`; else the text as written.
   */
  readonly value: string;
  /** Upper case of a word, for keywords; `""` for any other kind. */
  readonly upper: string;
  /** The opening quote of a `quoted` token, else `""`. */
  readonly quote: string;
  readonly from: number;
  readonly to: number;
};

/** All tokens, the last of kind `end`. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = skipBlank(sql, 0);
  while (at < sql.length) {
    const token = read(sql, at);
    tokens.push(token);
    at = skipBlank(sql, token.to);
  }
  tokens.push({ kind: "end", value: "", upper: "", quote: "", from: sql.length, to: sql.length });
  return tokens;
}

const operators = ["->>", "->", "||", "==", "<>", "<<", "<=", "!=", ">>", ">=", ..."=<>+-*/%&|~(),;."];
const number =
  /0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?/y;
/** Every character above ASCII may stand in a SQLite identifier. */
const word = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const parameter = /\?\d*|[:@#$][A-Za-z0-9_$\u0080-\uffff]+(?:::[A-Za-z0-9_$\u0080-\uffff]+)*/y;
const blob = /[xX]'((?:[0-9a-fA-F]{2})*)'/y;
const wordCharacter = /[A-Za-z0-9_$\u0080-\uffff]/;

function read(sql: string, from: number): Token {
  const first = sql[from] ?? "";
  if (first === "'") return { ...base("string", from), ...quotedText(sql, from, "'") };
  if (first === '"' || first === "`") return { ...base("quoted", from), quote: first, ...quotedText(sql, from, first) };
  if (first === "[") {
    const close = sql.indexOf("]", from);
    if (close < 0) throw new SqlSyntaxError("an identifier in [ ] is not closed", from);
    return { ...base("quoted", from), quote: "[", value: sql.slice(from + 1, close), to: close + 1 };
  }
  const hex = match(blob, sql, from);
  if (hex) return { ...base("blob", from), value: (hex[1] ?? "").toLowerCase(), to: from + hex[0].length };
  const digits = match(number, sql, from);
  if (digits) {
    const to = from + digits[0].length;
    if (wordCharacter.test(sql[to] ?? " ")) throw new SqlSyntaxError("a number runs into a letter", to);
    return { ...base("number", from), value: digits[0].replaceAll("_", ""), to };
  }
  const name = match(word, sql, from)?.[0];
  if (name !== undefined)
    return { ...base("word", from), value: name, upper: name.toUpperCase(), to: from + name.length };
  const variable = match(parameter, sql, from)?.[0];
  if (variable !== undefined) return { ...base("parameter", from), value: variable, to: from + variable.length };
  const operator = operators.find((o) => sql.startsWith(o, from));
  if (operator === undefined) throw new SqlSyntaxError(`the character ${JSON.stringify(first)} is not expected`, from);
  return { ...base("operator", from), value: operator, to: from + operator.length };
}

function base(kind: TokenKind, from: number): Token {
  return { kind, value: "", upper: "", quote: "", from, to: from };
}

function match(pattern: RegExp, sql: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(sql);
}

/** A doubled quote stands for itself. */
function quotedText(sql: string, from: number, quote: string): { value: string; to: number } {
  let value = "";
  let at = from + 1;
  for (;;) {
    const close = sql.indexOf(quote, at);
    if (close < 0) throw new SqlSyntaxError(`a quote ${quote} is not closed`, from);
    value += sql.slice(at, close);
    if (sql[close + 1] !== quote) return { value, to: close + 1 };
    value += quote;
    at = close + 2;
  }
}

/** SQLite lets a block comment run to the end of the text. */
function skipBlank(sql: string, from: number): number {
  let at = from;
  for (;;) {
    while (/[ \t\n\f\r\ufeff]/.test(sql[at] ?? "x")) at++;
    if (sql.startsWith("--", at)) at = endOf(sql, "\n", at);
    else if (sql.startsWith("/*", at)) at = endOf(sql, "*/", at + 2);
    else return at;
  }
}

function endOf(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}
