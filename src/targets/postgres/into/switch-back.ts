/**
 * Rollback of a switch into existing tables: new rows are deleted, overwritten ones
 * are restored from their before-images, new tables dropped. The caller holds the
 * locks, and has checked that nothing was written since.
 */

import { RowhaulError } from "../../../core/messages/errors.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { arrivedFrom } from "./arrivals.ts";
import { failing } from "./failing.ts";
import { target, together } from "./insert.ts";
import { withLivePath } from "./live-path.ts";
import { type LiveColumn, readLiveTables } from "./live-tables.ts";
import { addLookupIndexes } from "./lookup-indexes.ts";
import { type MatchedTable, matchTable } from "./match.ts";
import { type IntoRecord, modeOf } from "./mode.ts";
import { proveBack } from "./prove-back.ts";
import { pointingRows, type Reference, readReferences } from "./references.ts";
import { hasKey, sameKey } from "./same-key.ts";
import { groupsOf } from "./survey.ts";
import { withoutTriggers } from "./triggers/without-triggers.ts";

/** Throws ROLLBACK_REFUSED when rows of other tables point to those that would go. */
export async function switchBackInto(client: Client, plan: Plan, record: IntoRecord): Promise<void> {
  const { schema, aside } = plan.target;
  const tables = await matchAgain(client, plan, record);
  const references = await readReferences(client, schema, [...tables.map(({ live }) => live.name), ...record.made]);
  await refuseDependants(client, plan, tables, record, references);
  for (const view of record.views.toReversed()) await client.query(`DROP VIEW IF EXISTS ${qualified(schema, view)}`);
  // Staging still has their rows.
  if (record.made.length > 0)
    await client.query(`DROP TABLE IF EXISTS ${record.made.map((name) => qualified(schema, name)).join(", ")}`);
  const dropLookups = await addLookupIndexes(
    client,
    references.filter(({ parent, child }) => !record.made.includes(parent) && !record.made.includes(child)),
  );
  // What triggers would do to the rows was done when those were written first.
  const names = tables.map(({ live }) => live.name);
  await withoutTriggers(client, schema, names, () =>
    withLivePath(client, schema, async () => {
      await client.query("SET CONSTRAINTS ALL DEFERRED");
      const alone = new Set(tables.filter(({ live }) => !references.some(({ parent }) => parent === live.name)));
      const images = await imageColumns(client, tables, aside, record);
      // Where a foreign key takes rows along it does so at once, deferrable or not.
      const firm = references.map((reference) => ({ ...reference, deferrable: false }));
      const groups = groupsOf(tables, firm);
      for (const group of groups.toReversed()) await takeAway(client, group, { plan, record, alone, images });
      for (const group of groups)
        await together(
          client,
          group.filter((table) => table.mode !== "merge" && images.has(table)),
          (table) => restoreSql(table, aside ?? "", images.get(table) ?? []),
          ({ live }) => `putting the rows of ${live.name} back`,
        );
      await client.query("SET CONSTRAINTS ALL IMMEDIATE");
      for (const table of tables) await proveBack(client, plan, table, record, leaving(plan, table, record));
    }),
  );
  await dropLookups();
  const arrived = tables.filter(({ live }) => record.arriving?.includes(live.name) === true);
  if (arrived.length > 0) await client.query(`DROP TABLE ${arrived.map(({ staged }) => staged).join(", ")}`);
  if (aside === null || record.images.length === 0) return;
  await client.query(`DROP TABLE ${record.images.map((name) => qualified(aside, name)).join(", ")}`);
  await client.query(`DROP SCHEMA ${quoteName(aside)}`);
}

/** In the order of the switch. A table or column that the application removed since has nothing to put back. */
async function matchAgain(client: Client, plan: Plan, record: IntoRecord): Promise<MatchedTable[]> {
  const live = await readLiveTables(client, plan.target.schema, record.existing);
  return record.existing.flatMap((name) => {
    const table = plan.tables.find((candidate) => candidate.target === name);
    const there = live.get(name);
    if (table === undefined || there === undefined) return [];
    return [arrivedFrom(plan, matchTable(plan, table, there, modeOf(record, name)).table, record.arriving ?? [])];
  });
}

type Taking = {
  readonly plan: Plan;
  readonly record: IntoRecord;
  /** Tables without references to them. */
  readonly alone: ReadonlySet<MatchedTable>;
  readonly images: ReadonlyMap<MatchedTable, readonly LiveColumn[]>;
};

/** Deletes new rows; rows that a merge overwrote are restored before the rows they point to are deleted. */
async function takeAway(client: Client, group: readonly MatchedTable[], taking: Taking): Promise<void> {
  const { plan, record, alone, images } = taking;
  const doing = (table: MatchedTable): string => `taking the rows of ${table.plan.source} out of ${table.live.name}`;
  const deletion = (table: MatchedTable): string => {
    // Without references to them, overwritten rows are deleted first: restored one by one, two might collide in a unique key.
    const gone = table.mode === "merge" && alone.has(table) ? came(table) : leaving(plan, table, record);
    return `DELETE FROM ${table.relation} l WHERE ${gone}`;
  };
  const merged = group.filter((table) => table.mode === "merge" && images.has(table));
  const restored = (table: MatchedTable, after?: string): string =>
    restoreSql(table, plan.target.aside ?? "", images.get(table) ?? [], after);
  if (group.length === 1 && (merged.length === 0 || group.every((table) => alone.has(table)))) {
    await together(client, group, deletion, doing);
    await together(client, merged, (table) => restored(table), doing);
    return;
  }
  // Rows that are put back may point to rows that go until then, in a circle or in a table that points to itself:
  // the server looks, and takes rows along where a foreign key says so, when all is done.
  const [first] = group;
  if (first === undefined) return;
  // A part that reads another runs after it: deleted rows make room in unique keys for restored ones.
  const gone = group.map((_, i) => `(SELECT count(*) FROM rowhaul_${i})`).join(" + ");
  const parts = [
    ...group.map((table) => `${deletion(table)} RETURNING 1`),
    ...merged.map((table) => restored(table, `${gone} >= 0`)),
  ];
  const statements = parts.map((sql, i) => `rowhaul_${i} AS (${sql})`);
  await failing(first, group.map(doing).join(", "), () => client.query(`WITH ${statements.join(", ")} SELECT 1`));
}

