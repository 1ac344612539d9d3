/**
 * Profiles every value of the snapshot: chunk after chunk in rowid order, so that
 * memory stays flat and the event loop stays alive. Most columns are settled by
 * a few aggregates; text is examined in large joined pieces, and only pieces
 * that hold something odd are examined cell by cell.
 */

import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import type { ColumnProfile, Profile, TableProfile } from "../../core/plan/profile.ts";
import type { ProfileRequest } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Column, Table } from "../../core/schema/catalog.ts";
import { type DeclaredKind, declaredKind } from "../../core/schema/declared-type.ts";
import { foldName } from "../../core/schema/names.ts";
import { type Sqlite, selection } from "../../sqlite/open.ts";
import { ChunkReader } from "./chunk.ts";
import { ClassCensus } from "./classes.ts";
import { DateCensus } from "./dates.ts";
import { JsonCensus, spellingsOf } from "./declared.ts";
import { addKeyDates } from "./key-dates.ts";
import { addKeyRepairs } from "./key-repairs.ts";
import { Samples } from "./samples.ts";
import { TextCensus } from "./text.ts";
import { countVirtualRows } from "./virtual-rows.ts";

type Hooks = { progress(table: string, done: number, total: number): void; signal: AbortSignal };

/** A unit is about this large, so that a crash costs little and a COPY is worth its transaction. */
const unitBytes = 64 << 20;
const chunkBytes = 4 << 20;

export async function profileTables(
  db: Sqlite,
  catalog: Catalog,
  requests: readonly ProfileRequest[],
  hooks: Hooks,
): Promise<Profile> {
  for (const request of requests) checkWhere(db, request);
  const sizes = tableSizes(db);
  const tables: Record<string, TableProfile> = {};
  for (const request of requests) {
    tables[request.table.name] = await profileTable(
      db,
      catalog,
      request,
      bytesOf(request.table, catalog, sizes),
      hooks,
    );
  }
  const kindOf = ({ kinds }: ProfileRequest, column: Column): DeclaredKind => kindIn(kinds, column);
  addKeyDates(db, tables, requests, kindOf);
  addKeyRepairs(db, catalog, tables, requests);
  return { tables, virtualRows: countVirtualRows(db, catalog) };
}

