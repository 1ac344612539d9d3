/** A pipeline file once it has been read, checked and filled in: trusted from here on. */
import type { SearchCheck } from "./full-text.ts";
import type { HazardCode } from "./hazards.ts";

export type Settings = {
  readonly name: string;
  /** Folder of the pipeline file (or the working directory): paths in it are relative to this. */
  readonly folder: string;
  /** Absolute path of the SQLite file. */
  readonly source: string;
  readonly target: TargetSettings;
  /** Settings by source table; absent tables are not moved unless `include` names them. Null: everything. */
  readonly tables: Readonly<Record<string, TableSettings>> | null;
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly accept: readonly Acceptance[];
  readonly acceptAll: boolean;
  readonly validate: {
    readonly counts: boolean;
    readonly schema: boolean;
    readonly parity: boolean;
    readonly search: boolean;
  };
  readonly search: SearchSettings;
  readonly cutover: readonly CutoverStep[] | null;
  /** Units loaded at the same time. */
  readonly concurrency: number;
  readonly integers: "bigint" | "fit";
  readonly disk: "refuse" | "warn";
  /** SHA-256 of everything above that decides what arrives; a stopped run resumes only with the same. */
  readonly digest: string;
};

export type TargetSettings = {
  readonly kind: "postgres" | "embedded";
  /** Null for an embedded target until it runs. */
  readonly url: string | null;
  readonly schema: string;
  readonly existing: "refuse" | "keep-aside";
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
};

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

export type CutoverStep =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly set: Readonly<Record<string, string | number | boolean | null>>;
    }
  | { readonly kind: "check"; readonly command: string; readonly folder: string; readonly timeoutSeconds: number };
