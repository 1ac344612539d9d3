/** What stands in the target of a run whose row, or folder, is gone: found by the names that all of it has. */
import type { Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import { asidePrefix, stagingPrefix } from "../../../core/schema/staging-name.ts";
import type { Pool } from "../../../postgres/transaction.ts";

/** Whether everything that was loaded is in staging still. */
export async function holdsLoad(pool: Pool, { target, tables }: Plan): Promise<boolean> {
  const there = new Set((await objectsOf(pool, target.staging)).map(({ name }) => name));
  return tables.every((table) => there.has(table.target));
}

/**
 * Statements that take a switch back, as far as the target itself shows what belongs where; none when nothing of the
 * run is there. `plan`: null where it is lost.
 */
export async function wayBackByHand(pool: Pool, schema: string, run: string, plan: Plan | null): Promise<string[]> {
  const staging = `${stagingPrefix}${run}`;
  const aside = `${asidePrefix}${run}`;
  const live = (await objectsOf(pool, schema)).filter(({ name }) =>
    plan?.tables.some((table) => table.target === name),
  );
  const kept = await objectsOf(pool, aside);
  const loaded = await objectsOf(pool, staging);
  const own = live.filter(({ name }) => !loaded.some((one) => one.name === name));
  const among = live.filter(({ name }) => loaded.some((one) => one.name === name));
  return [
    ...(own.length === 0 ? [] : [`CREATE SCHEMA IF NOT EXISTS ${quoteName(staging)};`]),
    // Views follow their tables' oid, not their schema: they are not in anybody's way.
    ...own.map(({ name }) => `ALTER TABLE ${qualified(schema, name)} SET SCHEMA ${quoteName(staging)};`),
    ...kept.map(({ name, noun }) => `ALTER ${noun} ${qualified(aside, name)} SET SCHEMA ${quoteName(schema)};`),
    ...among.map(
      ({ name }) =>
        `If rows of the run went into ${qualified(schema, name)}, they are those of ${qualified(staging, name)}: take them out, or restore the table from a backup.`,
    ),
    ...(live.length > 0 || kept.length > 0 || loaded.length === 0
      ? []
      : [`${quoteName(staging)} holds what the run loaded; nothing of it is in ${quoteName(schema)}.`]),
  ];
}

const nouns: Readonly<Record<string, string>> = {
  v: "VIEW",
  m: "MATERIALIZED VIEW",
  S: "SEQUENCE",
  f: "FOREIGN TABLE",
  c: "TYPE",
};

/** Relations that somebody made there; indexes, and sequences that belong to a column, go with their tables. */
async function objectsOf(pool: Pool, schema: string): Promise<{ readonly name: string; readonly noun: string }[]> {
  const { rows } = await pool.query<{ name: string; kind: string }>(
    `SELECT c.relname::text AS name, c.relkind::text AS kind
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE c.relkind = 'S' AND d.objid = c.oid
                         AND d.classid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))
      ORDER BY 1`,
    [schema],
  );
  return rows.map(({ name, kind }) => ({ name, noun: nouns[kind] ?? "TABLE" }));
}