async function profileTable(
  db: Sqlite,
  catalog: Catalog,
  { table, where, kinds, sampled }: ProfileRequest,
  bytes: number,
  hooks: Hooks,
): Promise<TableProfile> {
  const rows = Number(
    db
      // Not from an index, which may be by an order that only the application knows.
      .prepare(`SELECT count(*) FROM ${quoteName(table.relation ?? table.name)} NOT INDEXED`)
      .pluck()
      .get() as bigint,
  );
  hooks.progress(table.name, 0, rows);
  const rowBytes = Math.max(16, bytes / Math.max(1, rows));
  const reader = new ChunkReader(db, table, where, Math.ceil(Math.min(20_000, chunkBytes / rowBytes)));
  const samples = new Samples(db, table, where);
  const kindOf = (column: Column): DeclaredKind => kindIn(kinds, column);
  const census = table.columns.map((column) => columnCensus(column, kindOf(column), catalog, samples));
  let selected = 0;
  for (const chunk of reader.chunks()) {
    hooks.signal.throwIfAborted();
    const classes = chunk.classes(table.columns);
    for (const [i, column] of census.entries()) column.classes.add(chunk, i, classes);
    const texts = census.flatMap((column, i) => (column.classes.lastHadText ? [i] : []));
    if (texts.length > 0 && !chunk.textIsClean(texts, catalog.encoding, classes)) {
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
    columns[column.name] = columnProfile(column, kindOf(column), found, samples, selected, shown);
  }
  return {
    rows,
    selected,
    columns,
    lastRowid: lastRowid(db, table),
    boundaries: boundaries(db, table, rows, Math.ceil(unitBytes / rowBytes)),
    bytes,
  };
}

/** The column's kind in the pipeline file, else as declared. */
function kindIn(kinds: ProfileRequest["kinds"], column: Column): DeclaredKind {
  return kinds.get(foldName(column.name)) ?? declaredKind(column.declaredType);
}

type Census = {
  readonly classes: ClassCensus;
  readonly text: TextCensus;
  readonly values: DateCensus | JsonCensus | null;
};

function columnCensus(column: Column, kind: DeclaredKind, catalog: Catalog, samples: Samples): Census {
  const values =
    kind === "date"
      ? new DateCensus(column.name, samples)
      : kind === "json"
        ? new JsonCensus(column.name, samples)
        : null;
  return {
    classes: new ClassCensus(column.name),
    text: new TextCensus(column.name, catalog.encoding, samples),
    values,
  };
}

function columnProfile(
  column: Column,
  kind: DeclaredKind,
  census: Census,
  samples: Samples,
  rows: number,
  shown: boolean,
): ColumnProfile {
  const { counts, integers, reals, longest } = census.classes.result(rows);
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  const mixed = present.filter(([name]) => name !== "null").length > 1;
  return {
    counts,
    integers,
    reals,
    longest,
    nul: census.text.nul,
    invalidEncoding: census.text.invalid,
    layouts: census.values instanceof DateCensus ? census.values.result() : [],
    json: census.values instanceof JsonCensus ? census.values.result() : [],
    spellings: kind === "boolean" && counts.text > 0 ? spellingsOf(samples, column.name) : null,
    ...(counts.text > 0 && counts.blob > 0 ? { bytesNotText: samples.countBytesNotText(column.name) } : {}),
    samples: shown || mixed || counts.null > 0 ? samples.ofClasses(column.name, counts) : {},
  };
}

function lastRowid(db: Sqlite, table: Table): string | null {
  if (table.rowidName === null) return null;
  const last = db
    .prepare(`SELECT max(${table.rowidName}) FROM ${quoteName(table.relation ?? table.name)}`)
    .pluck()
    .get() as bigint | null;
  return last === null ? null : String(last);
}

/** Throws PLAN_INVALID where a pipeline's condition is not one; tried alone too, so that it cannot end its parenthesis early. */
function checkWhere(db: Sqlite, { table, where }: ProfileRequest): void {
  if (where === null) return;
  try {
    for (const condition of [where, selection(where)]) {
      db.prepare(`SELECT 1 FROM ${quoteName(table.relation ?? table.name)} WHERE ${condition}`);
    }
  } catch (thrown) {
    throw new RowhaulError("PLAN_INVALID", `tables.${table.name}.where: ${messageOf(thrown)}.`, {
      place: { table: table.name },
      details: [`where: ${where}`, `${table.name} has: ${table.columns.map((column) => column.name).join(", ")}`],
      hint: "Correct the condition in the pipeline file; it is SQLite's SQL.",
    });
  }
}

/** Bytes of each table's own b-tree, overflow pages included. */
function tableSizes(db: Sqlite): Map<string, number> {
  const rows = db.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE").raw(true).all() as [
    string,
    bigint,
  ][];
  return new Map(rows.map(([name, size]) => [name, Number(size)]));
}

/** A full-text table is what its own tables are: texts and index, which become rows of about that size. */
function bytesOf(table: Table, { virtualTables }: Catalog, sizes: ReadonlyMap<string, number>): number {
  const parts =
    table.fullText === undefined
      ? [table.name]
      : (virtualTables.find(({ name }) => name === table.name)?.shadowTables ?? []);
  return parts.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
}

/** Rowids at which units begin; every `step` rows. */
export function boundaries(db: Sqlite, table: Table, rows: number, step: number): string[] {
  if (table.rowidName === null || rows <= step * 1.5) return [];
  const next = db
    .prepare(
      `SELECT ${table.rowidName} FROM ${quoteName(table.relation ?? table.name)} WHERE ${table.rowidName} >= ? ORDER BY 1 LIMIT 1 OFFSET ${step}`,
    )
    .pluck();
  const found: string[] = [];
  let at: bigint | undefined = -(2n ** 63n);
  for (;;) {
    at = next.get(at) as bigint | undefined;
    if (at === undefined) return found;
    found.push(String(at));
  }
}
