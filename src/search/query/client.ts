/**
 * Queries of an application against a migrated full-text table: makes SQL text
 * and parameters for any PostgreSQL client, and talks to none itself.
 */
import { quoteName } from "../../core/quote.ts";
import { type ColumnName, columnSql, type Fragment } from "./fragment.ts";
import { parse } from "./parse.ts";

export type Fts5Options = {
  /** The full-text table, with its schema if that is not on the search path. */
  readonly table: string | readonly [schema: string, table: string];
  /** FTS5's columns in order. With them a wrong query is refused before it is sent. */
  readonly columns?: readonly string[] | undefined;
  /** Where the search functions are; fts5 if not given. */
  readonly schema?: string;
};

export type QueryOptions = {
  /** bm25's, by column. */
  readonly weights?: readonly number[];
  readonly limit?: number;
  readonly offset?: number;
  /** False: by rowid and without a rank, which is faster. */
  readonly ranked?: boolean;
  /** Columns to give besides rowid and rank: of the full-text table, or of `from`. */
  readonly select?: readonly string[];
  /** The table that holds the texts, when the full-text table does not, and its column that is the rowid. */
  readonly from?: { readonly table: string | readonly [schema: string, table: string]; readonly key: string };
};

export type MarkOptions = {
  /** By name or number; snippet takes -1 for the best. */
  readonly column: string | number;
  readonly open: string;
  readonly close: string;
  /** The row: `rowid` if not given. */
  readonly rowid?: ColumnName;
  /** The number of the first parameter; 1 if not given. */
  readonly first?: number;
};

export type SnippetOptions = MarkOptions & { readonly ellipsis: string; readonly tokens: number };

export type Fts5 = {
  /** Throws Fts5Error, like all of these, on what FTS5 refuses, if the columns are known. */
  readonly query: (text: string, options?: QueryOptions) => Fragment;
  /** A condition for WHERE; `rowid` is the column that holds the rowid, `first` the number of its first parameter. */
  readonly matches: (text: string, options?: { readonly rowid?: ColumnName; readonly first?: number }) => Fragment;
  readonly highlight: (text: string, options: MarkOptions) => Fragment;
  readonly snippet: (text: string, options: SnippetOptions) => Fragment;
};

export function fts5(options: Fts5Options): Fts5 {
  const schema = quoteName(options.schema ?? "fts5");
  const table = tableSql(options.table);
  const checked = (text: string) => {
    if (options.columns !== undefined) parse(text, options.columns);
    return text;
  };
  const marking = (name: string, text: string, more: MarkOptions, rest: readonly unknown[]): Fragment => {
    const first = more.first ?? 1;
    const column = columnNumber(options.columns, more.column);
    const values = [table, checked(text), column, more.open, more.close, ...rest];
    const [relation, query, ...others] = values.map((_, i) => `$${first + i}`);
    const rowid = columnSql(more.rowid ?? "rowid");
    return { text: `${schema}.${name}(${[`${relation}::regclass`, query, rowid, ...others].join(", ")})`, values };
  };
  return {
    query: (text, more = {}) => search(schema, table, checked(text), more),
    matches: (text, { rowid = "rowid", first = 1 } = {}) => ({
      text: `${columnSql(rowid)} IN (SELECT rowid FROM ${schema}.search($${first}::regclass, $${first + 1}, ranked => false))`,
      values: [table, checked(text)],
    }),
    highlight: (text, more) => marking("highlight", text, more, []),
    snippet: (text, more) => marking("snippet", text, more, [more.ellipsis, more.tokens]),
  };
}

/** Makes one string of FTS5's query language of what a person typed: nothing in it is an operator. */
export function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function search(schema: string, table: string, text: string, options: QueryOptions): Fragment {
  const { weights, limit, offset = 0, ranked = true, select = [], from } = options;
  const found = `${schema}.search($1::regclass, $2, $3::float8[], $4::bigint, $5::bigint, $6::boolean) AS found`;
  const values = [table, text, weights ?? null, limit ?? null, offset, ranked];
  const columns = ["found.rowid", "found.rank", ...select.map((column) => `source.${quoteName(column)}`)].join(", ");
  const source = from === undefined ? table : tableSql(from.table);
  const join =
    select.length === 0 ? "" : ` JOIN ${source} AS source ON source.${quoteName(from?.key ?? "rowid")} = found.rowid`;
  const order = ranked ? "found.rank, found.rowid" : "found.rowid";
  return { text: `SELECT ${columns} FROM ${found}${join} ORDER BY ${order}`, values };
}

function columnNumber(columns: readonly string[] | undefined, column: string | number): number {
  if (typeof column === "number") return column;
  const number = columns?.indexOf(column) ?? -1;
  if (number === -1) throw new RangeError(`The columns given do not have ${JSON.stringify(column)}.`);
  return number;
}

function tableSql(table: string | readonly [string, string]): string {
  return columnSql(table);
}
