/**
 * Keys whose equality the target decides: in a citext, a numeric or a column with a collation
 * of its own, values that are written otherwise are one key, and a merge overwrites by that.
 */
import { quoteName } from "../../quote.ts";
import type { Comparison } from "./comparison.ts";
import { expectedTexts } from "./expected-row.ts";
import { placeSql } from "./locator.ts";
import { theirVersions, type Versions } from "./scope.ts";

/** Types in which equal values have one text. */
const strict = "int2 int4 int8 oid text varchar name uuid bytea bool date timestamp timestamptz".split(" ");

const rowsPerQuestion = 5000;

export async function hasLooseKey({ target, key, table }: Comparison, schema: string): Promise<boolean> {
  const [row] = await target.query(
    `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a
       JOIN pg_catalog.pg_type d ON d.oid = a.atttypid JOIN pg_catalog.pg_type t ON t.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
       LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = ANY($2::text[])
       AND (NOT coalesce(c.collisdeterministic, true) OR NOT (t.typname = ANY($3::text[]) OR t.typtype = 'e')))`,
    [`${quoteName(schema)}.${quoteName(table.target)}`, key.map(({ plan }) => plan.target), strict],
  );
  return row?.[0] === "t";
}

/** Rows of the target that have a key of the source's, as the target compares them. */
export async function overlapByValue(comparison: Comparison, schema: string): Promise<Versions> {
  return underTypePath(comparison, schema, comparison.key, () => overlapUnderPath(comparison));
}

/** The operators of an extension's type stand in its own schema; without it citext would be compared as text. */
export async function underTypePath<T>(
  { target, table }: Pick<Comparison, "target" | "table">,
  schema: string,
  key: Comparison["key"],
  work: () => Promise<T>,
): Promise<T> {
  await target.query(
    `SELECT set_config('search_path', coalesce((SELECT string_agg(DISTINCT quote_ident(n.nspname), ', ')
       FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = ANY($2::text[])), ''), true)`,
    [`${quoteName(schema)}.${quoteName(table.target)}`, key.map(({ plan }) => plan.target)],
  );
  const result = await work();
  await target.query("SET LOCAL search_path = ''");
  return result;
}

async function overlapUnderPath(comparison: Comparison): Promise<Versions> {
  const { source, target, key, into, place, from } = comparison;
  const found = { rows: 0n, versions: 0n };
  const columns = key.map(({ plan }) => quoteName(plan.target)).join(", ");
  const values = key.map(({ type }, i) => `u.c${i}::${type}`).join(", ");
  const names = key.map((_, i) => `c${i}`).join(", ");
  const lists = key.map((_, i) => `$${i + 1}::text[]`).join(", ");
  const sql = `SELECT count(*), ${theirVersions} FROM ${into} WHERE (${columns}) IN (SELECT ${values} FROM unnest(${lists}) AS u (${names}))`;
  let rows: (string | null)[][] = [];
  const ask = async (): Promise<void> => {
    const [row] = await target.query(
      sql,
      key.map((_, i) => rows.map((texts) => texts[i] ?? null)),
    );
    found.rows += BigInt(row?.[0] ?? 0);
    found.versions += BigInt(row?.[1] ?? 0);
    rows = [];
  };
  const places = source
    .prepare<[], string>(`SELECT ${placeSql(place)} ${from}`)
    .pluck()
    .iterate();
  for (const one of places) {
    const texts = expectedTexts(comparison, one, key);
    if (texts !== null) rows.push(texts);
    if (rows.length >= rowsPerQuestion) await ask();
  }
  await ask();
  return found;
}
