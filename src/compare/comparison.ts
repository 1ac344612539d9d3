/** What a comparison of two stores is given and what it gives. The result is plain JSON. */
import type { Catalog } from "../core/schema/catalog.ts";

export type StoreKind = "sqlite" | "postgres" | "export" | "json";

/** A store, ready to be read: a SQLite database, or the snapshot of another store. */
export type Opened = {
  /** As messages name it, without credentials. */
  readonly shown: string;
  /** The SQLite file. A live one may have writers: all of it is read in one transaction. */
  readonly path: string;
  readonly catalog: Catalog;
  readonly kind: StoreKind;
};

export type CompareOptions = {
  /** Asked by either side's name; absent = all tables. */
  readonly tables?: (name: string) => boolean;
  /** Absent: exact between stores of one kind, else in meaning. */
  readonly mode?: "exact" | "in meaning";
  /** Whether differing keys, indexes, defaults … count as differences; default notes. */
  readonly schema?: "notes" | "differences";
  /** Rows and cells named for each table; all are counted. Default 20. */
  readonly samples?: number;
  /** Columns that identify a row where the schema has no key or another one, by table (of `a`). */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  /** Where a scratch file may be made; default the system's temporary folder. */
  readonly scratchFolder?: string;
  /** Rows read so far of both sides, and how many tables are done. */
  readonly progress?: (table: string, rows: number) => void;
  readonly signal?: AbortSignal;
};

/** "Missing" is what only `a` has, "extra" what only `b` has. */
export type Comparison = {
  readonly a: { readonly shown: string; readonly kind: StoreKind };
  readonly b: { readonly shown: string; readonly kind: StoreKind };
  readonly mode: "exact" | "in meaning";
  /** 0 = the stores hold the same. Tables, columns, rows and cells, and the schema's where options say so. */
  readonly differences: number;
  readonly missingTables: readonly string[];
  readonly extraTables: readonly string[];
  readonly tables: readonly TableComparison[];
  readonly schema: readonly SchemaDifference[];
  readonly schemaCounts: "notes" | "differences";
  readonly notes: readonly string[];
};

export type TableComparison = {
  readonly table: string;
  /** Its name in `b`, where that is written differently. */
  readonly other: string | null;
  readonly rowsInA: number;
  readonly rowsInB: number;
  /** Null: rows were compared as a multiset. */
  readonly key: readonly string[] | null;
  readonly missingColumns: readonly string[];
  readonly extraColumns: readonly string[];
  readonly columns: readonly ColumnComparison[];
  readonly missingRows: Rows;
  readonly extraRows: Rows;
  /** Rows of one key with a cell that differs. */
  readonly changedRows: number;
  readonly cells: { readonly count: number; readonly samples: readonly CellDifference[] };
  readonly differences: number;
};

export type ColumnComparison = {
  readonly column: string;
  readonly other: string | null;
  readonly typeInA: string;
  readonly typeInB: string;
  readonly compared: "exact" | "in meaning";
  /** What "in meaning" went by: `number`, `instant` …; null when exact. */
  readonly as: string | null;
  readonly differing: number;
  /** The types are written differently, and no value differs. */
  readonly onlyType: boolean;
};

/** `samples`: keys as `id=42`; of a table without a key the row itself. */
export type Rows = { readonly count: number; readonly samples: readonly string[] };

export type CellDifference = {
  readonly key: string;
  readonly column: string;
  /** See core/values/render-cell.ts; long values are cut around their first difference. */
  readonly a: string;
  readonly b: string;
};

export type SchemaDifference = {
  readonly table: string;
  /** `primary key`, `unique`, `foreign key`, `index`, `not null`, `default`, `check`, `type`, `generated`, `view`, `trigger`, `virtual table`, `name`. */
  readonly what: string;
  /** Null where only the other side has it. */
  readonly a: string | null;
  readonly b: string | null;
};
