/** Sequences behind a live table's columns, moved on past what arrived. */
import { qualified, quoteName } from "../quote.ts";
import type { Client } from "../transaction.ts";
import { failing } from "./failing.ts";
import type { MatchedTable } from "./match.ts";

/** Never back: an application may have promised a number to somebody. A sequence's move is not undone by a rollback. */
export async function moveSequences(client: Client, schema: string, table: MatchedTable): Promise<void> {
  const relation = qualified(schema, table.live.name);
  // Of an identity or a serial column, or of any default that calls one.
  const { rows } = await client.query<{ column: string; sequence: string }>(
    `SELECT DISTINCT a.attname::text AS column, s.oid::regclass::text AS sequence
       FROM pg_catalog.pg_attribute a
       LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
       JOIN pg_catalog.pg_depend d
         ON (d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i'))
         OR (d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass)
       JOIN pg_catalog.pg_class s ON s.oid IN (d.objid, d.refobjid) AND s.relkind = 'S'
       JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid AND q.seqincrement > 0
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped`,
    [relation],
  );
  for (const { column, sequence } of rows) {
    if (!table.columns.some(({ live }) => live.name === column)) continue;
    const { identity } = table.plan;
    const promised = identity?.column === column ? BigInt(identity.next) - 1n : 0n;
    await failing(table, `moving the sequence of ${table.live.name}.${column} on`, () =>
      client.query(
        `SELECT setval($1::regclass, least(w.last, q.seqmax)::bigint, true)
           FROM (SELECT greatest(max(${quoteName(column)})::numeric, $2::numeric) AS last FROM ${table.relation}) w,
                ${sequence} now, pg_catalog.pg_sequence q
          WHERE q.seqrelid = $1::regclass AND w.last >= q.seqmin
            AND w.last > CASE WHEN now.is_called THEN now.last_value ELSE now.last_value - 1 END`,
        [sequence, String(promised)],
      ),
    );
  }
}
