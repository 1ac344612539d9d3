/** The live schema as data: what the application's own migrations made. */
import type { LiveType } from "./live-type.ts";

export type LiveColumn = {
  readonly name: string;
  readonly type: LiveType;
  /** As SQL writes it; null where it is the type's own. */
  readonly collation: string | null;
  readonly notNull: boolean;
  /** SQL; null where there is none. */
  readonly default: string | null;
  readonly identity: "always" | "by default" | null;
  readonly generated: boolean;
};

/** One that PostgreSQL enforces. */
export type LiveForeignKey = {
  readonly name: string;
  readonly columns: readonly string[];
  /** With its schema where that is another one. */
  readonly parent: string;
  readonly parentColumns: readonly string[];
};

/** A primary key, a unique constraint or a unique index. */
export type LiveUnique = {
  readonly name: string;
  readonly primary: boolean;
  /** In its order; empty where it is over an expression. */
  readonly columns: readonly string[];
  /** ON CONFLICT takes none that is deferrable. */
  readonly deferrable: boolean;
  /** It holds for some rows only. */
  readonly partial: boolean;
  readonly nullsNotDistinct: boolean;
};

export type TriggerEvent = "INSERT" | "UPDATE" | "DELETE";

/** A trigger that fires: of the table, or of some of its partitions. What was cloned to partitions counts once. */
export type LiveTrigger = {
  readonly name: string;
  /** More than one where partitions have triggers of the same name. */
  readonly functions: readonly string[];
  readonly events: readonly TriggerEvent[];
  /** Once for a statement, not for each row. */
  readonly statement: boolean;
  /** Partitions that have it of their own; empty where the table itself has it. */
  readonly partitions: readonly string[];
  /** Other relations of the schema that the functions' text names: a hint, no more. */
  readonly mentions: readonly string[];
  /** Keeps a search index of rowhaul's. */
  readonly ours: boolean;
};

export type LiveTable = {
  readonly name: string;
  readonly kind: "table" | "partitioned table" | "view" | "materialized view" | "foreign table";
  readonly columns: readonly LiveColumn[];
  /** Columns of the primary key; empty when there is none. */
  readonly key: readonly string[];
  readonly uniques: readonly LiveUnique[];
  readonly foreignKeys: readonly LiveForeignKey[];
  /** Those that are enabled, by name. */
  readonly triggers: readonly LiveTrigger[];
  readonly hasRows: boolean;
  /** Covers everything that affects rows: columns, types, constraints, indexes, triggers and their functions, policies. */
  readonly digest: string;
};

export type LiveSchema = {
  readonly schema: string;
  /** All relations of the schema that hold or show rows. */
  readonly tables: readonly LiveTable[];
  /** Without the right to make temporary tables nothing can be asked of the server by assignment. */
  readonly mayAsk: boolean;
  /** Whether the server counts what a transaction writes, table by table, or the role may make it do so. */
  readonly countsWrites: boolean;
  /** Sequences that no column owns and no default calls, with the column whose numbers they count by their name. */
  readonly sequences: readonly {
    readonly name: string;
    readonly table: string | null;
    readonly column: string | null;
  }[];
};

/** Keys that rows can be matched by: ON CONFLICT takes them, for every row, and none is without one. */
export function matchableKeys({
  uniques,
  columns,
}: {
  readonly uniques: readonly LiveUnique[];
  readonly columns: readonly { readonly name: string; readonly notNull: boolean }[];
}): LiveUnique[] {
  const required = new Set(columns.filter(({ notNull }) => notNull).map(({ name }) => name));
  return uniques.filter((key) => isUsable(key) && key.columns.every((name) => required.has(name)));
}

/** Not whether a column may be NULL, which is the columns' own. */
export function isUsable({ columns, deferrable, partial }: LiveUnique): boolean {
  return columns.length > 0 && !deferrable && !partial;
}