/** Which rows `l` of the live table came with the switch, and are not overwritten by an image. */
function leaving(plan: Plan, table: MatchedTable, record: IntoRecord): string {
  if (table.mode === "replace") return "true";
  if (!hasKey(table)) return `(l.tableoid, l.ctid) IN (${newest(table, record.transaction)})`;
  if (table.mode === "append" || table.mode === "skip") return came(table);
  const key = table.live.key.map((name) => `i.${quoteName(name)} = l.${quoteName(name)}`).join(" AND ");
  return `${came(table)} AND NOT EXISTS (SELECT FROM ${qualified(plan.target.aside ?? "", table.live.name)} i WHERE ${key})`;
}

function came(table: MatchedTable): string {
  return `EXISTS (SELECT FROM ${table.staged} s WHERE ${sameKey(table)})`;
}

/** Without a key equal rows are one as good as the other: as many go as came, those of the switch first. */
function newest(table: MatchedTable, transaction: string): string {
  const text = (value: string): string => `(${value})::text`;
  const staged = table.written.map(({ plan }) => text(`s.${quoteName(plan.target)}`));
  const live = table.written.map((column) => text(`t.${quoteName(column.live.name)}`));
  return `SELECT r.part, r.at FROM
    (SELECT t.tableoid AS part, t.ctid AS at, ROW(${live.join(", ")})::text AS row,
            row_number() OVER (PARTITION BY ROW(${live.join(", ")})::text ORDER BY (t.xmin::text = '${BigInt(transaction)}') DESC) AS n FROM ${table.relation} t) r
    JOIN (SELECT ROW(${staged.join(", ")})::text AS row, count(*) AS n FROM ${table.staged} s GROUP BY 1) c ON c.row = r.row AND r.n <= c.n`;
}

async function refuseDependants(
  client: Client,
  plan: Plan,
  tables: readonly MatchedTable[],
  record: IntoRecord,
  references: readonly Reference[],
): Promise<void> {
  const { schema } = plan.target;
  for (const reference of references) {
    if (!reference.outside) continue;
    const table = tables.find(({ live }) => live.name === reference.parent);
    const rows = table === undefined ? null : leaving(plan, table, record);
    if ((await pointingRows(client, schema, reference, rows)) > 0)
      throw new RowhaulError(
        "ROLLBACK_REFUSED",
        `Rows of ${reference.childSchema}.${reference.child} point to rows of ${reference.parent} that would go (foreign key ${reference.constraint}).`,
        { hint: `Remove or change those rows of ${reference.childSchema}.${reference.child}, then roll back again.` },
      );
  }
}

/** An image has the whole row; generated columns are computed again. */
async function imageColumns(
  client: Client,
  tables: readonly MatchedTable[],
  aside: string | null,
  record: IntoRecord,
): Promise<Map<MatchedTable, readonly LiveColumn[]>> {
  const found = new Map<MatchedTable, readonly LiveColumn[]>();
  for (const table of tables) {
    if (aside === null || !record.images.includes(table.live.name)) continue;
    const { rows } = await client.query<{ name: string }>(
      `SELECT attname::text AS name FROM pg_catalog.pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
      [qualified(aside, table.live.name)],
    );
    const kept = new Set(rows.map(({ name }) => name));
    found.set(
      table,
      table.live.columns.filter(({ name, generated }) => kept.has(name) && !generated),
    );
  }
  return found;
}

/** `after`: SQL that makes it wait. */
function restoreSql(table: MatchedTable, aside: string, columns: readonly LiveColumn[], after = "true"): string {
  const names = columns.map(({ name }) => quoteName(name));
  const others = columns.filter(({ identity }) => identity !== "always");
  const set = others.map(({ name }) => `${quoteName(name)} = EXCLUDED.${quoteName(name)}`);
  const key = table.live.key.map(quoteName).join(", ");
  const conflict =
    // Where all rows were deleted there is no conflict, and the right to UPDATE is not needed.
    key === "" || table.live.keyDeferrable || table.mode === "replace"
      ? ""
      : set.length === 0
        ? `ON CONFLICT (${key}) DO NOTHING`
        : `ON CONFLICT (${key}) DO UPDATE SET ${set.join(", ")}`;
  // The last that was overwritten comes first: in the other order two might meet in a unique key on the way.
  const order =
    table.mode === "merge"
      ? ` ORDER BY (SELECT s.ctid FROM ${table.staged} s WHERE ${sameKey(table)} LIMIT 1) DESC`
      : "";
  return `INSERT INTO ${target(table)} (${names.join(", ")}) OVERRIDING SYSTEM VALUE
    SELECT ${names.map((name) => `l.${name}`).join(", ")} FROM ${qualified(aside, table.live.name)} l WHERE ${after}${order} ${conflict}`;
}
