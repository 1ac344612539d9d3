/** Loads one unit: its rows, their ledger and the checkpoint, in one transaction. */

import { qualified } from "../../../core/quote.ts";
import type { TokenPositions } from "../../../core/schema/full-text.ts";
import type { LoadHooks, UnitRows } from "../../../core/session.ts";
import { type Client, inTransaction } from "../../../postgres/transaction.ts";
import { type CopyHooks, copyRows } from "../copy/copy-rows.ts";
import { fence, type Hold } from "../state/lease.ts";
import { writeCheckpoint, writeLedger, writeQuarantine } from "../state/state.ts";
import { hasCheckpoint } from "../state/witnesses.ts";

export async function loadUnit(
  { pool, lease, run, plan: { target, search } }: Hold,
  unit: string,
  parts: Iterable<UnitRows>,
  { progress, signal }: LoadHooks,
): Promise<number> {
  const step = `load/${unit}`;
  const load = async (client: Client): Promise<number> => {
    let rows = 0;
    for (const part of parts) {
      const hooks: CopyHooks = { progress: (count) => progress(part.table, count), signal };
      rows += await copyRows(client, target.staging, part.table, part.batches, hooks, part.stored);
      await writeLedger(client, lease.state, run, part.ledger);
      await writeQuarantine(client, lease.state, run, part.quarantine);
      if (search !== undefined)
        await writePositions(client, search.schema, qualified(target.staging, part.table.target), part.positions);
    }
    await writeCheckpoint(client, lease.state, run, step, rows);
    await fence(client, lease);
    return rows;
  };
  return inTransaction(pool, `loading ${unit}`, load, { signal, witness: hasCheckpoint(lease.state, run, step) });
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
