/**
 * rowhaul's own tables in the target: runs, leases, checkpoints, ledger and
 * quarantine. They live beside the data so that rows and their bookkeeping commit
 * together.
 */

import { rowGone } from "../../../core/messages/lost-run.ts";
import type { LedgerEntry, QuarantinedRow } from "../../../core/plan/ledger.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { RunStatus } from "../../../core/run-stages.ts";
import type { RunRow } from "../../../core/session.ts";
import { ask } from "../../../postgres/begin.ts";
import type { Client, Pool } from "../../../postgres/transaction.ts";
import { madeByUs, stateExists } from "./upgrade.ts";

export async function readRun(pool: Pool, state: string, run: string): Promise<RunRow | null> {
  if (!(await stateExists(pool, state))) return null;
  const { rows } = await ask(pool, `SELECT ${columns} FROM ${qualified(state, "runs")} WHERE run_id = $1`, [run]);
  return (rows[0] as RunRow | undefined) ?? null;
}

const columns = `run_id AS run, pipeline, target_schema AS schema, staging, aside, plan_digest AS plan, status, created_at::text AS "createdAt"`;

/** Of a pipeline into a schema, oldest first. */
export async function listRuns(pool: Pool, state: string, pipeline: string, schema: string): Promise<RunRow[]> {
  if (!(await stateExists(pool, state))) return [];
  const { rows } = await pool.query(
    `SELECT ${columns} FROM ${qualified(state, "runs")} WHERE pipeline = $1 AND target_schema = $2 ORDER BY created_at, run_id`,
    [pipeline, schema],
  );
  return rows as RunRow[];
}

export async function insertRun(client: Client, state: string, run: Omit<RunRow, "createdAt">): Promise<void> {
  await client.query(
    `INSERT INTO ${qualified(state, "runs")} (run_id, pipeline, target_schema, staging, aside, plan_digest, status) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [run.run, run.pipeline, run.schema, run.staging, run.aside, run.plan, run.status],
  );
}

/** Throws LOAD_LOST when the run's row is gone: nobody could tell later what became of the run. */
export async function setStatus(client: Client | Pool, state: string, run: string, status: RunStatus): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE ${qualified(state, "runs")} SET status = $2, updated_at = now() WHERE run_id = $1`,
    [run, status],
  );
  if (rowCount === 0) throw rowGone(run, `schema ${state} of the target`);
}

/** Steps done, with their rows. */
export async function readCheckpoints(pool: Pool, state: string, run: string): Promise<Map<string, number>> {
  const { rows } = await ask<{ step: string; rows: string }>(
    pool,
    `SELECT step, rows FROM ${qualified(state, "checkpoints")} WHERE run_id = $1`,
    [run],
  );
  return new Map(rows.map((row) => [row.step, Number(row.rows)]));
}

export async function writeCheckpoint(
  client: Client,
  state: string,
  run: string,
  step: string,
  rows: number,
): Promise<void> {
  await client.query(`INSERT INTO ${qualified(state, "checkpoints")} (run_id, step, rows) VALUES ($1, $2, $3)`, [
    run,
    step,
    rows,
  ]);
}

/** Of a step that carries no rows. False where it was there already; waits for whoever is about to write it. */
export async function writeCheckpointOnce(client: Client, state: string, run: string, step: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO ${qualified(state, "checkpoints")} (run_id, step, rows) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`,
    [run, step],
  );
  return rowCount === 1;
}

/** Of steps that carry no rows. */
export async function writeCheckpoints(
  client: Client,
  state: string,
  run: string,
  steps: readonly string[],
): Promise<void> {
  await client.query(
    `INSERT INTO ${qualified(state, "checkpoints")} (run_id, step, rows) SELECT $1, step, 0 FROM unnest($2::text[]) AS s (step)`,
    [run, steps],
  );
}

export async function writeLedger(
  client: Client,
  state: string,
  run: string,
  entries: readonly LedgerEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await client.query(
    `INSERT INTO ${qualified(state, "ledger")} (run_id, table_name, key, column_name, before, after, rule)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])`,
    [
      run,
      pick(entries, "table"),
      pick(entries, "key"),
      pick(entries, "column"),
      pick(entries, "before"),
      pick(entries, "after"),
      pick(entries, "rule"),
    ],
  );
}

export async function writeQuarantine(
  client: Client,
  state: string,
  run: string,
  rows: readonly QuarantinedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO ${qualified(state, "quarantine")} (run_id, table_name, key, row, rule)
     SELECT $1, t, k, r::jsonb, u FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS q (t, k, r, u)`,
    [run, pick(rows, "table"), pick(rows, "key"), rows.map((row) => JSON.stringify(row.row)), pick(rows, "rule")],
  );
}

/** Ledger and quarantine of a run, counted by rule, with samples for the report. */
export async function readLedger(
  pool: Pool,
  state: string,
  run: string,
  limit: number,
): Promise<{ ledger: LedgerEntry[]; quarantine: QuarantinedRow[]; changed: number; quarantined: number }> {
  const changes = await ask(
    pool,
    `SELECT table_name AS table, key, column_name AS column, before, after, rule, count(*) OVER () AS total FROM ${qualified(state, "ledger")} WHERE run_id = $1 ORDER BY 1, 2, 3 LIMIT $2`,
    [run, limit],
  );
  const rows = await ask(
    pool,
    `SELECT table_name AS table, key, row, rule, count(*) OVER () AS total FROM ${qualified(state, "quarantine")} WHERE run_id = $1 ORDER BY 1, 2 LIMIT $2`,
    [run, limit],
  );
  return {
    ledger: changes.rows.map(({ total: _, ...entry }) => entry as LedgerEntry),
    quarantine: rows.rows.map(({ total: _, ...row }) => row as QuarantinedRow),
    changed: Number(changes.rows[0]?.total ?? 0),
    quarantined: Number(rows.rows[0]?.total ?? 0),
  };
}

function pick<T, K extends keyof T>(items: readonly T[], key: K): T[K][] {
  return items.map((item) => item[key]);
}

export async function deleteRun(client: Client, state: string, run: string): Promise<void> {
  for (const table of ["checkpoints", "ledger", "quarantine", "runs", "leases"]) {
    await client.query(`DELETE FROM ${qualified(state, table)} WHERE run_id = $1`, [run]);
  }
}

/** rowhaul's tables, and their schema when rowhaul made it and nothing else is in it. Returns what was removed. */
export async function dropState(client: Client, state: string): Promise<string> {
  const all = ["runs", "leases", "checkpoints", "ledger", "quarantine", "rowhaul_migrations"].map((table) =>
    qualified(state, table),
  );
  // A state from before there were versions has no table of them.
  await client.query(`DROP TABLE IF EXISTS ${all.join(", ")}`);
  const { rows } = await client.query(
    `SELECT 1 FROM pg_catalog.pg_namespace n WHERE n.nspname = $1 AND obj_description(n.oid, 'pg_namespace') = $2
        AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid = n.oid)`,
    [state, madeByUs],
  );
  if (rows.length === 0) return `rowhaul's tables in schema ${state}`;
  await client.query(`DROP SCHEMA ${quoteName(state)}`);
  return `schema ${state}`;
}
