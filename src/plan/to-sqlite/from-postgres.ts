/**
 * PostgreSQL's expressions in SQLite. Only what means the same in both is taken: literals, and comparisons of columns
 * whose values are compared alike. A numeric is a text here, so "price > 0" must not be carried along.
 */
import { quoteLiteral, quoteName } from "../../core/quote.ts";
import { SqlSyntaxError } from "../../sql/parse/syntax-error.ts";
import { type Token, tokenize } from "../../sql/parse/tokenize.ts";
import type { SqliteColumn } from "./column.ts";

/** Null when it has no equal. `sql` null: the key's own next value, which SQLite gives without a DEFAULT. */
export function defaultOfPostgres(text: string, { column }: SqliteColumn): { readonly sql: string | null } | null {
  const type = column.pgType ?? "";
  const plain = text.replace(/::[a-z][\w ]*(\([\d, ]+\))?(\[\])?$/i, "").replace(/^\((.*)\)$/s, "$1");
  if (/^nextval\(/i.test(plain)) return column.isRowid ? { sql: null } : null;
  if (/^NULL$/i.test(plain)) return { sql: "NULL" };
  if (/^(true|false)$/i.test(plain)) return { sql: plain.toLowerCase() === "true" ? "1" : "0" };
  if (/^-?\d+$/.test(plain) && /^(smallint|integer|bigint)$/.test(type)) return { sql: plain };
  if (/^-?\d+(\.\d+)?$/.test(plain)) return { sql: /^(double precision|real)$/.test(type) ? plain : `'${plain}'` };
  if (/^'(?:[^']|'')*'$/s.test(plain)) {
    const value = plain.slice(1, -1).replaceAll("''", "'");
    if (/^(smallint|integer|bigint)$/.test(type)) return /^-?\d+$/.test(value) ? { sql: value } : null;
    if (type === "bytea") return /^\\x([0-9a-f]{2})*$/i.test(value) ? { sql: `x'${value.slice(2)}'` } : null;
    return type === "boolean" ? null : { sql: plain };
  }
  if (
    /^(now\(\)|CURRENT_TIMESTAMP|transaction_timestamp\(\)|statement_timestamp\(\)|clock_timestamp\(\))$/i.test(plain)
  ) {
    if (type === "timestamp with time zone" || type === "timestamptz")
      return { sql: "strftime('%Y-%m-%d %H:%M:%f', 'now') || '+00'" };
    if (/^timestamp/.test(type)) return { sql: "strftime('%Y-%m-%d %H:%M:%f', 'now')" };
  }
  return /^CURRENT_DATE$/i.test(plain) && type === "date" ? { sql: "date('now')" } : null;
}

/** Null when it may mean something else in SQLite. */
export function checkOfPostgres(expression: string, columns: readonly SqliteColumn[]): string | null {
  try {
    return translate(tokenize(withoutCasts(expression)).slice(0, -1), columns);
  } catch (thrown) {
    if (thrown instanceof SqlSyntaxError) return null;
    throw thrown;
  }
}

/** SQLite's indexes are all b-trees. */
export function isBtree(indexDefinition: string): boolean {
  const method = /\bUSING\s+(\w+)/i.exec(indexDefinition)?.[1]?.toLowerCase();
  return method === undefined || method === "btree";
}

/** `'a'::text` and `(0)::numeric(10,2)` lose the cast; `= ANY (ARRAY[…])` is how PostgreSQL keeps `IN (…)`. */
function withoutCasts(expression: string): string {
  return expression
    .replace(
      /('(?:[^']|'')*')|::\s*(?:"[^"]+"|[a-z_][\w.]*)(?: (?:varying|precision|with time zone|without time zone))?(?:\([\d, ]+\))?(?:\[\])*/gi,
      (_, text: string | undefined) => text ?? "",
    )
    .replace(/= ANY \(\(ARRAY\[((?:'(?:[^']|'')*'|[^'\]])*)\]\)\)/gi, "IN ($1)")
    .replace(/= ANY \(ARRAY\[((?:'(?:[^']|'')*'|[^'\]])*)\]\)/gi, "IN ($1)");
}

const words = new Set(["AND", "OR", "NOT", "IS", "NULL", "IN", "TRUE", "FALSE"]);
const operators = new Set(["(", ")", ",", "=", "<>", "<", "<=", ">", ">=", "-"]);
const integers = /^(smallint|integer|bigint)$/;
const alike = /^(boolean|text|uuid|(character varying|varchar)(\(\d+\))?)$/;

function translate(tokens: readonly Token[], columns: readonly SqliteColumn[]): string | null {
  let ordered = false;
  let onlyIntegers = true;
  const made = tokens.map((token, i): string | null => {
    if (token.kind === "number") return token.value;
    if (token.kind === "string") return quoteLiteral(token.value);
    if (token.kind === "operator") {
      ordered ||= /^[<>]=?$/.test(token.value);
      return operators.has(token.value) ? token.value : null;
    }
    if (token.kind === "word" && words.has(token.upper)) return token.upper;
    const found = columns.find(({ column }) => column.name === token.value);
    if (found === undefined) return null;
    // IS NULL means the same for every type.
    if (tokens[i + 1]?.upper !== "IS") {
      const type = found.column.pgType ?? "";
      if (!integers.test(type) && !alike.test(type)) return null;
      onlyIntegers &&= integers.test(type);
    }
    return quoteName(found.column.name);
  });
  if (made.includes(null) || (ordered && !onlyIntegers)) return null;
  return made.join(" ");
}
