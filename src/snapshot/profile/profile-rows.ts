/**
 * Profiles a table through SQLite: chunk after chunk in rowid order, so that memory stays flat and the event loop stays
 * alive. Most columns are settled by a few aggregates; text is examined in large joined pieces, and only pieces that hold
 * something odd are examined cell by cell.
 */
import type { ColumnProfile, TableProfile } from "../../core/plan/profile.ts";
import type { ProfileHooks, ProfileRequest } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { foldName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { type Chunk, ChunkReader } from "./chunk.ts";
import { ClassCensus } from "./classes.ts";
import { columnProfile, kindIn, valueCensus } from "./column-profile.ts";
import { Samples } from "./samples.ts";
import { TextCensus } from "./text.ts";
import { boundaries, rowBytes, unitRows } from "./unit-bounds.ts";

const chunkBytes = 4 << 20;

export async function profileRows(
  db: Sqlite,
  encoding: Catalog["encoding"],
  { table, where, kinds, sampled }: ProfileRequest,
  bytes: number,
  hooks: ProfileHooks,
): Promise<TableProfile> {
  const rows = countRows(db, table);
  hooks.progress(table.name, 0, rows);
  const samples = new Samples(db, table, where);
  const census = table.columns.map((column) => ({
    classes: new ClassCensus(column.name),
    text: new TextCensus(column.name, encoding, samples),
    values: valueCensus(column, kindIn(kinds, column), samples),
  }));
  let selected = 0;
  for (const chunk of chunksOf(db, table, where, bytes, rows)) {
    hooks.signal.throwIfAborted();
    const classes = chunk.classes(table.columns);
    for (const [i, column] of census.entries()) column.classes.add(chunk, i, classes);
    const texts = census.flatMap((column, i) => (column.classes.lastHadText ? [i] : []));
    if (texts.length > 0 && !chunk.textIsClean(texts, encoding, classes)) {
      for (const i of texts) census[i]?.text.inspect(chunk, i);
    }
    for (const i of texts) census[i]?.values?.add(chunk, i);
    selected += classes.rows;
    hooks.progress(table.name, Math.min(rows, selected), rows);
    await new Promise((resolve) => setImmediate(resolve));
  }
  hooks.progress(table.name, rows, rows);
  const columns: Record<string, ColumnProfile> = {};
  for (const [i, column] of table.columns.entries()) {
    const found = census[i];
    if (found === undefined) continue;
    const shown = sampled?.has(foldName(column.name)) === true;
    const classes = found.classes.result(selected);
    columns[column.name] = columnProfile(
      column,
      kindIn(kinds, column),
      classes,
      found.text,
      found.values,
      samples,
      shown,
    );
  }
  return {
    rows,
    selected,
    columns,
    lastRowid: lastRowid(db, table),
    boundaries: boundaries(db, table, rows, unitRows(bytes, rows)),
    bytes,
  };
}

export function countRows(db: Sqlite, table: Table): number {
  // Not from an index, which may be by an order that only the application knows.
  const counted = db.prepare(`SELECT count(*) FROM ${quoteName(table.relation ?? table.name)} NOT INDEXED`).pluck();
  return Number(counted.get() as bigint);
}

export function chunksOf(
  db: Sqlite,
  table: Table,
  where: string | null,
  bytes: number,
  rows: number,
): Generator<Chunk> {
  return new ChunkReader(db, table, where, Math.ceil(Math.min(20_000, chunkBytes / rowBytes(bytes, rows)))).chunks();
}

function lastRowid(db: Sqlite, table: Table): string | null {
  if (table.rowidName === null) return null;
  const last = db
    .prepare(`SELECT max(${table.rowidName}) FROM ${quoteName(table.relation ?? table.name)}`)
    .pluck()
    .get() as bigint | null;
  return last === null ? null : String(last);
}
