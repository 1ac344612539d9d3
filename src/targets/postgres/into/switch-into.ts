/**
 * The switch into tables that are there: images of what is overwritten, rows in, proof,
 * all in one transaction that is left open. Staging stays as it was proven, so that the
 * way back knows which rows came.
 */

import { RowhaulError } from "../../../core/messages/errors.ts";
import type { OpenSwitch, ProveLive } from "../../../core/plan/live.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import { targetError } from "../../../postgres/errors.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { grantAll } from "../switch/grants.ts";
import { type Bookkeeping, isChanged, prepareArrivals } from "./arrivals.ts";
import { failing } from "./failing.ts";
import { isOverwritten, keepImages } from "./images.ts";
import { deleteRows, insertRows } from "./insert.ts";
import { withLivePath } from "./live-path.ts";
import { readLiveTables } from "./live-tables.ts";
import { addLookupIndexes } from "./lookup-indexes.ts";
import { createMade, finishMade } from "./make-tables.ts";
import { type MatchedTable, matchTable } from "./match.ts";
import { type IntoMode, type IntoRecord, placeOf } from "./mode.ts";
import { proveKept } from "./prove-kept.ts";
import { refuseChanged } from "./refuse-changed.ts";
import { withRefusedRows } from "./refused-rows.ts";
import { type Positions, positionsOf } from "./sequences/drawn-numbers.ts";
import { moveSequences, sequencesOf } from "./sequences/sequences.ts";
import { isUntouched, type Survey, survey } from "./survey.ts";
import { countWrites } from "./triggers/count-writes.ts";
import { disableTriggers } from "./triggers/disabled-triggers.ts";
import { settling } from "./triggers/raised.ts";
import { watchWrites } from "./triggers/written-elsewhere.ts";

export type IntoHooks = {
  readonly prove: ProveLive;
  readonly account: OpenSwitch["account"];
  /** Where ledger and quarantine are kept. */
  readonly books: Bookkeeping;
  /** Called with the positions of sequences before any row goes in. */
  readonly before: (positions: Positions) => void;
};

/** Moves sequences on, and is what to keep of the switch: to be called last, since that may not be undone. */
export type FinishInto = () => Promise<IntoRecord>;

/** Null when nothing of the plan is there: the caller moves the tables in. Throws TARGET_MISMATCH, VALIDATION_FAILED … */
export async function prepareInto(
  client: Client,
  plan: Plan,
  mode: IntoMode,
  hooks: IntoHooks,
): Promise<FinishInto | null> {
  const { schema } = plan.target;
  await client.query("SET LOCAL work_mem = '64MB'");
  const first = await survey(client, plan, mode).catch(async (thrown: unknown) => {
    // The obstacle may be newer than the plan: then the next run makes a new one.
    if (thrown instanceof RowhaulError && thrown.code === "TARGET_MISMATCH")
      await refuseChanged(client, plan, [thrown.message, ...thrown.details]);
    throw thrown;
  });
  if (isUntouched({ plan, ...first })) return null;
  await lock(client, first);
  // These queries see what was committed while waiting for the locks.
  await refuseChanged(client, plan);
  const found = await survey(client, plan, mode);
  const { existing } = found;
  hooks.before(await positionsOf(client, schema, existing));
  const { transaction } = await transactionNumber(client);
  const record: IntoRecord = {
    into: mode,
    modes: Object.fromEntries([
      ...existing.map((table) => [table.live.name, table.mode] as const),
      ...found.kept.map(({ target }) => [target, "kept"] as const),
    ]),
    existing: existing.map(({ live }) => live.name),
    made: found.made.map(({ target }) => target),
    views: found.views.map(({ target }) => target),
    images: existing.filter(isOverwritten).map(({ live }) => live.name),
    arriving: existing.filter(isChanged).map(({ live }) => live.name),
    transaction,
  };
  const proven = await hooks.prove({ connection: client, place: placeOf(plan, record), account: hooks.account });
  try {
    await write(client, plan, found, hooks.books);
  } catch (thrown) {
    throw await withRefusedRows(client, plan, thrown);
  }
  for (const table of found.kept) await proveKept(client, plan, table);
  await proven();
  return async () => {
    const sequences = await sequencesOf(client, schema, existing);
    return { ...record, sequences: await moveSequences(client, sequences) };
  };
}

