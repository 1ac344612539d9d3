/**
 * The version of the state, and the way to the one that this program works with. The version is kept in the state
 * itself, in the table `rowhaul_migrations`: one row for each migration that was applied.
 */
import type { ClientBase } from "pg";
import { newerState } from "../../../core/messages/newer-state.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import { ask } from "../../../postgres/begin.ts";
import { type Client, inTransaction, type Pool } from "../../../postgres/transaction.ts";
import type { Migration } from "./migrations/migration.ts";
import { migrations as all } from "./migrations/registry.ts";

/** Tells a schema that rowhaul made from one that was there, which it never removes. */
export const madeByUs = "Made by rowhaul for the state of its runs.";

/** Not a name that an application's own migrations would have: the state may stand in a schema of its. */
const numbers = "rowhaul_migrations";

/** States from before there were versions have the tables of the first, and no number. */
const unnumbered = 1;

type Found = {
  /** 0 = there is no state. */
  readonly version: number;
  readonly numbered: boolean;
  readonly schema: boolean;
  readonly mayCreate: boolean;
};

/** Makes the state, or brings it up to date; a current one is only examined. Throws STATE_NEWER. */
export async function ensureState(pool: Pool, state: string, migrations: readonly Migration[] = all): Promise<void> {
  const found = await find(pool, state, migrations);
  if (isCurrent(found, migrations)) return;
  const doing = found.version === 0 ? `creating the state schema ${state}` : `upgrading the state in schema ${state}`;
  const make = async (client: Client): Promise<void> => {
    // Two programs may come here at once; the second finds the work done.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('rowhaul state'))");
    const now = await find(client, state, migrations);
    if (!isCurrent(now, migrations)) await upgrade(client, state, now, migrations);
  };
  await inTransaction(pool, doing, make, {
    witness: async (client) => isCurrent(await find(client, state, migrations), migrations),
  });
}

/**
 * Whether there is a state to read from. An older one is upgraded, for no statement knows its tables; where there is
 * none, none is made. Throws STATE_NEWER.
 */
export async function stateExists(pool: Pool, state: string, migrations: readonly Migration[] = all): Promise<boolean> {
  const { version } = await find(pool, state, migrations);
  if (version === 0) return false;
  if (version < latest(migrations)) await ensureState(pool, state, migrations);
  return true;
}

async function find(client: Pool | ClientBase, state: string, migrations: readonly Migration[]): Promise<Found> {
  const { rows } = await ask<{ tables: boolean; numbered: boolean; schema: boolean; create: boolean }>(
    client,
    `SELECT to_regclass($1) IS NOT NULL AS tables, to_regclass($2) IS NOT NULL AS numbered,
            count(*) > 0 AS schema, coalesce(bool_and(has_schema_privilege(oid, 'CREATE')), false) AS create
       FROM pg_catalog.pg_namespace WHERE nspname = $3`,
    [qualified(state, "quarantine"), qualified(state, numbers), state],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("An aggregate without a row");
  const { tables, numbered, schema, create: mayCreate } = row;
  const number = numbered ? await readNumber(client, state) : unnumbered;
  // By its number alone: a newer state may have other tables.
  if (number > latest(migrations)) throw newerState(`Schema ${state} of the target`, number, latest(migrations));
  // A rowhaul that knew of no versions removes its tables and leaves the number.
  return { version: tables ? number : 0, numbered, schema, mayCreate };
}

async function readNumber(client: Pool | ClientBase, state: string): Promise<number> {
  const { rows } = await ask<{ version: number | null }>(
    client,
    `SELECT max(version)::int AS version FROM ${qualified(state, numbers)}`,
  );
  return rows[0]?.version ?? unnumbered;
}

/** A role that may not record the version of an up-to-date state can still work with it. */
function isCurrent({ version, numbered, mayCreate }: Found, migrations: readonly Migration[]): boolean {
  return version === latest(migrations) && (numbered || !mayCreate);
}

async function upgrade(
  client: Client,
  state: string,
  { version, schema }: Found,
  migrations: readonly Migration[],
): Promise<void> {
  const table = (name: string): string => qualified(state, name);
  if (!schema)
    await client.query(`CREATE SCHEMA ${quoteName(state)}; COMMENT ON SCHEMA ${quoteName(state)} IS '${madeByUs}'`);
  // Roles with rights to an older state's tables have none to this one, and must read the version.
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${table(numbers)} (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
     GRANT SELECT ON ${table(numbers)} TO PUBLIC;
     DELETE FROM ${table(numbers)} WHERE version > ${version}`,
  );
  for (const migration of migrations) {
    if (migration.version > version) await client.query(migration.sql(table));
    await client.query(`INSERT INTO ${table(numbers)} (version) VALUES ($1) ON CONFLICT DO NOTHING`, [
      migration.version,
    ]);
  }
}

function latest(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}
