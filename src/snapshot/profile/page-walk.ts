/** Walks a table's pages once, and looks at each value where it stands. */
import { setImmediate as pause } from "node:timers/promises";
import type { Table } from "../../core/schema/catalog.ts";
import { rowidOf } from "../../core/values/stored-rows.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { addedValue } from "../pages/added-column.ts";
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
  const named = table.rowidName !== null;
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
    if (rows > 0 && rows % step === 0 && named) boundaries.push(String(rowidOf(cursor)));
    rows++;
    if (rows % rowsPerLook !== 0 || performance.now() - paused < turnMs) continue;
    progress(rows);
    await pause();
    signal.throwIfAborted();
    paused = performance.now();
  }
  for (const [i, rowid] of firstMissing) {
    const { type, bytes } = addedValue(db, table, table.columns[i]?.name ?? "", rowid);
    columns[i]?.add(type, bytes, 0, missing[i]);
  }
  const last = rows > 0 && named ? String(rowidOf(cursor)) : null;
  return { rows, columns, boundaries, lastRowid: last };
}

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
