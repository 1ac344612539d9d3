/**
 * rowhaul's own tables in the target: runs, leases, checkpoints, ledger and
 * quarantine. They live beside the data so that rows and their bookkeeping commit
 * together.
 */

import type { LedgerEntry, QuarantinedRow } from "../../../core/plan/ledger.ts";
import type { RunRow } from "../../../core/ports.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { RunStatus } from "../../../core/run-stages.ts";
import { type Client, inTransaction, type Pool } from "../../../postgres/transaction.ts";

/** Tells a schema that rowhaul made from one that was there, which it never removes. */
const madeByUs = "Made by rowhaul for the state of its runs.";
const tables = ["runs", "leases", "checkpoints", "ledger", "quarantine"];

function ddl(state: string): string {
  const t = (name: string): string => qualified(state, name);
  return `
CREATE TABLE IF NOT EXISTS ${t("runs")} (
  run_id text PRIMARY KEY, pipeline text NOT NULL, target_schema text NOT NULL, staging text NOT NULL, aside text,
  plan_digest text NOT NULL, status text NOT NULL, digests jsonb, moved jsonb,
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS ${t("leases")} (
  target_schema text PRIMARY KEY, run_id text NOT NULL, owner text NOT NULL, token bigint NOT NULL,
  heartbeat timestamptz NOT NULL, expires timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS ${t("checkpoints")} (
  run_id text NOT NULL, step text NOT NULL, rows bigint NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run_id, step));
CREATE TABLE IF NOT EXISTS ${t("ledger")} (
  run_id text NOT NULL, table_name text NOT NULL, key text NOT NULL, column_name text NOT NULL, before text NOT NULL, after text, rule text NOT NULL);
CREATE INDEX IF NOT EXISTS ledger_cell ON ${t("ledger")} (run_id, table_name);
CREATE TABLE IF NOT EXISTS ${t("quarantine")} (
  run_id text NOT NULL, table_name text NOT NULL, key text NOT NULL, row jsonb NOT NULL, rule text NOT NULL);
CREATE INDEX IF NOT EXISTS quarantine_row ON ${t("quarantine")} (run_id, table_name);`;
}

/** Creates what is missing. The advisory lock keeps two first runs from racing in CREATE IF NOT EXISTS. */
export async function ensureState(pool: Pool, state: string): Promise<void> {
  const present = await pool.query("SELECT to_regclass($1) IS NOT NULL AS there", [qualified(state, "quarantine")]);
  if (present.rows[0]?.there === true) return;
  await inTransaction(pool, `creating the state schema ${state}`, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('rowhaul state'))");
    const schema = await client.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [state]);
    if (schema.rows.length === 0)
      await client.query(`CREATE SCHEMA ${quoteName(state)}; COMMENT ON SCHEMA ${quoteName(state)} IS '${madeByUs}'`);
    await client.query(ddl(state));
  });
}

export async function stateExists(pool: Pool, state: string): Promise<boolean> {
  const { rows } = await pool.query("SELECT to_regclass($1) IS NOT NULL AS there", [qualified(state, "quarantine")]);
  return rows[0]?.there === true;
}

export async function readRun(pool: Pool, state: string, run: string): Promise<RunRow | null> {
  if (!(await stateExists(pool, state))) return null;
  const { rows } = await pool.query(
    `SELECT run_id AS run, pipeline, target_schema AS schema, staging, aside, plan_digest AS plan, status, created_at::text AS "createdAt"
       FROM ${qualified(state, "runs")} WHERE run_id = $1`,
    [run],
  );
  return (rows[0] as RunRow | undefined) ?? null;
}

export async function insertRun(client: Client, state: string, run: Omit<RunRow, "createdAt">): Promise<void> {
  await client.query(
    `INSERT INTO ${qualified(state, "runs")} (run_id, pipeline, target_schema, staging, aside, plan_digest, status) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [run.run, run.pipeline, run.schema, run.staging, run.aside, run.plan, run.status],
  );
}

export async function setStatus(client: Client | Pool, state: string, run: string, status: RunStatus): Promise<void> {
  await client.query(`UPDATE ${qualified(state, "runs")} SET status = $2, updated_at = now() WHERE run_id = $1`, [
    run,
    status,
  ]);
}

/** Steps done, with their rows. */
export async function readCheckpoints(pool: Pool, state: string, run: string): Promise<Map<string, number>> {
  const { rows } = await pool.query(`SELECT step, rows FROM ${qualified(state, "checkpoints")} WHERE run_id = $1`, [
    run,
  ]);
  return new Map(rows.map((row: { step: string; rows: string }) => [row.step, Number(row.rows)]));
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
  const changes = await pool.query(
    `SELECT table_name AS table, key, column_name AS column, before, after, rule, count(*) OVER () AS total FROM ${qualified(state, "ledger")} WHERE run_id = $1 ORDER BY 1, 2, 3 LIMIT $2`,
    [run, limit],
  );
  const rows = await pool.query(
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
  for (const table of ["checkpoints", "ledger", "quarantine", "runs"]) {
    await client.query(`DELETE FROM ${qualified(state, table)} WHERE run_id = $1`, [run]);
  }
}

/** rowhaul's tables, and their schema when rowhaul made it and nothing else is in it. Returns what was removed. */
export async function dropState(client: Client, state: string): Promise<string> {
  await client.query(`DROP TABLE ${tables.map((table) => qualified(state, table)).join(", ")}`);
  const { rows } = await client.query(
    `SELECT 1 FROM pg_catalog.pg_namespace n WHERE n.nspname = $1 AND obj_description(n.oid, 'pg_namespace') = $2
        AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid = n.oid)`,
    [state, madeByUs],
  );
  if (rows.length === 0) return `rowhaul's tables in schema ${state}`;
  await client.query(`DROP SCHEMA ${quoteName(state)}`);
  return `schema ${state}`;
}