/**
 * Readers go on; nobody else writes until the rows are proven and their digests taken. Where rows are deleted, nobody
 * may point to them either: what a foreign key of another table takes along has no image. Partitions are locked along.
 */
async function lock(client: Client, { existing, references }: Survey): Promise<void> {
  const strengths = new Map<string, string>();
  for (const table of existing) {
    const strength = table.mode === "replace" ? "EXCLUSIVE" : "SHARE ROW EXCLUSIVE";
    strengths.set(table.relation, strength);
  }
  for (const child of await lockable(client, { existing, references })) strengths.set(child, "SHARE");
  for (const [relation, strength] of [...strengths].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const table = existing.find((one) => one.relation === relation);
    const waiting = `waiting for the lock on ${table?.live.name ?? relation}`;
    const take = (): Promise<unknown> => client.query(`LOCK TABLE ${relation} IN ${strength} MODE`);
    if (table !== undefined) await failing(table, waiting, take);
    else
      await take().catch((thrown: unknown) => {
        throw targetError(thrown, waiting);
      });
  }
}

/** Other tables that point to those that are emptied, where the role may lock them; where not, the parent's lock keeps new pointers out. */
async function lockable(
  client: Client,
  { existing, references }: Pick<Survey, "existing" | "references">,
): Promise<string[]> {
  const emptied = existing.filter(({ mode }) => mode === "replace").map(({ live }) => live.name);
  const children = references
    .filter(({ outside, parent }) => outside && emptied.includes(parent))
    .map(({ childSchema, child }) => qualified(childSchema, child));
  if (children.length === 0) return [];
  const { rows } = await client.query<{ name: string }>(
    "SELECT name FROM unnest($1::text[]) AS name WHERE has_table_privilege(name, 'UPDATE, DELETE, TRUNCATE')",
    [[...new Set(children)]],
  );
  return rows.map(({ name }) => name);
}

/** After the locks, so that earlier writers have a lower number. */
async function transactionNumber(client: Client): Promise<{ transaction: string }> {
  const { rows } = await client.query<{ transaction: string }>("SELECT pg_current_xact_id()::xid::text AS transaction");
  return { transaction: rows[0]?.transaction ?? "" };
}

async function write(client: Client, plan: Plan, found: Survey, books: Bookkeeping): Promise<void> {
  const { schema } = plan.target;
  const emptied = found.existing.filter((table) => table.mode === "replace");
  const arriving = await withLivePath(client, schema, () => prepareArrivals(client, plan, found.existing, books));
  const enableTriggers = await disableTriggers(client, plan);
  await countWrites(client);
  const refuseOthers = await watchWrites(client, plan);
  const dropLookups = emptied.length > 0 ? await addLookupIndexes(client, found.references) : async () => {};
  await client.query("SET CONSTRAINTS ALL DEFERRED");
  const groups = await withLivePath(client, schema, async () => {
    await keepImages(client, plan, arriving);
    const inGroups = found.groups.map((group) =>
      group.map((table) => arriving[found.existing.indexOf(table)] ?? table),
    );
    for (const group of inGroups.toReversed())
      await deleteRows(
        client,
        group.filter(({ mode }) => mode === "replace"),
      );
    return inGroups;
  });
  await createMade(client, plan, found.made);
  const made = await matchMade(client, plan, found);
  await withLivePath(client, schema, async () => {
    for (const group of [...groups, ...made.map((table) => [table])]) await insertRows(client, group);
    // No table with checks to come can be altered; and what fails is to fail here.
    await settling(plan, () => client.query("SET CONSTRAINTS ALL IMMEDIATE"));
  });
  await refuseOthers();
  await enableTriggers();
  await dropLookups();
  await finishMade(client, plan, found.made, found.views);
  // New sequences have no owner yet.
  await moveSequences(client, await sequencesOf(client, plan.target.schema, made));
  await grantAll(client, { ...plan, tables: found.made, views: found.views }, new Set());
}

/** New tables are filled as if they had been there. */
async function matchMade(client: Client, plan: Plan, { made }: Survey): Promise<MatchedTable[]> {
  const live = await readLiveTables(
    client,
    plan.target.schema,
    made.map(({ target }) => target),
  );
  return made.map((table) => {
    const there = live.get(table.target);
    if (there === undefined) throw new Error(`${table.target} was not created in ${quoteName(plan.target.schema)}`);
    return matchTable(plan, table, there, "append").table;
  });
}
