/**
 * The plan: every decision of a run, each with its reason. Made once, printed,
 * saved and reviewed; every later phase only executes it. Plain JSON.
 */

import type { FullTextPlan, SearchPlan } from "../schema/full-text.ts";
import type { LiveProblem } from "../schema/live-type.ts";
import type { Encoding } from "../values/encoding.ts";
import type { HazardCode } from "./hazards.ts";
import type { IntoMode } from "./into-mode.ts";
import type { Sample, StorageClass } from "./profile.ts";
import type { Unit } from "./unit.ts";

export type Plan = {
  readonly version: 1;
  readonly name: string;
  readonly target: TargetPlan;
  readonly tables: readonly TablePlan[];
  readonly views: readonly ViewPlan[];
  /** Absent when nothing is searched. */
  readonly search?: SearchPlan;
  readonly units: readonly Unit[];
  /** Everything that cannot arrive as it is, accepted or not. A plan with an unaccepted one is never executed. */
  readonly hazards: readonly Hazard[];
  /** Decisions worth knowing that need no acceptance. */
  readonly notes: readonly Note[];
  /** What the application's code must know after the move. */
  readonly appNotes: readonly string[];
  /** Source objects that do not travel because they are the store's own, or excluded by the pipeline. */
  readonly leftOut: readonly LeftOut[];
  readonly estimate: { readonly rows: number; readonly bytes: number };
};

/** `rows`: of a table that stays behind. */
export type LeftOut = { readonly object: string; readonly reason: string; readonly rows?: number };

export type TargetPlan = {
  readonly schema: string;
  readonly staging: string;
  /** Schema that takes what stood in the way; null when the target must be unoccupied. */
  readonly aside: string | null;
  readonly owner: string | null;
  readonly grants: readonly Grant[];
  /** Enable row-level security on the new tables. */
  readonly rowSecurity: boolean;
  /** Of each live table that rows go into, what its definition was when the plan was made: see {@link LiveTable}. */
  readonly definitions?: Readonly<Record<string, string>>;
  /**
   * Tables outside the plan that triggers, rules and foreign keys may write to while rows go in, as accepted: with
   * their schema where it is another one; `*` = any.
   */
  readonly writes?: readonly string[];
};

export type TriggerPlan = { readonly keep: readonly string[]; readonly disable: readonly string[] };

export type Grant = { readonly privileges: readonly string[]; readonly to: string };

export type TablePlan = {
  readonly source: string;
  readonly target: string;
  /** The pipeline's selection, SQL of the source; null = all rows. */
  readonly where: string | null;
  /** See `Table.relation`. */
  readonly relation?: string;
  /** Set when it is a full-text table. */
  readonly fullText?: FullTextPlan;
  /** Set when it becomes a virtual table of a SQLite file. Asked by `isVirtual`, for plans of earlier versions lack it. */
  readonly virtual?: true;
  /**
   * Set when the application made the table: staging then has the live columns' types and nothing else, and `finish`
   * makes no key, index or constraint. Absent where rowhaul makes the table.
   */
  readonly into?: IntoMode;
  /** Target columns by which rows are the live table's; absent where that is its primary key. */
  readonly match?: readonly string[];
  /** Columns whose ids become those of the live rows, each with the target table whose rows they name; a table's own id names itself. */
  readonly mapped?: readonly MappedColumn[];
  /** Rows that are new, and whose id another live row has, get the next free one. */
  readonly renumber?: true;
  /** Rows that stay out because the live table had their key when the plan was made; absent where nobody could look. */
  readonly skipped?: number;
  /** SQL of staging's row `s`: its key as ledger and quarantine write it, where rows are matched with live ones. */
  readonly keyText?: string;
  /** What to do with the live table's triggers, by name, while rows go in; absent where none would fire. */
  readonly triggers?: TriggerPlan;
  /**
   * Why its rows are read through SQLite, for people; null where they go from its file's pages into COPY as they are.
   * Absent where that makes no difference, and in plans of earlier versions, which are read through SQLite.
   */
  readonly viaSqlite?: string | null;
  /** Rows expected to arrive, quarantined ones not counted out. */
  readonly rows: number;
  readonly columns: readonly ColumnPlan[];
  /** How a row is identified: in messages, in the ledger and by parity. */
  readonly key: Key;
  /** Name under which the source's hidden rowid is selected; null where there is none. */
  readonly rowidName: string | null;
  readonly identity: Identity | null;
  /** Executed in one transaction before load. */
  readonly create: string;
  /** Executed after load, in order, each in a transaction with its checkpoint. */
  readonly finish: readonly FinishStep[];
};

export type MappedColumn = { readonly column: string; readonly table: string };

/**
 * `integer`: one INTEGER column, compared in order. `other`: compared by digest bucket.
 * `none`: the table has no key; rows are compared as a multiset. Columns are source names.
 */
export type Key = { readonly kind: "integer" | "other" | "none"; readonly columns: readonly string[] };

export type Identity = {
  /** Target column. */
  readonly column: string;
  /** Name of the sequence behind it. */
  readonly sequence: string;
  /** The value the next insert gets, decimal digits. */
  readonly next: string;
};

