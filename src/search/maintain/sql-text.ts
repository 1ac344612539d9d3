/** Pieces of the SQL of one index. */
import { qualified, quoteName, quotePostgresLiteral } from "../../core/quote.ts";
import type { FullTextColumn, QualifiedName } from "../full-text-index.ts";

export function tableName({ schema, table }: QualifiedName): string {
  return qualified(schema, table);
}

export function regclass(name: QualifiedName): string {
  return `${quotePostgresLiteral(tableName(name))}::regclass`;
}

/** An array with the type written, so that an empty one is one too. */
export function array(items: readonly string[], type: string): string {
  return `ARRAY[${items.join(", ")}]::${type}[]`;
}

/** A body that no name in it can end. */
export function body(text: string): string {
  let tag = "$fts5$";
  while (text.includes(tag)) tag = `${tag.slice(0, -1)}_$`;
  return `${tag}\n${text}\n${tag}`;
}

/** The texts of the indexed columns of the row that `row` names, as FTS5 would take them. */
export function texts(columns: readonly FullTextColumn[], row: string): string {
  const values = columns.flatMap(({ indexed, target }) =>
    indexed ? [target === null ? "NULL" : rendered(`${row}.${quoteName(target.column)}`, target.type)] : [],
  );
  return array(values, "text");
}

/** A value as SQLite writes it. */
export function rendered(value: string, type: string): string {
  const name = type.toLowerCase().replace(/\s*\(.*\)$/, "");
  if (name === "double precision" || name === "float8") return `fts5.real_text(${value})`;
  if (name === "bytea") return `fts5.bytes_text(${value})`;
  // SQLite has 0 and 1 for it
  if (name === "boolean") return `${value}::integer::text`;
  return `${value}::text`;
}

/** Whether the text of some indexed column depends on session settings. */
export function hasDates(columns: readonly FullTextColumn[]): boolean {
  return columns.some(({ indexed, target }) => indexed && /^(date|time|interval)/i.test(target?.type ?? ""));
}

/** By indexed column, its number among all columns. */
export function columnNumbers(columns: readonly FullTextColumn[]): string {
  return array(
    columns.flatMap(({ indexed }, i) => (indexed ? [String(i)] : [])),
    "smallint",
  );
}
