/**
 * What a validator is: a reader of the frozen source and of the target, by
 * paths of its own, that reports what it saw. It changes neither side and
 * trusts nothing that the loader says it did.
 */
import type { ClientBase, Pool } from "pg";
import type { Emit } from "../../core/events.ts";
import type { ValidatorResult } from "../../core/finding.ts";
import type { LedgerEntry } from "../../core/plan/ledger.ts";
import type { LiveCounts, LiveMode } from "../../core/plan/live.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import type { CancelOnAbort } from "./target-reader.ts";

export type ValidatorInput = {
  readonly plan: Plan;
  /** The source's catalog. */
  readonly catalog: Catalog;
  /** Path of the frozen, private SQLite file. */
  readonly snapshot: string;
  readonly pool: Pool;
  /** Where the tables are now: staging or live. */
  readonly schema: string;
  /** Null where all tables are the run's own. */
  readonly live: Live | null;
  /** Schema of the state tables `ledger` and `quarantine`. */
  readonly state: string;
  /** The run's id. */
  readonly run: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Where it is left out, an abort ends no statement on the server. */
  readonly cancelOnAbort?: CancelOnAbort;
};

/** Rows among those of the application. */
export type Live = {
  /** How they went in, by target table; tables that are not named here are the run's own. */
  readonly into: ReadonlyMap<string, LiveMode>;
  /** Views of the run's own. */
  readonly views: ReadonlySet<string>;
  /** The transaction that wrote them, while it is open. */
  readonly inside: {
    readonly connection: ClientBase;
    readonly before: LiveCounts;
    /** Takes lines for the run's ledger. */
    account(entries: readonly LedgerEntry[]): Promise<void>;
  } | null;
};

/** Differences are the result, not an error; it throws only when it could not look. */
export type Validator = (input: ValidatorInput) => Promise<ValidatorResult>;
