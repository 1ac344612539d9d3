/** Load: units of rows into the staging schema, each with its checkpoint in the same transaction. */

import { rmSync } from "node:fs";
import { count } from "../core/messages/count.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { LedgerEntry, QuarantinedRow } from "../core/plan/ledger.ts";
import type { Plan, TablePlan } from "../core/plan/plan.ts";
import { isRuled } from "../core/plan/ruled.ts";
import type { Unit, UnitPart } from "../core/plan/unit.ts";
import type { FrozenSource } from "../core/ports.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import type { Session, UnitRows } from "../core/session.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { sideBySide } from "../system/side-by-side.ts";
import { cellRules } from "../transforms/cells/cell-rules.ts";
import { through } from "../transforms/cells/stage.ts";
import { answersOfLoad } from "./answers.ts";
import { type Context, phase } from "./run/context.ts";

export async function load(context: Context, folder: RunFolder, session: Session): Promise<void> {
  await phase(context, "load", async () => {
    const { source, target } = context.parts;
    const { run, plan } = session;
    const frozen = source.open(folder.dataPath);
    try {
      const done = await target.runs.checkpoints(run);
      // Rows that the transforms put in quarantine come in with the first unit, whatever its tables.
      const early = (unit: Unit): readonly QuarantinedRow[] =>
        unit === plan.units[0] ? (folder.transforms?.quarantine ?? []) : [];
      const progress = tableProgress(context, plan, done);
      const waiting = plan.units.filter((unit) => !done.has(`load/${unit.id}`));
      const { catalog } = folder;
      const copied = copySearch(context, folder, plan, waiting);
      // Another unit may fail before any waits for it.
      copied.catch(() => {});
      const { concurrency } = context.settings;
      const loaded = await sideBySide(waiting, concurrency, context.signal, async (unit, signal) => {
        if (copiedTables(plan, [unit]).length > 0) await copied;
        const rows = unitRows(unit, plan, frozen, catalog, folder.searchPath, early(unit));
        return session.loadUnit(unit.id, rows, { progress, signal }).catch((thrown: unknown) => {
          throw withAnswers(thrown, unit, plan);
        });
      });
      finishProgress(context, plan);
      // Every vector is in the target now.
      rmSync(folder.searchPath, { force: true });
      const before = plan.units.length - waiting.length;
      const arrived = loaded.reduce((sum, rows) => sum + rows, 0);
      const summary = `${count(arrived)} rows${before > 0 ? `, ${count(before)} of ${count(plan.units.length)} units were there already` : ""}`;
      return { result: undefined, summary };
    } finally {
      frozen.close();
    }
  });
}

/** A row that the target cannot compute a column of can go without the computing. */
function withAnswers(thrown: unknown, unit: Unit, plan: Plan): unknown {
  if (!(thrown instanceof RowhaulError) || thrown.code !== "TARGET_REFUSED") return thrown;
  const paste = answersOfLoad(plan.tables.filter(({ source }) => unit.parts.some(({ table }) => table === source)));
  if (paste.length === 0 || thrown.paste.length > 0) return thrown;
  const { code, message, place, details, cause } = thrown;
  return new RowhaulError(code, message, {
    place,
    details,
    cause,
    paste,
    hint: "Carry the computed values as they are by the printed lines in the pipeline file, or correct the source; then start over: `rowhaul run <pipeline> --fresh`.",
  });
}

/** Goes on beside the other tables' load; its units come last. */
async function copySearch(context: Context, folder: RunFolder, plan: Plan, waiting: readonly Unit[]): Promise<void> {
  const tables = copiedTables(plan, waiting);
  if (tables.length === 0) return;
  const snapshot = folder.dataPath;
  const { emit, signal } = context;
  const made = context.parts.copySearch({
    snapshot,
    copied: folder.searchPath,
    // All of them, so that a resumed run finds the file complete.
    tables: copiedTables(plan, plan.units),
    signal,
  });
  emit({ type: "notice", level: "info", message: `Copying the full-text index of ${listed(tables)} …` });
  await made;
}

function copiedTables(plan: Plan, units: readonly Unit[]): TablePlan[] {
  const names = new Set(units.flatMap((unit) => unit.parts.map((part) => part.table)));
  return plan.tables.filter((table) => table.fullText?.build === "copy" && names.has(table.source));
}

function listed(tables: readonly TablePlan[]): string {
  return tables.map((table) => table.source).join(", ");
}

function* unitRows(
  unit: Unit,
  plan: Plan,
  frozen: FrozenSource,
  catalog: Catalog,
  copied: string,
  early: readonly QuarantinedRow[],
): Generator<UnitRows> {
  const tables = new Map(plan.tables.map((table) => [table.source, table]));
  for (const [position, part] of unit.parts.entries()) {
    const table = tables.get(part.table);
    if (table !== undefined) yield partRows(table, part, frozen, catalog, copied, position === 0 ? early : []);
  }
}

function partRows(
  table: TablePlan,
  part: UnitPart,
  frozen: FrozenSource,
  catalog: Catalog,
  copied: string,
  early: readonly QuarantinedRow[],
): UnitRows {
  const ledger: LedgerEntry[] = [];
  const quarantine: QuarantinedRow[] = [...early];
  const ruled = table.columns.some(isRuled);
  // Further stages, such as a pipeline's transforms, take their place in this list.
  const stages = ruled
    ? [cellRules(table, { ledger: (entry) => ledger.push(entry), quarantine: (row) => quarantine.push(row) })]
    : [];
  const batches = through(stages, frozen.rows(table, part, catalog, copied));
  const positions = table.fullText?.build === "copy" ? frozen.positions(table, part, copied) : [];
  const rows = { table, part, snapshot: frozen.path, batches, ledger, quarantine, positions };
  return table.viaSqlite === null ? { ...rows, stored: () => frozen.stored(table, part, catalog) } : rows;
}

/** A table with rows in quarantine never reaches its expected number, but its load is complete. */
function finishProgress({ emit }: Context, plan: Plan): void {
  for (const table of plan.tables) {
    if (table.columns.every((column) => column.rules.every((rule) => rule.then !== "quarantine"))) continue;
    emit({ type: "progress", phase: "load", item: table.source, done: table.rows, total: table.rows, unit: "rows" });
  }
}

function tableProgress(
  context: Context,
  plan: Plan,
  done: ReadonlyMap<string, number>,
): (table: TablePlan, rows: number) => void {
  const counts = new Map<string, number>();
  for (const unit of plan.units) {
    for (const part of unit.parts)
      if (done.has(`load/${unit.id}`)) counts.set(part.table, (counts.get(part.table) ?? 0) + part.rows);
  }
  for (const table of plan.tables) {
    context.emit({
      type: "expect",
      phase: "load",
      item: table.source,
      total: table.rows,
      done: counts.get(table.source) ?? 0,
      unit: "rows",
    });
  }
  return (table, rows) => {
    const now = (counts.get(table.source) ?? 0) + rows;
    counts.set(table.source, now);
    context.emit({ type: "progress", phase: "load", item: table.source, done: now, total: table.rows, unit: "rows" });
  };
}
