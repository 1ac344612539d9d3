/** Load: units of rows into the staging schema, each with its checkpoint in the same transaction. */

import pLimit from "p-limit";
import type { Catalog } from "../core/catalog.ts";
import { count } from "../core/count.ts";
import type { LedgerEntry, QuarantinedRow } from "../core/ledger.ts";
import type { Plan, TablePlan } from "../core/plan.ts";
import type { FrozenSource, Held, UnitRows } from "../core/ports.ts";
import type { Unit, UnitPart } from "../core/unit.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { cellRules } from "../transforms/cell-rules.ts";
import { through } from "../transforms/stage.ts";
import { type Context, phase } from "./context.ts";

export async function load(context: Context, folder: RunFolder, plan: Plan, held: Held): Promise<void> {
  await phase(context, "load", async () => {
    const { source, target } = context.parts;
    const record = folder.record;
    const frozen = source.open(record.snapshot?.path ?? folder.snapshotPath);
    try {
      const done = await target.runs.checkpoints(record.id);
      const progress = tableProgress(context, plan, done);
      const waiting = plan.units.filter((unit) => !done.has(`load/${unit.id}`));
      const loaded = await allUnits(context, waiting, (unit, signal) =>
        target.loader.unit(held, record.id, plan, unit.id, unitRows(unit, plan, frozen, folder.catalog), {
          progress,
          signal,
        }),
      );
      finishProgress(context, plan);
      const before = plan.units.length - waiting.length;
      const summary = `${count(loaded)} rows${before > 0 ? `, ${count(before)} of ${count(plan.units.length)} units were there already` : ""}`;
      return { result: undefined, summary };
    } finally {
      frozen.close();
    }
  });
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

function* unitRows(unit: Unit, plan: Plan, frozen: FrozenSource, catalog: Catalog): Generator<UnitRows> {
  for (const part of unit.parts) {
    const table = plan.tables.find((candidate) => candidate.source === part.table);
    if (table !== undefined) yield partRows(table, part, frozen, catalog);
  }
}

function partRows(table: TablePlan, part: UnitPart, frozen: FrozenSource, catalog: Catalog): UnitRows {
  const ledger: LedgerEntry[] = [];
  const quarantine: QuarantinedRow[] = [];
  const ruled = table.columns.some((column) => column.rules.length > 0);
  // Further stages, such as a pipeline's transforms, take their place in this list.
  const stages = ruled
    ? [cellRules(table, { ledger: (entry) => ledger.push(entry), quarantine: (row) => quarantine.push(row) })]
    : [];
  return { table, batches: through(stages, frozen.rows(table, part, catalog)), ledger, quarantine };
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
