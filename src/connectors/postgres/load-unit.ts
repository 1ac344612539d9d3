/** Loads one unit: its rows, their ledger and the checkpoint, in one transaction. */
import type { TablePlan } from "../../core/plan.ts";
import type { UnitRows } from "../../core/ports.ts";
import { type CopyHooks, copyRows } from "./copy/copy-rows.ts";
import { fence, type Lease } from "./lease.ts";
import { writeCheckpoint, writeLedger, writeQuarantine } from "./state.ts";
import { inTransaction, type Pool } from "./transaction.ts";

export type LoadHooks = { progress(table: TablePlan, rows: number): void; signal: AbortSignal };

export async function loadUnit(
  pool: Pool,
  lease: Lease,
  run: string,
  staging: string,
  unit: string,
  parts: Iterable<UnitRows>,
  hooks: LoadHooks,
): Promise<number> {
  return inTransaction(pool, `loading ${unit}`, async (client) => {
    let rows = 0;
    for (const part of parts) {
      const copyHooks: CopyHooks = { progress: (count) => hooks.progress(part.table, count), signal: hooks.signal };
      rows += await copyRows(client, staging, part.table, part.batches, copyHooks);
      await writeLedger(client, lease.state, run, part.ledger);
      await writeQuarantine(client, lease.state, run, part.quarantine);
    }
    await writeCheckpoint(client, lease.state, run, `load/${unit}`, rows);
    await fence(client, lease);
    return rows;
  });
}
