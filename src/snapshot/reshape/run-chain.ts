/** One chain: the rows of its table, read from the snapshot in key order, step by step into the reshaped file. */

import { setImmediate as pause } from "node:timers/promises";
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import type { QuarantinedRow } from "../../core/plan/ledger.ts";
import type { Chain, TransformReport } from "../../core/plan/transform.ts";
import { quoteName } from "../../core/quote.ts";
import type { Table } from "../../core/schema/catalog.ts";
import { openSqlite, type Sqlite } from "../../sqlite/open.ts";
import type { OutputTable } from "./output-tables.ts";
import { readValues } from "./read-values.ts";
import type { ShapeRequest } from "./request.ts";
import { isRowError, placed, quarantined, type SourceRow, sourceShape, tableOf } from "./row-place.ts";
import { type RunningChain, startChain } from "./run-steps.ts";
import type { SeenValues } from "./seen-values.ts";
import { attachSelection, selectedRows } from "./selected-rows.ts";
import { chainServices } from "./services.ts";
import { outputWriter } from "./write-outputs.ts";

export type ChainDone = {
  readonly table: TransformReport["tables"][number];
  readonly quarantine: readonly QuarantinedRow[];
};

/** Characters of quarantined rows that a report can hold; beyond that the steps are at fault, not the rows. */
const quarantineLimit = 64 << 20;

export async function runChain(
  reshaped: Sqlite,
  outputs: ReadonlyMap<string, OutputTable>,
  position: number,
  request: ShapeRequest,
  seen: SeenValues,
): Promise<ChainDone> {
  const { snapshot, catalog, selection, progress, signal } = request;
  const chain = request.chains[position];
  const table = chain && tableOf(catalog, chain.table);
  if (chain === undefined || table === undefined) throw new Error(`No table ${chain?.table} in the catalog`);
  checkOrder(chain, table);
  const source = openSqlite(snapshot);
  const services = chainServices(snapshot, catalog);
  return cleaningUp(
    async () => {
      attachSelection(source, selection);
      const conditions = [chain.where, selectedRows(selection, table.name)].filter((one) => one !== null);
      const { total, last } = measure(source, chain, table, conditions);
      const writer = outputWriter(reshaped, position, outputs, last, catalog.encoding);
      const watch = seen.watch(chain, table);
      const running = startChain(chain, sourceShape(table), services, (shape, made) => {
        writer.take(shape, made);
        watch.take(shape, made);
      });
      const quarantine: QuarantinedRow[] = [];
      let size = 0;
      let done = 0;
      const read = { table, conditions, backwards: chain.backwards };
      for (const { rows, rowids } of readValues(source, snapshot, read, catalog.encoding)) {
        for (let i = 0; i < rows.length; i++) {
          const row = { table, values: rows[i] ?? [], rowid: rowids[i] ?? null };
          const left = oneRow(chain, row, running, writer, services);
          if (left === null) {
            watch.keep(row.values);
            continue;
          }
          watch.drop();
          quarantine.push(left);
          size += JSON.stringify(left).length;
          if (size > quarantineLimit) throw tooMany(table, quarantine);
        }
        done += rows.length;
        progress(table.name, done, Math.max(total, done));
        await pause();
        signal.throwIfAborted();
      }
      return {
        table: {
          table: table.name,
          read: done,
          written: writer.written(),
          steps: chain.steps.map(({ label, undo, parity }, i) => ({
            label,
            rowsIn: running.rowsIn[i] ?? 0,
            rowsOut: running.rowsOut[i] ?? 0,
            undo,
            parity,
          })),
          quarantined: quarantine.length,
        },
        quarantine,
      };
    },
    () => services.close(),
    () => source.close(),
  );
}

/** Returns the row for quarantine when it is left behind. */
function oneRow(
  chain: Chain,
  row: SourceRow,
  running: RunningChain,
  writer: ReturnType<typeof outputWriter>,
  services: ReturnType<typeof chainServices>,
): QuarantinedRow | null {
  try {
    running.apply(row.values);
  } catch (thrown) {
    writer.drop();
    services.discard();
    if (chain.onError !== "quarantine" || !isRowError(thrown)) throw placed(thrown, row, running);
    return quarantined(thrown, row, running);
  }
  services.keep();
  try {
    writer.write(row.rowid);
  } catch (thrown) {
    // Not for quarantine: which of two rows with one key is wrong is not known.
    throw placed(thrown, row, running);
  }
  return null;
}

/** How many rows will be read, and the largest rowid of the table. A mistake in `where` shows here. */
function measure(
  db: Sqlite,
  chain: Chain,
  table: Table,
  conditions: readonly string[],
): { readonly total: number; readonly last: bigint | null } {
  const own = quoteName(table.relation ?? table.name);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.map((one) => `(${one}\n)`).join(" AND ")}`;
  try {
    const total = Number(db.prepare(`SELECT count(*) FROM ${own}${where}`).pluck().get());
    if (table.rowidName === null) return { total, last: null };
    const last = db.prepare(`SELECT coalesce(max(${table.rowidName}), 0) FROM ${own}`).pluck().get() as bigint;
    return { total, last };
  } catch (thrown) {
    if (chain.where === null || (thrown as { code?: string }).code !== "SQLITE_ERROR") throw thrown;
    throw new RowhaulError("PLAN_INVALID", `The \`where\` of ${table.name} is refused: ${messageOf(thrown)}.`, {
      place: { table: table.name },
      cause: thrown,
    });
  }
}

function checkOrder({ backwards }: Chain, table: Table): void {
  if (!backwards || table.rowidName !== null || table.primaryKey !== null) return;
  throw new RowhaulError("PLAN_INVALID", `${table.name} has no key by which its rows could be read backwards.`, {
    place: { table: table.name },
    hint: "Keep the first of equal rows, not the last.",
  });
}

function tooMany(table: Table, quarantine: readonly QuarantinedRow[]): RowhaulError {
  const last = quarantine.at(-1);
  return new RowhaulError(
    "TRANSFORM_FAILED",
    `${quarantine.length.toLocaleString("en-US")} rows of ${table.name} are in quarantine, more than a report can hold.`,
    {
      place: { table: table.name, ...(last && { key: last.key }) },
      details: last === undefined ? [] : [last.rule],
      hint: "Correct the step, or select among the rows with `where`: not so many can be meant.",
    },
  );
}
