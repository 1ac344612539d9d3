/**
 * Rows in the application's tables: where the loader put them, so that the
 * validators can find and prove them there, among rows that existed before.
 */

import type { IntoMode } from "./into-mode.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { ColumnPlan } from "./plan.ts";

/** `kept`: a full-text table that triggers of its content keep; nothing is written to it. */
export type LiveMode = IntoMode | "kept";

export type LivePlace = {
  readonly schema: string;
  /** By target table; tables not listed here were made by the run itself. */
  readonly into: Readonly<Record<string, LiveMode>>;
  /** Target names of the views that the run made. */
  readonly views: readonly string[];
};

/** Where a run's tables are to be validated. `live`: null where they are all its own. */
export type Proven = { readonly schema: string; readonly live: LivePlace | null };

/** A live table before the run's rows went in. */
export type LiveCount = {
  readonly rows: bigint;
  /** Rows that will be overwritten; null while that is unknown. */
  readonly replaced: bigint | null;
  /** Stands for the versions of all others; null when those are not known. */
  readonly others: bigint | null;
};

/** By target table. */
export type LiveCounts = ReadonlyMap<string, LiveCount>;

/** A switch under way: its rows are in, and visible to its own transaction only. */
export type OpenSwitch = {
  /** The store's own connection with the open transaction. */
  readonly connection: unknown;
  readonly place: LivePlace;
  /** Lines of the ledger, written in the same transaction. */
  account(entries: readonly LedgerEntry[]): Promise<void>;
};

/** Called before the rows go in; the function it returns, once they are in. Either throws to keep the switch from committing. */
export type ProveLive = (open: OpenSwitch) => Promise<() => Promise<void>>;

/**
 * What identifies a transaction of a server, so that somebody else can wait for its end: the process there, when that
 * was started, and the transaction's number.
 */
export type CommitMark = { readonly pid: number; readonly started: string; readonly transaction: string };

/** A switch that is ready: nothing of it is visible until it is committed. */
export type PreparedSwitch = {
  /**
   * `before`: called with the transaction on a server that is about to be committed. Throws COMMIT_UNKNOWN where the
   * answer was lost and the server cannot be asked; any other error says that nothing was switched.
   */
  commit(before: (mark: CommitMark) => void): Promise<void>;
  /** Leaves everything as it was; nothing happens after a commit. */
  abandon(): Promise<void>;
};

/** Rule of ledger lines about an id that became the live row's. */
export const mappedRule = "IDS_MAPPED";
/** Rule of rows in quarantine whose key the live table had already. */
export const skippedRule = "ROWS_TAKEN:skip";

/** Rules of ledger lines about values that the live table computes: in a generated column, or by a trigger. */
export const targetRules = ["TARGET_GENERATES", "TRIGGER_CHANGES:keep"] as const;

/** Null where the column's value is to be the source's. */
export function targetRule({ computed, triggered }: ColumnPlan): (typeof targetRules)[number] | null {
  if (computed) return "TARGET_GENERATES";
  return triggered === true ? "TRIGGER_CHANGES:keep" : null;
}
