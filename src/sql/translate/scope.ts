/**
 * What names mean: the tables and views that a translated text may refer to,
 * with the names and types they have in the target. Source names are matched
 * without regard to ASCII case, as SQLite does.
 */
import type { Affinity, Catalog } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import type { Encoding } from "../../core/values/encoding.ts";

export type Scope = {
  /** Schema that the relations stand in; every relation in a view's text is qualified with it. */
  readonly schema: string;
  readonly relations: readonly ScopeRelation[];
  /** The table whose columns an expression of CHECK, index or generated column names; null for views. */
  readonly current: ScopeRelation | null;
  /** The source's; in UTF-16 SQLite orders texts by bytes that PostgreSQL does not have. UTF-8 unless said. */
  readonly encoding?: Catalog["encoding"];
};

export type ScopeRelation = {
  readonly source: string;
  readonly target: string;
  readonly columns: readonly ScopeColumn[];
  /** Source name of the column that `rowid` stands for; null when the target has none. */
  readonly rowid: string | null;
  /** Source names; null for views and for tables that have no primary key in the target. */
  readonly primaryKey: readonly string[] | null;
};

export type ScopeColumn = {
  readonly source: string;
  readonly target: string;
  readonly pgType: string;
  /** BINARY, NOCASE, RTRIM or the name of one the application defines. */
  readonly collation: string;
  /** Null for a view's column that has none (an expression's). */
  readonly affinity: Affinity | null;
  readonly encoding: Encoding;
  /** Whether the column is computed from others of its row. */
  readonly generated?: boolean;
};

export function findRelation(scope: Scope, name: string): ScopeRelation | undefined {
  return scope.relations.find((relation) => sameName(relation.source, name));
}

export function findColumn(relation: ScopeRelation, name: string): ScopeColumn | undefined {
  return relation.columns.find((column) => sameName(column.source, name));
}
