/** Loads one unit: its rows, their ledger and the checkpoint, in one transaction. */

import type { Plan, TablePlan } from "../../../core/plan/plan.ts";
import type { UnitRows } from "../../../core/ports.ts";
import { qualified } from "../../../core/quote.ts";
import type { TokenPositions } from "../../../core/schema/full-text.ts";
import { type Client, inTransaction, type Pool } from "../../../postgres/transaction.ts";
import { type CopyHooks, copyRows } from "../copy/copy-rows.ts";
import { fence, type Lease } from "../state/lease.ts";
import { writeCheckpoint, writeLedger, writeQuarantine } from "../state/state.ts";

export type LoadHooks = { progress(table: TablePlan, rows: number): void; signal: AbortSignal };

export async function loadUnit(
  pool: Pool,
  lease: Lease,
  run: string,
  { target: { staging }, search }: Plan,
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
      if (search !== undefined)
        await writePositions(client, search.schema, qualified(staging, part.table.target), part.positions);
    }
    await writeCheckpoint(client, lease.state, run, `load/${unit}`, rows);
    await fence(client, lease);
    return rows;
  });
}

/** Rows beyond tsvector's limits are few, but each has many tokens. */
async function writePositions(
  client: Client,
  schema: string,
  relation: string,
  batches: Iterable<TokenPositions[]>,
): Promise<void> {
  for (const batch of batches) {
    await client.query(
      `INSERT INTO ${qualified(schema, "positions")} (relation, rowid, lexeme, col, pos)
       SELECT $1::regclass, rowid, lexeme, col, pos::int[]
       FROM unnest($2::bigint[], $3::text[], $4::smallint[], $5::text[]) AS t(rowid, lexeme, col, pos)`,
      [
        relation,
        batch.map((one) => one.rowid),
        batch.map((one) => one.lexeme),
        batch.map((one) => one.column),
        batch.map((one) => one.positions),
      ],
    );
  }
}
