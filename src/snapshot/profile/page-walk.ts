/** Walks a table's pages once, and looks at each value where it stands. */
import { setImmediate as pause } from "node:timers/promises";
import { quoteName } from "../../core/quote.ts";
import type { Column, Table } from "../../core/schema/catalog.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { PageError } from "../pages/page-error.ts";
import type { PageFile } from "../pages/page-file.ts";
import type { StoredTable } from "../pages/stored-table.ts";
import { TreeCursor } from "../pages/tree-cursor.ts";
import type { ValueCensus } from "./column-profile.ts";
import { DateCensus } from "./dates.ts";
import { PageCensus, type TextReader } from "./page-census.ts";

export type PageWalk = {
  readonly rows: number;
  readonly columns: readonly PageCensus[];
  /** Rowids of every `step`th row. */
  readonly boundaries: readonly string[];
  readonly lastRowid: string | null;
};

type Hooks = { progress(rows: number): void; readonly signal: AbortSignal };

/** Time between two looks at the event loop, and rows between two looks at the clock. */
const turnMs = 20;
const rowsPerLook = 1024;

/**
 * `step`: rows of a unit. `values`: of each column, what is counted of its texts. Throws PageError for a file that is
 * not as the format says.
 */
export async function walkPages(
  db: Sqlite,
  file: PageFile,
  table: Table,
  stored: StoredTable,
  values: readonly (ValueCensus | null)[],
  step: number,
  { progress, signal }: Hooks,
): Promise<PageWalk> {
  const columns = stored.columns.map(({ real }, i) => new PageCensus(real, textReader(values[i] ?? null)));
  const fields = stored.columns.map(({ field }) => field);
  /** Of each column, how many rows were written before it was added, and the first of them. */
  const missing = fields.map(() => 0);
  const firstMissing = new Map<number, bigint>();
  const cursor = new TreeCursor(file, stored.root, stored.kind, stored.width);
  const boundaries: string[] = [];
  let rows = 0;
  let paused = performance.now();
  while (cursor.next()) {
    const { bytes, types, offsets, fields: present } = cursor;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as number;
      const census = columns[i] as PageCensus;
      if (field >= present) {
        if (missing[i] === 0) firstMissing.set(i, rowidOf(cursor));
        (missing[i] as number)++;
      } else if (field < 0) census.addWide(cursor.rowidHigh, cursor.rowidLow);
      else census.add(types[field] as number, bytes, offsets[field] as number);
    }
    if (rows > 0 && rows % step === 0 && stored.kind === "table") boundaries.push(String(rowidOf(cursor)));
    rows++;
    if (rows % rowsPerLook !== 0 || performance.now() - paused < turnMs) continue;
    progress(rows);
    await pause();
    signal.throwIfAborted();
    paused = performance.now();
  }
  for (const [i, rowid] of firstMissing) addDefault(db, table, columns[i], table.columns[i], missing[i] ?? 0, rowid);
  const last = rows > 0 && stored.kind === "table" ? String(rowidOf(cursor)) : null;
  return { rows, columns, boundaries, lastRowid: last };
}

function rowidOf({ rowidHigh, rowidLow }: TreeCursor): bigint {
  return BigInt(rowidHigh) * 0x1_0000_0000n + BigInt(rowidLow);
}

/** All rows that lack the column have its default, which SQLite itself is asked for. */
function addDefault(
  db: Sqlite,
  table: Table,
  census: PageCensus | undefined,
  column: Column | undefined,
  times: number,
  rowid: bigint,
): void {
  if (census === undefined || column === undefined || table.rowidName === null)
    throw new PageError(0, `${table.name}.${column?.name} was added later, and no rowid leads to its default`);
  const c = quoteName(column.name);
  const [storage, value, bytes] = db
    .prepare(`SELECT typeof(${c}), ${c}, CAST(${c} AS BLOB) FROM ${quoteName(table.name)} WHERE ${table.rowidName} = ?`)
    .raw(true)
    .get(rowid) as [string, unknown, Buffer | null];
  if (storage === "null") census.add(0, empty, 0, times);
  else if (storage === "integer") {
    const wide = value as bigint;
    census.addWide(Number(wide >> 32n), Number(wide & 0xffff_ffffn), times);
  } else if (storage === "real") {
    const double = Buffer.alloc(8);
    double.writeDoubleBE(value as number);
    census.add(7, double, 0, times);
  } else census.add((bytes?.length ?? 0) * 2 + (storage === "text" ? 13 : 12), bytes ?? empty, 0, times);
}

const empty = Buffer.alloc(0);

/** The usual layout of a date is known by its bytes. */
function textReader(values: ValueCensus | null): TextReader | null {
  if (values === null) return null;
  return {
    add(bytes, at, length, times) {
      const usual = values instanceof DateCensus && length === 19 ? usualLayout(bytes, at) : null;
      if (usual === null) values.labels.read(bytes.toString("utf8", at, at + length), times);
      else (values as DateCensus).labels.note(usual, () => bytes.toString("latin1", at, at + length), times);
    },
  };
}

/** `YYYY-MM-DD HH:MM:SS` or with a T, of a day that every month has; null for all others. */
function usualLayout(b: Buffer, at: number): string | null {
  if (b[at + 4] !== 0x2d || b[at + 7] !== 0x2d || b[at + 13] !== 0x3a || b[at + 16] !== 0x3a) return null;
  const separator = b[at + 10];
  if (separator !== 0x20 && separator !== 0x54) return null;
  const century = pair(b, at);
  const year = pair(b, at + 2);
  const month = pair(b, at + 5);
  const day = pair(b, at + 8);
  if (century < 10 || year < 0 || month < 1 || month > 12 || day < 1 || day > 28) return null;
  const hour = pair(b, at + 11);
  const minute = pair(b, at + 14);
  const second = pair(b, at + 17);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null;
  return separator === 0x20 ? "YYYY-MM-DD HH:MM:SS" : "YYYY-MM-DDTHH:MM:SS";
}

/** Two digits; −1000 or less where one is none. */
function pair(b: Buffer, at: number): number {
  const tens = (b[at] as number) - 0x30;
  const ones = (b[at + 1] as number) - 0x30;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1000 : tens * 10 + ones;
}
