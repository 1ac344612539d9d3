/**
 * Rows in tables of the application's: what the loader says of where they went, so
 * that the validators can prove them there, among rows that were there before.
 */

import type { IntoMode } from "./into-mode.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { ColumnPlan } from "./plan.ts";

/** `kept`: a full-text table that triggers of its content keep; nothing is written to it. */
export type LiveMode = IntoMode | "kept";

export type LivePlace = {
  readonly schema: string;
  /** By target table; tables that are not named here the run made itself. */
  readonly into: Readonly<Record<string, LiveMode>>;
  /** Target names of the views that the run made. */
  readonly views: readonly string[];
};

/** Where a run's tables are to be validated. `live`: null where they are all its own. */
export type Proven = { readonly schema: string; readonly live: LivePlace | null };

/** A live table before the run's rows went in. */
export type LiveCount = {
  readonly rows: bigint;
  /** Rows that will be overwritten; null when that cannot be said yet. */
  readonly replaced: bigint | null;
  /** Stands for the versions of all others; null when those are not known. */
  readonly others: bigint | null;
};

/** By target table. */
export type LiveCounts = ReadonlyMap<string, LiveCount>;

/** A switch under way: its rows are there, and nobody else sees them. */
export type OpenSwitch = {
  /** The store's own connection with the open transaction. */
  readonly connection: unknown;
  readonly place: LivePlace;
  /** Lines of the ledger, written in the same transaction. */
  account(entries: readonly LedgerEntry[]): Promise<void>;
};

/** Called before the rows go in; what it returns, when they are in. Each throws what keeps the switch from being committed. */
export type ProveLive = (open: OpenSwitch) => Promise<() => Promise<void>>;

/** A switch that is ready: nobody sees anything of it until it is committed. */
export type PreparedSwitch = {
  commit(): Promise<void>;
  /** Leaves everything as it was; nothing happens after a commit. */
  abandon(): Promise<void>;
};

/** Rule of ledger lines about an id that became the live row's. */
export const mappedRule = "IDS_MAPPED";
/** Rule of rows in quarantine whose key the live table had already. */
export const skippedRule = "ROWS_TAKEN:skip";

/** Rules of ledger lines about what the live table itself makes of a column: it generates it, or a trigger writes it. */
export const targetRules = ["TARGET_GENERATES", "TRIGGER_CHANGES:keep"] as const;

/** Null where the column's value is to be the source's. */
export function targetRule({ computed, triggered }: ColumnPlan): (typeof targetRules)[number] | null {
  if (computed) return "TARGET_GENERATES";
  return triggered === true ? "TRIGGER_CHANGES:keep" : null;
}
