/** What a transaction wrote of itself, by which it is known that it was committed. */
import { qualified } from "../../../core/quote.ts";
import type { RunStatus } from "../../../core/run-stages.ts";
import type { Witness } from "../../../postgres/commit.ts";

export function hasCheckpoint(state: string, run: string, step: string): Witness {
  return found(`SELECT FROM ${qualified(state, "checkpoints")} WHERE run_id = $1 AND step = $2`, [run, step]);
}

export function hasRun(state: string, run: string): Witness {
  return found(`SELECT FROM ${qualified(state, "runs")} WHERE run_id = $1`, [run]);
}

export function hasStatus(state: string, run: string, status: RunStatus): Witness {
  return found(`SELECT FROM ${qualified(state, "runs")} WHERE run_id = $1 AND status = $2`, [run, status]);
}

function found(sql: string, values: readonly string[]): Witness {
  return async (client) => (await client.query(sql, [...values])).rowCount === 1;
}
