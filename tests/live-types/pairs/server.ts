/** What PostgreSQL itself makes of texts, and what it writes of columns: a plain client, and nothing of rowhaul's. */
import type pg from "pg";

const session =
  "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET xmloption = 'content'";

export async function withServer<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(session);
    return await work(client);
  } finally {
    client.release(true);
  }
}

/** Assigns each text to a column of the type; null for a refusal. */
export async function assigned(
  client: pg.PoolClient,
  type: string,
  texts: readonly string[],
): Promise<(string | null)[]> {
  await client.query("BEGIN");
  await client.query(`CREATE TEMPORARY TABLE given (n int, t text); CREATE TEMPORARY TABLE taken (n int, v ${type})`);
  await client.query("INSERT INTO given SELECT n, t FROM unnest($1::text[]) WITH ORDINALITY u (t, n)", [texts]);
  await client.query(`DO $$ DECLARE one record; BEGIN FOR one IN SELECT * FROM given LOOP
    BEGIN EXECUTE format('INSERT INTO taken VALUES (%s, %L)', one.n, one.t); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$`);
  const { rows } = await client.query<{ v: string | null }>(
    "SELECT CASE WHEN taken.n IS NOT NULL THEN format('%s', v) END AS v FROM given LEFT JOIN taken USING (n) ORDER BY given.n",
  );
  await client.query("ROLLBACK");
  return rows.map(({ v }) => v);
}

/** By column, then by id: the output function's text, and the cast's. */
export async function liveTexts(
  client: pg.PoolClient,
  table: string,
  columns: readonly string[],
): Promise<Map<string, Map<number, { readonly written: string; readonly cast: string } | null>>> {
  const shown = columns.map(
    (c) => `CASE WHEN num_nulls(${c}) = 0 THEN json_build_array(format('%s', ${c}), ${c}::text) END AS ${c}`,
  );
  const { rows } = await client.query<Record<string, [string, string] | null> & { id: number }>(
    `SELECT id::int, ${shown.join(", ")} FROM ${table}`,
  );
  return new Map(
    columns.map((column) => [
      column,
      new Map(
        rows.map((row) => {
          const found = row[column] as [string, string] | null;
          return [row.id, found === null ? null : { written: found[0], cast: found[1] }] as const;
        }),
      ),
    ]),
  );
}
