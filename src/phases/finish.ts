/** Finish: keys, indexes, constraints, identities, views and statistics. Tables go side by side, one table's steps one after another. */

import pLimit from "p-limit";
import { count } from "../core/messages/count.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { FinishStep, Plan, TablePlan } from "../core/plan/plan.ts";
import type { Held } from "../core/ports.ts";
import { qualified } from "../core/quote.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { type Context, phase } from "./context.ts";

export async function finish(context: Context, folder: RunFolder, plan: Plan, held: Held): Promise<void> {
  await phase(context, "finish", async () => {
    const run = folder.record.id;
    const done = await context.parts.target.runs.checkpoints(run);
    const steps = planSteps(plan);
    const total = steps.fill.length + steps.tables.flat().length + steps.then.length;
    let finished = 0;
    const item = "keys, indexes, constraints";
    context.emit({ type: "expect", phase: "finish", item, total, done: 0, unit: "steps" });
    const execute = async (step: Step): Promise<void> => {
      context.signal.throwIfAborted();
      if (!done.has(`finish/${step.id}`)) await executeStep(context, held, run, step);
      finished++;
      context.emit({ type: "progress", phase: "finish", item, done: finished, total, unit: "steps" });
    };
    const sideBySide = async (groups: readonly (readonly Step[])[]): Promise<void> => {
      const limit = pLimit(context.settings.concurrency);
      const results = await Promise.allSettled(
        groups.map((own) =>
          limit(async () => {
            for (const step of own) await execute(step);
          }),
        ),
      );
      const failure = results.find((result) => result.status === "rejected");
      if (failure?.status === "rejected") throw failure.reason;
    };
    await sideBySide(steps.tables);
    await sideBySide(steps.fill.map((step) => [step]));
    for (const step of steps.then) await execute(step);
    await context.parts.target.runs.setStatus(run, "loaded");
    folder.update({ stage: "loaded" });
    return { result: undefined, summary: `${count(total)} steps` };
  });
}

type Step = {
  readonly id: string;
  readonly sql: string;
  readonly doing: string;
  readonly table: string;
  readonly giveUp: string | null;
};

/** Indexes before statistics, so that ANALYZE sees expression indexes; foreign keys when every key is there; views last. */
function planSteps(plan: Plan): { fill: Step[]; tables: Step[][]; then: Step[] } {
  const of = (table: TablePlan, step: FinishStep): Step => ({
    id: step.id,
    sql: step.sql,
    doing: `adding ${step.kind} ${step.name} to ${table.source}`,
    table: table.source,
    giveUp: giveUp(table, step),
  });
  const tables = plan.tables.map((table) => [
    ...table.finish.filter((step) => step.stage === "keys").map((step) => of(table, step)),
    {
      id: `${table.source}/analyze`,
      sql: `ANALYZE ${qualified(plan.target.staging, table.target)}`,
      doing: `analysing ${table.source}`,
      table: table.source,
      giveUp: null,
    },
  ]);
  const fill = plan.tables.flatMap((table) =>
    table.finish.filter((step) => step.stage === "fill").map((step) => of(table, step)),
  );
  const references = plan.tables.flatMap((table) =>
    table.finish.filter((step) => step.stage === "references").map((step) => of(table, step)),
  );
  const views = plan.views.map((view) => ({
    id: `view/${view.source}`,
    sql: view.sql,
    doing: `creating view ${view.source}`,
    table: view.source,
    giveUp: null,
  }));
  return { fill, tables, then: [...references, ...views] };
}

async function executeStep(context: Context, held: Held, run: string, step: Step): Promise<void> {
  try {
    await context.parts.target.loader.finish(held, run, step.id, step.sql, step.doing);
  } catch (thrown) {
    const known = thrown instanceof RowhaulError && ["CONSTRAINT_VIOLATED", "TARGET_REFUSED"].includes(thrown.code);
    if (!known) throw thrown;
    throw new RowhaulError(thrown.code, thrown.message, {
      place: { table: step.table },
      details: thrown.details,
      paste: step.giveUp === null ? [] : ["accept:", `  - { ${step.giveUp} }`],
      hint:
        step.giveUp === null
          ? "Correct the rows in the source, or leave them out with `where`; then start over: `rowhaul run <pipeline> --fresh`."
          : "Correct the rows in the source, or go without it by the printed lines in the pipeline file; then start over: `rowhaul run <pipeline> --fresh`.",
      cause: thrown.cause,
    });
  }
}

/** The accept entry that makes a later run go without this object. */
function giveUp(table: TablePlan, step: FinishStep): string | null {
  const name = JSON.stringify(step.name);
  switch (step.kind) {
    case "check":
      return `code: CHECK_LOST, object: ${JSON.stringify(`${table.source}.${step.name}`)}`;
    case "index":
      return `code: INDEX_LOST, object: ${name}`;
    case "unique":
      return `code: UNIQUENESS_LOST, object: ${name}`;
    case "foreign key":
      return `code: FOREIGN_KEY_LOST, column: ${JSON.stringify(step.place ?? "")}`;
    default:
      return null;
  }
}
