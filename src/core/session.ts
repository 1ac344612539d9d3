/**
 * A session: one run's lease on its target, and all the work that needs it. No other run can take the target while it
 * lives, and nothing it does is kept once another has taken over.
 */

import type { LedgerEntry, QuarantinedRow } from "./plan/ledger.ts";
import type { CommitMark, PreparedSwitch, ProveLive } from "./plan/live.ts";
import type { Plan, TablePlan } from "./plan/plan.ts";
import type { UnitPart } from "./plan/unit.ts";
import type { RunStatus } from "./run-stages.ts";
import type { TokenPositions } from "./schema/full-text.ts";
import type { StoredReading } from "./values/stored-rows.ts";
import type { Row } from "./values/wire.ts";

/** A run as the target remembers it. */
export type RunRow = {
  readonly run: string;
  readonly pipeline: string;
  readonly schema: string;
  readonly staging: string;
  readonly aside: string | null;
  readonly plan: string;
  readonly status: RunStatus;
  readonly createdAt: string;
};

export type UnitRows = {
  readonly table: TablePlan;
  readonly part: UnitPart;
  /** The file that the rows are read from. */
  readonly snapshot: string;
  readonly batches: Iterable<Row[]>;
  /** Opens the same rows as they are stored; absent where they do not go on as they are. */
  readonly stored?: () => StoredReading;
  readonly ledger: readonly LedgerEntry[];
  readonly quarantine: readonly QuarantinedRow[];
  /** Of a full-text table with ready-made vectors. */
  readonly positions: Iterable<TokenPositions[]>;
};

export type LoadHooks = { progress(table: TablePlan, rows: number): void; readonly signal: AbortSignal };

/** One statement of finish. `id`: of its checkpoint; `doing`: completes "while …". */
export type FinishTask = { readonly id: string; readonly sql: string; readonly doing: string };

export type SwitchBackOptions = {
  readonly discardNewWrites: boolean;
  readonly status: RunStatus;
  readonly signal: AbortSignal;
  /** A transaction that was about to be committed when its process died or lost the server; its end is waited for. */
  readonly pending?: CommitMark | null;
  /** As of {@link PreparedSwitch.commit}. */
  readonly before?: (mark: CommitMark) => void;
};

/**
 * Made by a target's `acquire`. An abort of its signal ends what it is doing, in the target too; what takes a signal of
 * its own hears only that.
 */
export type Session = {
  readonly run: string;
  readonly plan: Plan;
  /** Aborted with the signal that it was made with, or by LEASE_LOST when another process took the target over. */
  readonly signal: AbortSignal;
  /** The run's row, its staging schema and its empty tables, all or nothing. `install`: statements to execute before. */
  create(row: Omit<RunRow, "createdAt">, install: readonly string[]): Promise<void>;
  /** One transaction: rows, ledger, quarantine, checkpoint. Returns the rows that arrived. */
  loadUnit(unit: string, parts: Iterable<UnitRows>, hooks: LoadHooks): Promise<number>;
  /** One statement with its checkpoint. */
  finish(task: FinishTask, signal: AbortSignal): Promise<void>;
  /** The same for many that take a moment each. Where it throws, the checkpoints say which are done. */
  finishTogether(tasks: readonly FinishTask[], signal: AbortSignal): Promise<void>;
  setStatus(status: RunStatus): Promise<void>;
  /**
   * Makes ready that staging becomes the schema, or its rows those of tables that are there. The latter are written and
   * proven here, in a transaction that only the commit ends. Whatever it throws has changed nothing.
   */
  prepareSwitch(prove: ProveLive): Promise<PreparedSwitch>;
  /**
   * The inverse; nothing happens when the run is not switched. Throws ROLLBACK_REFUSED unless told to discard;
   * UNDO_FAILED, with the steps that are left, where what it would put back is not what was kept.
   * Returns what it leaves as it is, as sentences.
   */
  switchBack(options: SwitchBackOptions): Promise<readonly string[]>;
  /** Removes what earlier runs of the same pipeline, which never came to switch, have left there; returns its names. */
  sweep(): Promise<string[]>;
  /** Releases the target, so that the next run need not wait until the lease expires. */
  release(): Promise<void>;
};
