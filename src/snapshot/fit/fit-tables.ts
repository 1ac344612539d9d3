/** Reads every selected value of the columns asked for, cell by cell, as the loader will. */

import type { Alike, ColumnFit, FitAnswers, FitRequest, Orphaned, TableFit } from "../../core/plan/live-fit.ts";
import type { Found } from "../../core/plan/profile.ts";
import type { ProfileHooks } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { type Sqlite, selection } from "../../sqlite/open.ts";
import { Samples } from "../profile/samples.ts";
import { liveSlot } from "../rows/read-rows.ts";
import { AlikeCensus } from "./alike-census.ts";
import { cellAt } from "./cell-at.ts";
import { ColumnCensus, type Place } from "./column-census.ts";
import { findMissingParents } from "./find-missing-parents.ts";
import { KeyTexts, type NewIds } from "./key-texts.ts";
import { MeetingCensus } from "./meeting-census.ts";
import { OccupiedCensus } from "./occupied-census.ts";

const rowsPerTurn = 2000;

/** By source table. Tables whose rows may take over other ids come before those that hold these. */
export async function fitTables(
  db: Sqlite,
  catalog: Catalog,
  requests: readonly FitRequest[],
  answers: FitAnswers,
  hooks: ProfileHooks,
): Promise<Map<string, TableFit>> {
  const fits = new Map<string, TableFit>();
  const newIds = new Map<string, NewIds>();
  for (const request of holdersLast(requests)) {
    const { table, meeting } = request;
    const mapped = (meeting?.mapped ?? []).map((one) => [one.column, newIds.get(one.table) ?? new Map()] as const);
    const { fit, ids } = await fitTable(db, catalog, request, new Map(mapped), answers, hooks);
    fits.set(table.name, fit);
    newIds.set(table.name, ids);
  }
  return fits;
}

/** Tables may hold ids of each other; those that rows are matched by come first all the same. */
function holdersLast(requests: readonly FitRequest[]): FitRequest[] {
  const left = [...requests];
  const waits = ({ table: own, meeting }: FitRequest, onlyKey: boolean): boolean =>
    (meeting?.mapped ?? []).some(
      ({ column, table }) =>
        table !== own.name &&
        left.some((other) => other.table.name === table) &&
        (!onlyKey || meeting?.key.columns.some(({ source }) => source === column) === true),
    );
  const ordered: FitRequest[] = [];
  while (left.length > 0) {
    const next = left.find((one) => !waits(one, false)) ?? left.find((one) => !waits(one, true)) ?? left[0];
    ordered.push(...left.splice(left.indexOf(next as FitRequest), 1));
  }
  return ordered;
}

const nobody: Found = { count: 0, samples: [] };

async function fitTable(
  db: Sqlite,
  catalog: Catalog,
  request: FitRequest,
  mapped: ReadonlyMap<string, NewIds>,
  answers: FitAnswers,
  hooks: ProfileHooks,
): Promise<{ fit: TableFit; ids: NewIds }> {
  const { table, where, columns, meeting, uniques, missing } = request;
  const samples = new Samples(db, table, where);
  const texts = new KeyTexts(columns, mapped);
  const census = columns.map(({ reading }) => new ColumnCensus(reading, answers));
  const met = meeting === null ? null : new MeetingCensus(table.name, meeting, texts, answers);
  const alike = await Promise.all(
    // Replacing ids does not make distinct rows equal.
    uniques.map(
      async (key) => new AlikeCensus(key, new KeyTexts(columns, new Map()), await answers.gather(table.name, key)),
    ),
  );
  const occupied = request.occupied.map((key) => new OccupiedCensus(request, key, texts, answers));
  const rowid = table.rowidName;
  const slots = columns.map(({ column }) => liveSlot(quoteName(column), catalog.encoding));
  const from = `FROM ${quoteName(table.relation ?? table.name)}${where === null ? "" : ` WHERE ${selection(where)}`}`;
  const place = [rowid ?? "NULL", samples.keySql].join(", ");
  const placeAt = (row: readonly unknown[], from: number): Place => ({
    rowid: rowid === null ? null : String(row[from]),
    key: () => samples.keyOf(row.slice(from + 1)),
  });
  const sql = `SELECT ${[...slots, place].join(", ")} ${from}`;
  if (census.length > 0 || met !== null) {
    let done = 0;
    for (const row of db.prepare(sql).raw(true).safeIntegers(true).iterate() as IterableIterator<unknown[]>) {
      const cells = columns.map((_, i) => cellAt(row[i], catalog.encoding));
      const here = placeAt(row, columns.length);
      for (const [i, cell] of cells.entries()) census[i]?.add(cell, here);
      met?.add(cells, here);
      for (const key of alike) key.add(cells);
      for (const key of occupied) key.add(cells, here);
      if (++done % rowsPerTurn !== 0) continue;
      for (const column of census) await column.askWhenFull();
      await met?.askWhenFull();
      for (const key of alike) await key.askWhenFull();
      for (const key of occupied) await key.askWhenFull();
      hooks.progress(table.name, done, done);
      await new Promise((resolve) => setImmediate(resolve));
      hooks.signal.throwIfAborted();
    }
  }
  for (const column of census) await column.ask();
  function* ownKeys(census: OccupiedCensus): Generator<readonly string[] | null> {
    for (const row of db.prepare(sql).raw(true).safeIntegers(true).iterate() as IterableIterator<unknown[]>)
      yield census.own(columns.map((_, i) => cellAt(row[i], catalog.encoding)));
  }
  await met?.ask();
  for (const key of occupied) await key.ask();
  // The same statement, so in the same order: with fewer columns SQLite might read an index instead.
  const placesOf = (wanted: ReadonlySet<number>): Map<number, Place> => {
    const places = new Map<number, Place>();
    if (wanted.size === 0) return places;
    let n = 0;
    for (const row of db.prepare(sql).raw(true).safeIntegers(true).iterate()) {
      if (wanted.has(n)) places.set(n, placeAt(row as unknown[], columns.length));
      if (places.size === wanted.size) break;
      n++;
    }
    return places;
  };
  for (const key of occupied.filter(({ asksForOwn }) => asksForOwn)) key.release(ownKeys(key));
  const orphans: [string, Orphaned][] = [];
  for (const reference of request.references)
    orphans.push([reference.name, await findMissingParents(db, catalog, request, reference, samples, answers)]);
  const found: [string, Alike][] = [];
  for (const key of alike) found.push([key.name, await key.result(placesOf)]);
  const shown = Object.fromEntries(missing.map((name) => [name, samples.find(name, `${quoteName(name)} IS NOT NULL`)]));
  const fits = columns.map(({ column }, i): [string, ColumnFit] => [column, (census[i] as ColumnCensus).result()]);
  const { rowids, ...differing } = met?.differing ?? { ...nobody, rowids: [] };
  const fit = {
    columns: Object.fromEntries(fits),
    looked: met !== null,
    taken: met?.taken ?? nobody,
    differing,
    differingRowids: rowids,
    moved: met?.moved ?? nobody,
    blocked: met?.blocked ?? nobody,
    alike: Object.fromEntries(found),
    occupied: Object.fromEntries(occupied.map((key) => [key.name, key.result])),
    orphans: Object.fromEntries(orphans),
    pointing: null,
    missing: shown,
  };
  return { fit, ids: met?.newIds ?? new Map() };
}
