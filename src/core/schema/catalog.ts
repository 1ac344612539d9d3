/**
 * The catalog: a source's schema as data. A connector reads it, the plan
 * decides over it. Everything here is plain JSON, so that it can be saved
 * beside the plan and read again.
 */

/** SQLite's column affinities (https://sqlite.org/datatype3.html, section 3.1). */
export type Affinity = "INTEGER" | "TEXT" | "BLOB" | "REAL" | "NUMERIC";

export type Catalog = {
  /** Whose SQL its expressions are (defaults, checks, indexes, views); absent = SQLite's. */
  readonly dialect?: "sqlite" | "postgres";
  readonly encoding: "UTF-8" | "UTF-16le" | "UTF-16be";
  /** `PRAGMA user_version` and `application_id`; 0 when not set. */
  readonly userVersion: number;
  readonly applicationId: number;
  readonly tables: readonly Table[];
  readonly views: readonly View[];
  readonly triggers: readonly Trigger[];
  /** Virtual tables with the shadow tables that hold their data. Never copied as user tables. */
  readonly virtualTables: readonly VirtualTable[];
  /** Tables left out because they belong to the store itself (`sqlite_sequence`, `_litestream_seq` …). */
  readonly internal: readonly string[];
};

export type Table = {
  readonly name: string;
  /** The relation to read it from where that is another one: a full-text table's rowids are in a table of its index. */
  readonly relation?: string;
  /** A full-text table; its columns here are the rowid and the texts it keeps itself. `content`: who else keeps them. */
  readonly fullText?: { readonly content: { readonly table: string; readonly key: string } | null };
  /** The CREATE TABLE text as stored. */
  readonly sql: string;
  readonly columns: readonly Column[];
  /** Key columns in key order; null when the table has no PRIMARY KEY. */
  readonly primaryKey: readonly string[] | null;
  /** Of each key column within the key; null when the table has no PRIMARY KEY. */
  readonly primaryKeyCollations: readonly string[] | null;
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  readonly autoincrement: boolean;
  /** `sqlite_sequence.seq` as decimal digits; null where there is none. */
  readonly sequence: string | null;
  /** A name under which the hidden rowid can be selected; null for WITHOUT ROWID tables or when all three names are taken. */
  readonly rowidName: "rowid" | "_rowid_" | "oid" | null;
  /** UNIQUE constraints of the CREATE TABLE (not those of CREATE INDEX). */
  readonly uniques: readonly Unique[];
  /** Constraints with an ON CONFLICT clause other than ABORT: `UNIQUE(a) ON CONFLICT REPLACE`. */
  readonly conflictClauses: readonly string[];
  /** Indexes made by CREATE INDEX. */
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
};

export type Column = {
  readonly name: string;
  /** As written, `""` when the column has no type. */
  readonly declaredType: string;
  readonly affinity: Affinity;
  /**
   * The PostgreSQL type its values come from. Integers, booleans (0 and 1) and bytea are INTEGER and BLOB;
   * every other type is TEXT as that type writes it: see encoding `literal`.
   */
  readonly pgType?: string;
  /** Its 1 and 0 stand for true and false of a JSON file or of the pipeline; they never were numbers in a SQLite file. */
  readonly truth?: true;
  readonly notNull: boolean;
  /** The DEFAULT's SQL text, null when there is none. */
  readonly default: string | null;
  readonly collation: string;
  /** INTEGER PRIMARY KEY: the column is the rowid itself. */
  readonly isRowid: boolean;
  /** A full-text table indexes its text, as it is written. */
  readonly searched?: boolean;
  /** The hidden rowid of a table with another key, taken along because a full-text table refers to it. */
  readonly hiddenRowid?: boolean;
  readonly generated: Generated | null;
};

export type Generated = {
  readonly kind: "virtual" | "stored";
  readonly expression: string;
  /** Its values were computed again, because a function changed what they are computed from and left them as they were. */
  readonly anew?: true;
};

export type Unique = {
  readonly name: string | null;
  readonly columns: readonly string[];
  /** Of each column within the constraint, which need not be the column's own; upper case. */
  readonly collations: readonly string[];
};

export type IndexPart = {
  /** A column's name, or null when the part is an expression. */
  readonly column: string | null;
  /** SQL text of the expression, null for a plain column. */
  readonly expression: string | null;
  readonly descending: boolean;
  readonly collation: string;
};

export type Index = {
  readonly name: string;
  readonly unique: boolean;
  readonly parts: readonly IndexPart[];
  /** The partial index's WHERE as SQL text, null when the index covers all rows. */
  readonly where: string | null;
  readonly sql: string;
};

export type ForeignKey = {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly parent: string;
  /** Resolved: an implicit target is already the parent's primary key. Empty when it cannot be resolved. */
  readonly parentColumns: readonly string[];
  readonly onUpdate: ForeignKeyAction;
  readonly onDelete: ForeignKeyAction;
  readonly deferrable: "no" | "initially immediate" | "initially deferred";
};

export type ForeignKeyAction = "NO ACTION" | "RESTRICT" | "SET NULL" | "SET DEFAULT" | "CASCADE";

export type Check = {
  readonly name: string | null;
  readonly expression: string;
  /** It states what the column's type (an enum, a domain) admits; the store's own table has no such check. */
  readonly ofType?: boolean;
};

/** The file beside a snapshot that holds the catalog, where the snapshot's own schema says nothing. */
export function catalogPath(snapshot: string): string {
  return `${snapshot}.catalog.json`;
}

export type View = { readonly name: string; readonly sql: string };

export type Trigger = { readonly name: string; readonly table: string; readonly sql: string };

export type VirtualTable = {
  readonly name: string;
  /** `fts5`, `rtree` … in lower case. */
  readonly module: string;
  readonly sql: string;
  readonly shadowTables: readonly string[];
  /** Rows and tokens as FTS5 counts them for its ranking, decimal digits; deletes may have left them too high. */
  readonly totals?: { readonly rows: string; readonly tokens: string };
  /** What a full-text table's `_config` holds, such as a `rank` of its own; absent elsewhere. */
  readonly settings?: Readonly<Record<string, string>>;
};
