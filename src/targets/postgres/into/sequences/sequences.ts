/**
 * Sequences behind the columns that were written: moved on past what arrived, never back,
 * since the application may already have handed out a number.
 */

import { quoteName } from "../../../../core/quote.ts";
import type { Client } from "../../../../postgres/transaction.ts";
import { failing } from "../failing.ts";
import type { MatchedTable } from "../match.ts";
import { unownedSequences } from "./unowned-sequences.ts";

export type LiveSequence = {
  /** As PostgreSQL writes it, quoted where it must be. */
  readonly name: string;
  readonly table: MatchedTable;
  readonly column: string;
  readonly descending: boolean;
  /** The role may restart it, which a rollback undoes; setval stays done. */
  readonly owned: boolean;
  /** The role may look at it and use setval. */
  readonly movable: boolean;
};

/** Of identity and serial columns, of any default that calls one, and of no owner but with a column's name. */
export async function sequencesOf(
  client: Client,
  schema: string,
  tables: readonly MatchedTable[],
): Promise<LiveSequence[]> {
  const found: LiveSequence[] = [];
  const unowned = await unownedSequences(
    client,
    schema,
    tables.map(({ live }) => live.name),
  );
  const named = unowned.flatMap(({ sequence, table, column }) =>
    table === null || column === null ? [] : [{ sequence, table, column }],
  );
  const { rows } = await client.query<{
    table: string;
    column: string;
    name: string;
    descending: boolean;
    owned: boolean;
    movable: boolean;
  }>(
    `WITH behind AS (
       SELECT c.relname::text AS "table", a.attname::text AS "column", s.oid
         FROM pg_catalog.pg_attribute a
         JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
         JOIN pg_catalog.pg_depend d
           ON (d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i'))
           OR (d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass)
         JOIN pg_catalog.pg_class s ON s.oid IN (d.objid, d.refobjid) AND s.relkind = 'S'
        WHERE n.nspname = $1 AND c.relname = ANY($2::text[]) AND a.attnum > 0 AND NOT a.attisdropped
          -- In a default such as 'n' || nextval('s') the column holds no number to go by.
          AND (WITH RECURSIVE t(oid) AS (SELECT a.atttypid UNION ALL SELECT y.typbasetype FROM t JOIN pg_catalog.pg_type y ON y.oid = t.oid AND y.typtype = 'd')
                 SELECT bool_or(t.oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)) FROM t)
       UNION
       SELECT u.t, u.c, u.s::regclass FROM unnest($3::text[], $4::text[], $5::text[]) AS u (t, c, s))
     SELECT b."table", b."column", b.oid::regclass::text AS name, q.seqincrement < 0 AS descending,
            pg_catalog.pg_has_role(s.relowner, 'USAGE') AS owned,
            has_sequence_privilege(b.oid, 'UPDATE') AND has_sequence_privilege(b.oid, 'SELECT') AS movable
       FROM behind b JOIN pg_catalog.pg_class s ON s.oid = b.oid JOIN pg_catalog.pg_sequence q ON q.seqrelid = b.oid ORDER BY 1, 2, 3`,
    [
      schema,
      tables.map(({ live }) => live.name),
      named.map(({ table }) => table),
      named.map(({ column }) => column),
      named.map(({ sequence }) => sequence),
    ],
  );
  for (const row of rows) {
    const table = tables.find(({ live }) => live.name === row.table);
    // A column without values in the source got its numbers from the sequence itself.
    if (table?.written.some(({ live }) => live.name === row.column)) found.push({ ...row, table });
  }
  return found;
}

/** Names of those that had to move. Restarted where the role owns it, so that the move is undone with the transaction. */
export async function moveSequences(client: Client, sequences: readonly LiveSequence[]): Promise<string[]> {
  const moved = new Set<string>();
  for (const sequence of sequences) {
    const { table, name, column, owned } = sequence;
    await failing(table, `moving the sequence of ${table.live.name}.${column} on`, async () => {
      const to = await furthest(client, sequence);
      if (to === null) return;
      moved.add(name);
      // RESTART takes the next number, which a sequence at its end does not have.
      if (owned && to.next !== null) await client.query(`ALTER SEQUENCE ${name} RESTART WITH ${BigInt(to.next)}`);
      else await client.query("SELECT setval($1::regclass, $2)", [name, to.last]);
    });
  }
  return [...moved];
}

/** The last number that is taken, and the one after it; null when the sequence is past all that the column holds. */
async function furthest(
  client: Client,
  { table, name, column, descending }: LiveSequence,
): Promise<{ last: string; next: string | null } | null> {
  const { identity } = table.plan;
  // Numbers that the source's own sequence has given out count like rows.
  const promised = identity?.column === column && !descending ? String(BigInt(identity.next) - 1n) : null;
  const [end, pick, within, clamp, beyond] = descending
    ? ["min", "least", "w.last <= q.seqmax", "greatest(w.last, q.seqmin)", "<"]
    : ["max", "greatest", "w.last >= q.seqmin", "least(w.last, q.seqmax)", ">"];
  const { rows } = await client.query<{ last: string; next: string | null }>(
    `SELECT ${clamp}::text AS last,
            CASE WHEN ${clamp} + q.seqincrement BETWEEN q.seqmin AND q.seqmax THEN (${clamp} + q.seqincrement)::text END AS next
       FROM (SELECT ${pick}(${end}(${quoteName(column)})::numeric, $1::numeric) AS last FROM ${table.relation}) w,
            ${name} now, pg_catalog.pg_sequence q
      WHERE q.seqrelid = $2::regclass AND ${within}
        AND w.last ${beyond} CASE WHEN now.is_called THEN now.last_value ELSE now.last_value - sign(q.seqincrement) END`,
    [promised, name],
  );
  return rows[0] ?? null;
}
