/** Reads every selected value of the columns asked for, cell by cell, as the loader will. */
import type { Catalog } from "../../../core/catalog.ts";
import type { ColumnFit, FitAnswers, FitRequest, TableFit } from "../../../core/live-fit.ts";
import type { ProfileHooks } from "../../../core/ports.ts";
import { type Cell, decodeTagged, type Slot } from "../../../core/wire.ts";
import { quoteName, type Sqlite, selection } from "../open.ts";
import { Samples } from "../profile/samples.ts";
import { liveSlot } from "../rows.ts";
import { ColumnCensus } from "./column-census.ts";
import { KeyCensus } from "./key-census.ts";

const rowsPerTurn = 2000;

/** By source table. */
export async function fitTables(
  db: Sqlite,
  catalog: Catalog,
  requests: readonly FitRequest[],
  answers: FitAnswers,
  hooks: ProfileHooks,
): Promise<Map<string, TableFit>> {
  const fits = new Map<string, TableFit>();
  for (const request of requests) fits.set(request.table.name, await fitTable(db, catalog, request, answers, hooks));
  return fits;
}

async function fitTable(
  db: Sqlite,
  catalog: Catalog,
  { table, where, columns, key, missing }: FitRequest,
  answers: FitAnswers,
  hooks: ProfileHooks,
): Promise<TableFit> {
  const samples = new Samples(db, table, where);
  const census = columns.map(({ reading }) => new ColumnCensus(reading, answers));
  const keys = key === null ? null : new KeyCensus(key, columns, answers);
  const rowid = table.rowidName;
  if (census.length > 0 || keys !== null) {
    const slots = columns.map(({ column }) => liveSlot(quoteName(column), catalog.encoding));
    const sql = `SELECT ${[...slots, rowid ?? "NULL", samples.keySql].join(", ")} FROM ${quoteName(table.relation ?? table.name)}${where === null ? "" : ` WHERE ${selection(where)}`}`;
    let done = 0;
    for (const row of db.prepare(sql).raw(true).safeIntegers(true).iterate() as IterableIterator<unknown[]>) {
      const cells = columns.map((_, i) => cellAt(row[i], catalog.encoding));
      const place = {
        rowid: rowid === null ? null : String(row[columns.length]),
        key: () => samples.keyOf(row.slice(columns.length + 1)),
      };
      for (const [i, cell] of cells.entries()) census[i]?.add(cell, place);
      keys?.add(cells, place);
      if (++done % rowsPerTurn !== 0) continue;
      for (const column of census) await column.askWhenFull();
      await keys?.askWhenFull(table.name);
      hooks.progress(table.name, done, done);
      await new Promise((resolve) => setImmediate(resolve));
      hooks.signal.throwIfAborted();
    }
  }
  for (const column of census) await column.ask();
  await keys?.ask(table.name);
  const shown = Object.fromEntries(missing.map((name) => [name, samples.find(name, `${quoteName(name)} IS NOT NULL`)]));
  const found: [string, ColumnFit][] = columns.map(({ column }, i) => [column, (census[i] as ColumnCensus).result()]);
  return { columns: Object.fromEntries(found), taken: keys?.taken ?? { count: 0, samples: [] }, missing: shown };
}

/** In a UTF-16 database tagged cells come as text: see rows.ts. */
function cellAt(slot: unknown, encoding: Catalog["encoding"]): Cell {
  const own = encoding !== "UTF-8" && typeof slot === "string" ? Buffer.from(slot, "latin1") : slot;
  return decodeTagged(own as Slot);
}
