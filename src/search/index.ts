/**
 * `rowhaul/search`: for applications whose FTS5 tables were migrated. Makes the
 * SQL of a search, refuses a wrong query with FTS5's own error, and gives
 * SQLite's LIKE, GLOB and NOCASE their exact forms. Connects to nothing.
 *
 * @example
 * import { fts5, quote } from "rowhaul/search";
 * const docs = fts5({ table: "docs_fts", columns: ["title", "body"] });
 * const { rows } = await pool.query(docs.query("title : postgres OR " + quote(input), { limit: 20 }));
 */
export type { Fts5, Fts5Options, MarkOptions, QueryOptions, SnippetOptions } from "./query/client.ts";
export { fts5, quote } from "./query/client.ts";
export type { Expression, Near, Part, Phrase, QueryNode } from "./query/expression.ts";
export type { ColumnName, Fragment } from "./query/fragment.ts";
export { Fts5Error } from "./query/fts5-error.ts";
export { parse } from "./query/parse.ts";
export { glob, like, nocase } from "./query/text-match.ts";
