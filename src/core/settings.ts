/** A pipeline file once it has been read, checked and filled in: trusted from here on. */
import type { Environment } from "./environment.ts";
import type { HazardCode } from "./plan/hazards.ts";
import type { IntoMode } from "./plan/into-mode.ts";
import type { SearchCheck } from "./schema/full-text.ts";
import type { Interpretation } from "./schema/live-type.ts";

export type Settings = {
  readonly name: string;
  /** Folder of the pipeline file (or the working directory): paths in it are relative to this. */
  readonly folder: string;
  readonly source: SourceSettings;
  readonly target: TargetSettings;
  /** Settings by source table; absent tables are not moved unless `include` names them. Null: everything. */
  readonly tables: Readonly<Record<string, TableSettings>> | null;
  /** Only one row (or some) with all rows that depend on it; null = no such selection. */
  readonly root: RootSelection | null;
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly accept: readonly Acceptance[];
  /** How values are to be read that go into tables of the application's and could mean several things. */
  readonly interpret: readonly InterpretEntry[];
  readonly acceptAll: boolean;
  readonly validate: {
    readonly counts: boolean;
    readonly schema: boolean;
    readonly parity: boolean;
    readonly search: boolean;
  };
  readonly search: SearchSettings;
  readonly cutover: readonly CutoverStep[] | null;
  /** How cautious the run is. */
  readonly environment: Environment;
  /** Units loaded at the same time. */
  readonly concurrency: number;
  readonly integers: "bigint" | "fit";
  readonly disk: "refuse" | "warn";
  /** SHA-256 of everything above that decides what arrives; a stopped run resumes only with the same. */
  readonly digest: string;
};

/** Paths are absolute. */
export type SourceSettings =
  | { readonly kind: "sqlite" | "export"; readonly path: string }
  | ({ readonly kind: "json"; readonly path: string } & JsonSettings)
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string };

export type JsonSettings = {
  /** Name of the table of an NDJSON file or a top-level array; null = the file's own name. */
  readonly table: string | null;
  /** Key columns by table. */
  readonly key: Readonly<Record<string, readonly string[]>>;
  readonly duplicateKeys: "refuse" | "first" | "last";
  /** How to store a column in which some rows have null and others nothing at all. */
  readonly missing: "refuse" | "null" | "keep";
};

export type RootSelection = {
  readonly table: string;
  /** SQL of the source. */
  readonly where: string;
  /** Take the rows along that the selected ones point to. */
  readonly parents: boolean;
};

export type TargetSettings = SchemaTarget | FileTarget;

/** A schema of PostgreSQL, on a server or on one that rowhaul runs; the URL of the latter is known once it does. */
export type SchemaTarget =
  | ({ readonly kind: "postgres"; readonly url: string } & SchemaSettings)
  | ({ readonly kind: "embedded" } & SchemaSettings);

/** What to do with existing objects. Those of {@link IntoMode} write into them. */
export type Existing = "refuse" | "keep-aside" | IntoMode;

/** Absolute path of a SQLite file. */
export type FileTarget = { readonly kind: "sqlite"; readonly path: string; readonly existing: Existing };

export type SchemaSettings = {
  readonly schema: string;
  readonly existing: Existing;
  readonly state: string;
  readonly owner: string | null;
  readonly grants: readonly { readonly privileges: readonly string[]; readonly to: string }[];
  readonly rowSecurity: "enable" | "none" | null;
  readonly collation: "binary" | "database";
};

export type SearchSettings = {
  /** `exact`: the source's own results. `native`: PostgreSQL's own search. `off`: full-text tables stay behind. */
  readonly mode: "exact" | "native" | "off";
  /** Schema of the functions. */
  readonly schema: string;
  /** Text search configuration of `native`. */
  readonly config: string;
  /** `table.column`, whose LIKE and NOCASE results are compared. */
  readonly like: readonly string[];
  /** Full-text tables that get a table of postings: all, or those named. */
  readonly postings: boolean | readonly string[];
  readonly check: SearchCheck;
};

export type TableSettings = {
  /** Name in the target; null = as in the source. */
  readonly as: string | null;
  readonly where: string | null;
  readonly rename: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
  readonly columns: Readonly<Record<string, ColumnSettings>>;
  /** In the order in which rows pass through them. */
  readonly steps: readonly TransformStep[];
  /** What to do with a row that a step cannot process. */
  readonly onError: "fail" | "quarantine";
  /** Only rows whose parent in that table is selected; null = all. */
  readonly belongsTo: string | null;
  /** How its rows go into a live table; null = as the target's `existing` says. */
  readonly existing: IntoMode | null;
  /** Columns by which its rows are matched with the live table's; null = the live primary key. */
  readonly key: readonly string[] | null;
  /** Columns that hold keys of other tables without a foreign key, with those tables. */
  readonly references: Readonly<Record<string, string>>;
};

/** A table without settings in the pipeline file. */
export const plainTable: TableSettings = {
  as: null,
  where: null,
  rename: {},
  drop: [],
  columns: {},
  steps: [],
  onError: "fail",
  belongsTo: null,
  existing: null,
  key: null,
  references: {},
};

/** One transform of a pipeline file, checked: its name in transforms/registry.ts, and its options as plain JSON. */
export type TransformStep = { readonly use: string; readonly options: unknown };

export const columnTypes = [
  "smallint",
  "integer",
  "bigint",
  "double precision",
  "numeric",
  "text",
  "bytea",
  "boolean",
  "date",
  "timestamp",
  "timestamptz",
  "jsonb",
  "uuid",
  "interval",
] as const;
export type ColumnType = (typeof columnTypes)[number];

export type ColumnSettings = {
  readonly type: ColumnType | null;
  /** The column's integers count from 1970. */
  readonly epoch: "seconds" | "milliseconds" | "microseconds" | null;
};

export type Acceptance = {
  readonly code: HazardCode;
  /** `table`, `table.column` or an object's name; null = wherever the code occurs. */
  readonly at: string | null;
  readonly policy: string | null;
  readonly why: string | null;
};

/** `at`: `table` or `table.column`; `type`: of the live column. Both null: wherever it applies. */
export type InterpretEntry = {
  readonly at: string | null;
  readonly type: string | null;
  readonly as: Interpretation;
};

export type CutoverStep =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly set: Readonly<Record<string, string | number | boolean | null>>;
    }
  | { readonly kind: "check"; readonly command: string; readonly folder: string; readonly timeoutSeconds: number };
