/** Rows without a parent: neither among the source's rows that move, nor among the target's that stay. */

import type { FitAnswers, FitReference, FitRequest, Orphaned, ReferenceColumn } from "../../core/plan/live-fit.ts";
import type { Found, Sample } from "../../core/plan/profile.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { renderCell, shorten } from "../../core/values/render-cell.ts";
import type { Cell } from "../../core/values/wire.ts";
import { type Sqlite, selection } from "../../sqlite/open.ts";
import { type Samples, samplesPerFinding } from "../profile/samples.ts";
import { liveSlot } from "../rows/read-rows.ts";
import { cellAt } from "./cell-at.ts";
import { KeyTexts } from "./key-texts.ts";

const keysPerQuestion = 5000;
const mostRowids = 10_000;

/** All rows that point to one parent. */
type Missing = {
  readonly texts: readonly string[];
  count: number;
  readonly samples: Sample[];
  rowids: string[] | null;
};

export async function findMissingParents(
  db: Sqlite,
  { encoding }: Catalog,
  { table, where }: FitRequest,
  reference: FitReference,
  samples: Samples,
  answers: FitAnswers,
): Promise<Orphaned> {
  const { columns, source, live } = reference;
  const missing = new Map<string, Missing>();
  const texts = new KeyTexts(columns, new Map());
  const names = columns.map(({ column }) => column);
  const place = [table.rowidName ?? "NULL", samples.keySql].join(", ");
  const conditions = [
    ...(where === null ? [] : [selection(where)]),
    ...names.map((name) => `${quoteName(name)} IS NOT NULL`),
  ];
  if (source !== null) conditions.push(`(${list(names)}) NOT IN (${parents(source)})`);
  const sql = `SELECT ${slots(columns, encoding)}, ${place} FROM ${quoteName(table.relation ?? table.name)} WHERE ${conditions.join(" AND ")}`;
  for (const row of rowsOf(db, sql)) {
    const cells = columns.map((_, i) => cellAt(row[i], encoding));
    const found = texts.all(names, cells);
    // A value that does not fit raises its own question.
    if (found === null) continue;
    const key = JSON.stringify(found);
    const one = missing.get(key) ?? { texts: found, count: 0, samples: [], rowids: [] };
    missing.set(key, one);
    add(one, row.slice(columns.length), cells[0], samples);
  }
  const all = countOf(missing);
  if (live !== null) await takeLive(missing, live, answers);
  // Two spellings of a uuid are the same row.
  if (source !== null && missing.size > 0) takeSame(db, encoding, missing, source);
  return { found: foundOf(missing), rowids: rowidsOf(missing), elsewhere: all - countOf(missing) };
}

function parents({ table, where, columns }: NonNullable<FitReference["source"]>): string {
  const names = columns.map(({ column }) => column);
  // One NULL among them would make every comparison unknown.
  const known = names.map((name) => `${quoteName(name)} IS NOT NULL`);
  return `SELECT ${list(names)} FROM ${quoteName(table)} WHERE ${[...known, ...(where === null ? [] : [selection(where)])].join(" AND ")}`;
}

function list(names: readonly string[]): string {
  return names.map(quoteName).join(", ");
}

function slots(columns: readonly ReferenceColumn[], encoding: Catalog["encoding"]): string {
  return columns.map(({ column }) => liveSlot(quoteName(column), encoding)).join(", ");
}

function rowsOf(db: Sqlite, sql: string): Iterable<unknown[]> {
  return db.prepare(sql).raw(true).safeIntegers(true).iterate() as Iterable<unknown[]>;
}

function add(one: Missing, [rowid, ...key]: readonly unknown[], cell: Cell | undefined, samples: Samples): void {
  one.count++;
  if (one.samples.length < samplesPerFinding && cell !== undefined)
    one.samples.push({ key: samples.keyOf(key), value: shorten(renderCell(cell.storage, cell.bytes)) });
  if (rowid === null || (one.rowids?.length ?? 0) > mostRowids) one.rowids = null;
  else one.rowids?.push(String(rowid));
}

async function takeLive(
  missing: Map<string, Missing>,
  { table, columns }: NonNullable<FitReference["live"]>,
  answers: FitAnswers,
): Promise<void> {
  const entries = [...missing];
  for (let from = 0; from < entries.length; from += keysPerQuestion) {
    const asked = entries.slice(from, from + keysPerQuestion);
    const keys = asked.map(([, { texts }]) => texts);
    const met = await answers.find(table, { key: columns, keys, id: null, compared: [], cells: [] });
    for (const { at } of met) missing.delete(asked[at]?.[0] ?? "");
  }
}

function takeSame(
  db: Sqlite,
  encoding: Catalog["encoding"],
  missing: Map<string, Missing>,
  { table, where, columns }: NonNullable<FitReference["source"]>,
): void {
  const texts = new KeyTexts(columns, new Map());
  const names = columns.map(({ column }) => column);
  const among = where === null ? "" : ` WHERE ${selection(where)}`;
  for (const row of rowsOf(db, `SELECT ${slots(columns, encoding)} FROM ${quoteName(table)}${among}`)) {
    const found = texts.all(
      names,
      columns.map((_, i) => cellAt(row[i], encoding)),
    );
    if (found !== null) missing.delete(JSON.stringify(found));
    if (missing.size === 0) break;
  }
}

function countOf(missing: ReadonlyMap<string, Missing>): number {
  return [...missing.values()].reduce((sum, { count }) => sum + count, 0);
}

function foundOf(missing: ReadonlyMap<string, Missing>): Found {
  const samples: Sample[] = [];
  for (const one of missing.values()) {
    samples.push(...one.samples.slice(0, samplesPerFinding - samples.length));
    if (samples.length >= samplesPerFinding) break;
  }
  return { count: countOf(missing), samples };
}

/** Null where there are too many, or rows without a rowid. */
function rowidsOf(missing: ReadonlyMap<string, Missing>): string[] | null {
  if (countOf(missing) > mostRowids) return null;
  const rowids = [...missing.values()].map((one) => one.rowids);
  return rowids.includes(null) ? null : rowids.flatMap((one) => one ?? []);
}