export type ColumnPlan = {
  readonly source: string;
  readonly target: string;
  readonly encoding: Encoding;
  /** As written in the DDL, without COLLATE. */
  readonly pgType: string;
  /** How faithful the column is: see "What exactly means" in docs/architecture.md. */
  readonly arrives: "exactly" | "equivalently" | "changed";
  /** One sentence: why this type. */
  readonly reason: string;
  /** Generated by the target itself: compared, but never sent. Staging has it only where rowhaul makes the table. */
  readonly computed: boolean;
  /** A trigger of the live table may write another value, as accepted: what was sent is proven, what it wrote is in the ledger. */
  readonly triggered?: true;
  /** Accepted treatments of cells that the encoding cannot carry. Empty: every cell fits. */
  readonly rules: readonly CellRule[];
};

/** A treatment of single cells, accepted in the pipeline file. Each use is one ledger line (or one quarantined row). */
export type CellRule = {
  readonly code: HazardCode;
  readonly when: CellCondition;
  readonly then: CellAction;
};

export type CellCondition =
  /** TEXT that contains U+0000. */
  | { readonly kind: "nul" }
  /** TEXT that is not valid in the database's encoding. */
  | { readonly kind: "invalid-encoding" }
  /** A cell of a storage class the encoding does not carry. */
  | { readonly kind: "class"; readonly classes: readonly StorageClass[] }
  /** TEXT that is not in the encoding's date layout, or an INTEGER/REAL among dates. */
  | { readonly kind: "layout" }
  /** A NULL (in a key or NOT NULL column). */
  | { readonly kind: "null" }
  /** A value that the live column does not take as it is: see live-type.ts. */
  | { readonly kind: "unfit"; readonly problems: readonly LiveProblem[] }
  /** A child row without its parent. */
  | {
      readonly kind: "orphan";
      /** Child columns, then the parent they should be found in. */
      readonly columns: readonly string[];
      readonly parent: string;
      readonly parentColumns: readonly string[];
      /** The pipeline's selection of the parent's rows; null = all. */
      readonly parentWhere: string | null;
    };

export type CellAction =
  /** Remove every U+0000. */
  | "strip"
  /** Put U+2400 (␀) in place of every U+0000. */
  | "escape"
  /** Put U+FFFD in place of each invalid sequence. */
  | "replace"
  /** Decode the bytes as windows-1252 / ISO 8859-1. */
  | "windows-1252"
  | "latin1"
  /** Store NULL. */
  | "null"
  /** Convert a recognised date (another layout, or an epoch by its magnitude) to the column's; else refuse. */
  | "convert"
  /** Take a BLOB's bytes as UTF-8 text, or a TEXT's UTF-8 bytes as a BLOB. */
  | "reinterpret"
  /** Into a live column: see live-types/treat.ts. */
  | "round"
  | "truncate"
  | "respell"
  | "utc"
  | "wall"
  /** Store NULL; a step of finish puts the live column's default in its place. */
  | "default"
  /** Move the whole row to quarantine. */
  | "quarantine";

export type FinishStep = {
  /** Unique within the plan, stable over reruns: `kb_entries/index/idx_category`. */
  readonly id: string;
  readonly kind:
    | "primary key"
    | "unique"
    | "default"
    | "index"
    | "foreign key"
    | "check"
    | "identity"
    | "not null"
    | "full text";
  /** Name of the constraint or index in the target. */
  readonly name: string;
  readonly sql: string;
  /** How an accept entry names it where its name does not: a foreign key's `table.column`, an index's name in the source. */
  readonly place?: string;
  /** Of an index on expressions or with a condition; absent in plans of earlier versions. */
  readonly definition?: IndexDefinition;
  /** Vectors are filled in when every table has its keys; then come foreign keys, and what keeps full-text tables true. */
  readonly stage: "fill" | "keys" | "references";
};

/** An index as the server shows what it made of the statement: a sign that does nothing is gone, a cast may be. */
export type IndexDefinition = {
  /** In order, each a column's name or an expression. */
  readonly parts: readonly string[];
  /** Null where every row is in it. */
  readonly where: string | null;
};

export type ViewPlan = { readonly source: string; readonly target: string; readonly sql: string };

export type Hazard = {
  readonly code: HazardCode;
  /** `table` or `table.column` or an object's name, with source names. */
  readonly at: string;
  /** The problem, with counts, in one sentence. */
  readonly message: string;
  readonly samples: readonly Sample[];
  readonly count: number;
  /** Policies that every value concerned can be treated by, the proposed one first; absent = all of the code. */
  readonly offered?: readonly string[];
  /** What answers it elsewhere in the pipeline file than in `accept`: lines under that heading. */
  readonly answer?: {
    readonly under: "interpret" | "tables" | "target";
    readonly lines: readonly string[];
    /** One line that answers this and others like it. */
    readonly forAll?: string;
  };
  /** The treatment: the accepted one, or null while nobody has accepted. */
  readonly policy: string | null;
  /** Who accepted: the pipeline file, or `--accept-all`. */
  readonly accepted: "pipeline" | "accept-all" | null;
  /** The reason given in the pipeline file. */
  readonly why: string | null;
};

export type Note = { readonly code: string; readonly at: string; readonly message: string };
