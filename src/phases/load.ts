/** Load: units of rows into the staging schema, each with its checkpoint in the same transaction. */

import { rmSync } from "node:fs";
import pLimit from "p-limit";
import { count } from "../core/messages/count.ts";
import type { LedgerEntry, QuarantinedRow } from "../core/plan/ledger.ts";
import type { Plan, TablePlan } from "../core/plan/plan.ts";
import { isRuled } from "../core/plan/ruled.ts";
import type { Unit, UnitPart } from "../core/plan/unit.ts";
import type { FrozenSource, Held, UnitRows } from "../core/ports.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { cellRules } from "../transforms/cells/cell-rules.ts";
import { through } from "../transforms/cells/stage.ts";
import { type Context, phase } from "./context.ts";

export async function load(context: Context, folder: RunFolder, plan: Plan, held: Held): Promise<void> {
  await phase(context, "load", async () => {
    const { source, target } = context.parts;
    const record = folder.record;
    const frozen = source.open(folder.dataPath);
    try {
      const done = await target.runs.checkpoints(record.id);
      // Rows that the transforms put in quarantine come in with the first unit, whatever its tables.
      const early = (unit: Unit): readonly QuarantinedRow[] =>
        unit === plan.units[0] ? (folder.transforms?.quarantine ?? []) : [];
      const progress = tableProgress(context, plan, done);
      const waiting = plan.units.filter((unit) => !done.has(`load/${unit.id}`));
      const { catalog } = folder;
      const copied = copySearch(context, folder, plan, waiting);
      // Another unit may fail before any waits for it.
      copied.catch(() => {});
      const loaded = await allUnits(context, waiting, async (unit, signal) => {
        if (copiedTables(plan, [unit]).length > 0) await copied;
        const rows = unitRows(unit, plan, frozen, catalog, folder.searchPath, early(unit));
        return target.loader.unit(held, record.id, plan, unit.id, rows, { progress, signal });
      });
      finishProgress(context, plan);
      // Every vector is in the target now.
      rmSync(folder.searchPath, { force: true });
      const before = plan.units.length - waiting.length;
      const summary = `${count(loaded)} rows${before > 0 ? `, ${count(before)} of ${count(plan.units.length)} units were there already` : ""}`;
      return { result: undefined, summary };
    } finally {
      frozen.close();
    }
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

/** One failure aborts its siblings, so that nobody writes on after the run has stopped; the first error is thrown. */
async function allUnits(
  context: Context,
  units: readonly Unit[],
  load: (unit: Unit, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const limit = pLimit(context.settings.concurrency);
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  let first: { error: unknown } | null = null;
  const results = await Promise.allSettled(
    units.map((unit) =>
      limit(async () => {
        try {
          signal.throwIfAborted();
          return await load(unit, signal);
        } catch (error) {
          first ??= { error };
          failed.abort(error);
          throw error;
        }
      }),
    ),
  );
  if (first !== null) throw (first as { error: unknown }).error;
  return results.reduce((sum, result) => sum + (result.status === "fulfilled" ? result.value : 0), 0);
}

function* unitRows(
  unit: Unit,
  plan: Plan,
  frozen: FrozenSource,
  catalog: Catalog,
  copied: string,
  early: readonly QuarantinedRow[],
): Generator<UnitRows> {
  for (const [position, part] of unit.parts.entries()) {
    const table = plan.tables.find((candidate) => candidate.source === part.table);
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
  return { table, part, snapshot: frozen.path, batches, ledger, quarantine, positions };
}

/** A table with rows in quarantine never reaches its number; its work is done all the same. */
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
