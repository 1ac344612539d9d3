/**
 * What a validator is: a reader of the frozen source and of the target, by
 * paths of its own, that reports what it saw. It changes neither side and
 * trusts nothing that the loader says it did.
 */
import type { Pool } from "pg";
import type { Catalog } from "../core/catalog.ts";
import type { Emit } from "../core/events.ts";
import type { ValidatorResult } from "../core/finding.ts";
import type { Plan } from "../core/plan.ts";

export type ValidatorInput = {
  readonly plan: Plan;
  /** The source's catalog. */
  readonly catalog: Catalog;
  /** Path of the frozen, private SQLite file. */
  readonly snapshot: string;
  readonly pool: Pool;
  /** Where the tables are now: staging or live. */
  readonly schema: string;
  /** Schema of the state tables `ledger` and `quarantine`. */
  readonly state: string;
  /** The run's id. */
  readonly run: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
};

/** Differences are the result, not an error; it throws only when it could not look. */
export type Validator = (input: ValidatorInput) => Promise<ValidatorResult>;
