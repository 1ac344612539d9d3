/**
 * Asks the server how it would store values: by assignment to a column of the same type, never by a
 * cast, which would silently cut a text or round a number. All in one transaction that is rolled back.
 */
import type { Assigned, FitAnswers } from "../../../../core/plan/live-fit.ts";
import type { LiveTable } from "../../../../core/schema/live-schema.ts";
import type { LiveType } from "../../../../core/schema/live-type.ts";
import { begun } from "../../../../postgres/begin.ts";
import { targetError } from "../../../../postgres/errors.ts";
import type { Client, Pool } from "../../../../postgres/transaction.ts";
import { find } from "./find-rows.ts";
import { gather } from "./gather-keys.ts";

/** `names`: live tables by source table. */
export async function answering<T>(
  pool: Pool,
  schema: string,
  names: ReadonlyMap<string, LiveTable>,
  work: (answers: FitAnswers) => Promise<T>,
): Promise<T> {
  const doing = "asking the target about values";
  const client = await begun(pool, "read-write").catch((thrown: unknown) => {
    throw targetError(thrown, doing);
  });
  let gathered = 0;
  try {
    const result = await work({
      assign: (type, texts) => assign(client, type, texts),
      find: async (table, question) => {
        const live = names.get(table);
        return live === undefined ? [] : find(client, schema, live, question);
      },
      gather: (table, key) => gather(client, schema, names.get(table), key, gathered++),
    });
    await client.query("ROLLBACK");
    client.release();
    return result;
  } catch (thrown) {
    client.release(thrown instanceof Error ? thrown : true);
    throw targetError(thrown, doing);
  }
}

/**
 * Each text is assigned under a savepoint of its own, in a block on the server; a refusal is an answer. `format` writes a
 * value as its type's output function does, which a cast to text does not for every type.
 */
async function assign(client: Client, type: LiveType, texts: readonly string[]): Promise<Assigned[]> {
  await client.query(`SAVEPOINT asking;
    CREATE TEMPORARY TABLE rowhaul_texts (n int, t text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE rowhaul_values (n int, v ${type.written}) ON COMMIT DROP;
    CREATE TEMPORARY TABLE rowhaul_objections (n int, why text) ON COMMIT DROP`);
  await client.query(
    "INSERT INTO pg_temp.rowhaul_texts SELECT ordinality, t FROM unnest($1::text[]) WITH ORDINALITY u (t)",
    [texts],
  );
  await client.query(`DO $rowhaul$ DECLARE one record; BEGIN
    FOR one IN SELECT n, t FROM pg_temp.rowhaul_texts LOOP
      BEGIN EXECUTE pg_catalog.format('INSERT INTO pg_temp.rowhaul_values VALUES (%s, %L)', one.n, one.t);
      EXCEPTION WHEN OTHERS THEN INSERT INTO pg_temp.rowhaul_objections VALUES (one.n, SQLERRM); END;
    END LOOP; END $rowhaul$`);
  const { rows } = await client.query<{ text: string | null; why: string | null }>(
    `SELECT format('%s', v.v) AS text, o.why FROM pg_temp.rowhaul_texts t
       LEFT JOIN pg_temp.rowhaul_values v USING (n) LEFT JOIN pg_temp.rowhaul_objections o USING (n) ORDER BY t.n`,
  );
  await client.query("ROLLBACK TO SAVEPOINT asking; RELEASE SAVEPOINT asking");
  return rows.map(({ text, why }) => (why === null ? { text: text ?? "" } : { objection: why }));
}
