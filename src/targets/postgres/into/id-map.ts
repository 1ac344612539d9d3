/** Which id each row gets in the live table: that of the row it is matched with, else its own, else the next free one. */

import { plural } from "../../../core/messages/count.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteLiteral, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { startOver } from "./failing.ts";
import type { MatchedTable } from "./match.ts";
import { sameByMatch } from "./same-key.ts";

/** The map's relation, with columns `old` and `new`. Throws CONSTRAINT_VIOLATED, or TARGET_CHANGED. */
export async function makeIdMap(client: Client, { target, tables }: Plan, table: MatchedTable): Promise<string> {
  const { plan, live, staged, relation } = table;
  const id = quoteName(live.key[0] ?? "");
  const own = quoteName(table.columns.find((column) => column.live.name === live.key[0])?.plan.target ?? "");
  const map = qualified(target.staging, `rowhaul_ids_${tables.findIndex((one) => one.target === plan.target)}`);
  await client.query(
    `CREATE TABLE ${map} AS SELECT s.${own} AS old, l.${id} AS new, l.${id} IS NOT NULL AS met
       FROM ${staged} s LEFT JOIN ${relation} l ON ${sameByMatch(table)}`,
  );
  await client.query(`CREATE INDEX ON ${map} (old); ANALYZE ${map}`);
  const twice = await client.query<{ key: string; rows: string }>(
    `SELECT format('%s', new) AS key, string_agg(format('%s', old), ', ' ORDER BY old) AS rows FROM ${map} WHERE met GROUP BY new HAVING count(*) > 1 LIMIT 1`,
  );
  const [both] = twice.rows;
  if (both !== undefined)
    throw new RowhaulError(
      "CONSTRAINT_VIOLATED",
      `Several rows of ${plan.source} (${live.key[0]} ${both.rows}) are the one row of ${live.name} with ${live.key[0]} ${both.key}, by (${table.matchedBy.join(", ")}).`,
      {
        place: { table: plan.source },
        hint: `Correct the rows in the source, or match by another \`key\`; ${startOver}`,
      },
    );
  await numberNew(client, table, map, id);
  return map;
}

async function numberNew(client: Client, table: MatchedTable, map: string, id: string): Promise<void> {
  const { plan, live, relation } = table;
  await client.query(
    `UPDATE ${map} m SET new = m.old WHERE NOT m.met AND NOT EXISTS (SELECT FROM ${relation} l WHERE l.${id} = m.old)`,
  );
  const { rows } = await client.query<{ key: string; count: string }>(
    `SELECT min(format('%s', old)) AS key, count(*) AS count FROM ${map} WHERE new IS NULL HAVING count(*) > 0`,
  );
  const [blocked] = rows;
  if (blocked === undefined) return;
  if (plan.renumber !== true)
    throw new RowhaulError(
      "TARGET_CHANGED",
      `Since the plan was made, ${live.name} got a row with the ${live.key[0]} ${blocked.key}, which a new row of ${plan.source} has (${plural(Number(blocked.count), "such row")}); nothing was written.`,
      { place: { table: plan.source } },
    );
  // After every number that is taken on either side, and all that the sequence has given out.
  await client.query(
    `UPDATE ${map} m SET new = n.base + n.place FROM (
       SELECT old, row_number() OVER (ORDER BY old) AS place,
              greatest((SELECT max(${id}) FROM ${relation}), (SELECT max(old) FROM ${map}), ${promised(table)}) AS base
         FROM ${map} WHERE new IS NULL) n WHERE m.old = n.old AND m.new IS NULL`,
  );
}

/** The last number of the sequence behind the id; 0 where there is none, or it may not be read. */
function promised({ live, relation }: MatchedTable): string {
  const sequence = `pg_get_serial_sequence(${quoteLiteral(relation.replace(/^ONLY /, ""))}, ${quoteLiteral(live.key[0] ?? "")})`;
  return `coalesce((SELECT p.last_value FROM pg_catalog.pg_sequences p
    WHERE format('%I.%I', p.schemaname, p.sequencename)::regclass = ${sequence}::regclass), 0)`;
}
