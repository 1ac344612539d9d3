/** Which of the source's keys collide under a unique key of a live table: by the server's own operators and collations. */
import type { FitKey, Gathered } from "../../../../core/plan/live-fit.ts";
import type { LiveTable } from "../../../../core/schema/live-schema.ts";
import type { Client } from "../../../../postgres/transaction.ts";
import { withLivePath } from "../live-path.ts";

const nobody: Gathered = { add: async () => {}, groups: async () => [] };

/** In a temporary table with the live columns' types and collations. Where a key cannot be read none are one: staging will say so. */
export async function gather(
  client: Client,
  schema: string,
  live: LiveTable | undefined,
  { columns, nullsNotDistinct }: FitKey,
  number: number,
): Promise<Gathered> {
  if (live === undefined) return nobody;
  const relation = `pg_temp.rowhaul_keys_${number}`;
  const parts = columns.map(({ target }, i) => {
    const found = live.columns.find(({ name }) => name === target);
    const collation = found?.collation == null ? "" : ` COLLATE ${found.collation}`;
    return { name: `k${i}`, type: `${found?.type.written ?? "text"}${collation}` };
  });
  const names = parts.map(({ name }) => name);
  let broken = false;
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (broken) return;
    await client.query("SAVEPOINT gathering");
    try {
      await withLivePath(client, schema, work);
      await client.query("RELEASE SAVEPOINT gathering");
    } catch {
      broken = true;
      await client.query("ROLLBACK TO SAVEPOINT gathering");
    }
  };
  await attempt(async () => {
    await client.query(
      `DROP TABLE IF EXISTS ${relation}; CREATE TEMPORARY TABLE ${relation} (n bigint, ${parts.map(({ name, type }) => `${name} ${type}`).join(", ")}) ON COMMIT DROP`,
    );
  });
  return {
    async add(keys) {
      await attempt(async () => {
        await client.query(
          `INSERT INTO ${relation} SELECT u.n, ${parts.map(({ name, type }) => `u.${name}::${type}`).join(", ")} FROM unnest($1::bigint[], ${names.map((_, i) => `$${i + 2}::text[]`).join(", ")}) u (n, ${names.join(", ")})`,
          [keys.map(({ n }) => n), ...names.map((_, i) => keys.map(({ texts }) => texts[i] ?? null))],
        );
      });
    },
    async groups() {
      let found: (readonly number[])[] = [];
      await attempt(async () => {
        const known = nullsNotDistinct ? "true" : names.map((name) => `${name} IS NOT NULL`).join(" AND ");
        const { rows } = await client.query<{ numbers: string[] }>(
          `SELECT array_agg(n ORDER BY n) AS numbers FROM ${relation} WHERE ${known} GROUP BY ${names.join(", ")} HAVING count(*) > 1 ORDER BY min(n)`,
        );
        found = rows.map(({ numbers }) => numbers.map(Number));
      });
      await client.query(`DROP TABLE IF EXISTS ${relation}`);
      return found;
    },
  };
}
