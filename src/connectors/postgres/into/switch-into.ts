/**
 * The switch into tables that are there: images of what is overwritten, rows in, proof,
 * all in the caller's transaction. Staging stays as it was proven, so that the run can
 * be validated again and the way back knows which rows came.
 */
import type { Plan } from "../../../core/plan.ts";
import { grantAll } from "../grants.ts";
import { quoteName } from "../quote.ts";
import type { Client } from "../transaction.ts";
import { keepImages } from "./images.ts";
import { checkKept, deleteRows, insertRows } from "./insert.ts";
import { baseTypes, readLiveTables } from "./live-tables.ts";
import { addLookupIndexes } from "./lookup-indexes.ts";
import { createMade, finishMade } from "./make-tables.ts";
import { type MatchedTable, matchTable } from "./match.ts";
import type { IntoMode, IntoRecord } from "./mode.ts";
import { countRows, proveKept, proveTable } from "./prove.ts";
import { moveSequences } from "./sequences.ts";
import { isUntouched, type Survey, survey } from "./survey.ts";

/** Null when nothing of the plan is there: the caller moves the tables in. Throws TARGET_MISMATCH, VALIDATION_FAILED … */
export async function switchInto(client: Client, plan: Plan, mode: IntoMode): Promise<IntoRecord | null> {
  // A policy would hide rows from the proof without a word; now it is an error.
  await client.query("SET LOCAL row_security = off");
  await client.query("SET LOCAL work_mem = '64MB'");
  const before = await survey(client, plan, mode);
  if (isUntouched({ plan, ...before })) return null;
  // Readers go on; nobody else writes until the rows are proven and their digests taken. Where rows are deleted, nobody
  // may point to them either: what a foreign key of another table takes along has no image.
  const lock = mode === "replace" ? "EXCLUSIVE" : "SHARE ROW EXCLUSIVE";
  for (const { relation } of before.existing) await client.query(`LOCK TABLE ${relation} IN ${lock} MODE`);
  // Whatever was committed while the locks were waited for is seen now.
  const found = await survey(client, plan, mode);
  const { existing } = found;
  const counts = new Map<string, number>();
  for (const { live, relation } of existing) counts.set(live.name, await countRows(client, relation));
  for (const table of existing) await checkKept(client, table);
  const dropLookups = mode === "replace" ? await addLookupIndexes(client, found.references) : async () => {};
  const images = await keepImages(client, plan, existing, mode);
  await client.query("SET CONSTRAINTS ALL DEFERRED");
  if (mode === "replace") for (const table of existing.toReversed()) await deleteRows(client, table);
  await createMade(client, plan, found.made);
  const made = await matchMade(client, plan, found);
  for (const table of existing) await insertRows(client, table, mode);
  for (const table of made) await insertRows(client, table, "append");
  // No table with checks to come can be altered; and what fails is to fail here.
  await client.query("SET CONSTRAINTS ALL IMMEDIATE");
  await dropLookups();
  await finishMade(client, plan, found.made, found.views);
  for (const table of [...existing, ...made]) await moveSequences(client, plan.target.schema, table);
  for (const table of existing)
    await proveTable(client, table, mode, counts.get(table.live.name) ?? 0, images.get(table.live.name) ?? 0);
  for (const table of made) await proveTable(client, table, "replace", 0, 0);
  for (const table of found.kept) await proveKept(client, plan, table);
  await grantAll(client, { ...plan, tables: found.made, views: found.views }, new Set());
  const { rows } = await client.query<{ xid: string }>("SELECT pg_current_xact_id()::xid::text AS xid");
  return {
    into: mode,
    existing: existing.map(({ live }) => live.name),
    made: found.made.map(({ target }) => target),
    views: found.views.map(({ target }) => target),
    images: [...images.keys()],
    transaction: rows[0]?.xid ?? "",
  };
}

/** New tables are filled as if they had been there. */
async function matchMade(client: Client, plan: Plan, { made }: Survey): Promise<MatchedTable[]> {
  const live = await readLiveTables(
    client,
    plan.target.schema,
    made.map(({ target }) => target),
  );
  const bases = await baseTypes(
    client,
    made.flatMap((table) => table.columns.map(({ pgType }) => pgType)),
  );
  return made.map((table) => {
    const there = live.get(table.target);
    if (there === undefined) throw new Error(`${table.target} was not created in ${quoteName(plan.target.schema)}`);
    return matchTable(plan, table, there, "append", bases).table;
  });
}
