/**
 * PostgreSQL looks for the children of each parent it deletes, one by one: without an
 * index on the pointing columns that is a scan of the child for every row. Larger tables
 * get one for as long as rows are deleted; whoever does not own the table waits.
 */
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import type { Reference } from "./references.ts";

/** Below this a scan costs no more than looking into an index. */
const smallBytes = 1_000_000;

/** To be called before rows are written: a table with checks to come takes no index. Returns what drops them. */
export async function addLookupIndexes(client: Client, references: readonly Reference[]): Promise<() => Promise<void>> {
  const added: string[] = [];
  for (const [i, { childSchema, child, childColumns }] of references.entries()) {
    const relation = qualified(childSchema, child);
    if (!(await lacksIndex(client, relation, childColumns))) continue;
    const name = `rowhaul_lookup_${process.pid}_${i}`;
    await client.query(`CREATE INDEX ${quoteName(name)} ON ${relation} (${childColumns.map(quoteName).join(", ")})`);
    added.push(qualified(childSchema, name));
  }
  return async () => {
    if (added.length > 0) await client.query(`DROP INDEX ${added.join(", ")}`);
  };
}

/** Large, ours, and without an index that begins with these columns. */
async function lacksIndex(client: Client, relation: string, columns: readonly string[]): Promise<boolean> {
  const { rows } = await client.query<{ lacks: boolean }>(
    `SELECT pg_catalog.pg_has_role(c.relowner, 'USAGE') AND (SELECT sum(pg_relation_size(t.oid)) FROM pg_catalog.pg_class t
              WHERE t.oid = c.oid OR t.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid))) > $3
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL
              AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
                     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE k.n <= cardinality($2::text[]))
                = (SELECT array_agg(x ORDER BY x) FROM unnest($2::text[]) AS x)) AS lacks
       FROM pg_catalog.pg_class c WHERE c.oid = $1::regclass`,
    [relation, columns, smallBytes],
  );
  return rows[0]?.lacks === true;
}
