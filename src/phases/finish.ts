/** Finish: keys, indexes, constraints, identities, views and statistics. Tables go side by side, one table's steps one after another. */

import { count } from "../core/messages/count.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { FinishStep, Plan, TablePlan } from "../core/plan/plan.ts";
import { qualified } from "../core/quote.ts";
import type { Session } from "../core/session.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { sideBySide } from "../system/side-by-side.ts";
import { answersOfKey } from "./answers.ts";
import { type Context, phase } from "./run/context.ts";

export async function finish(context: Context, folder: RunFolder, session: Session): Promise<void> {
  await phase(context, "finish", async () => {
    const { run, plan } = session;
    const done = await context.parts.target.runs.checkpoints(run);
    const steps = planSteps(plan);
    const total = steps.fill.length + steps.tables.flat().length + steps.then.length;
    let finished = 0;
    const item = "keys, indexes, constraints";
    context.emit({ type: "expect", phase: "finish", item, total, done: 0, unit: "steps" });
    const execute = async (step: Step, signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted();
      if (!done.has(`finish/${step.id}`)) await executeStep(session, step, signal);
      finished++;
      context.emit({ type: "progress", phase: "finish", item, done: finished, total, unit: "steps" });
    };
    const { concurrency } = context.settings;
    await sideBySide(steps.tables, concurrency, context.signal, async (own, signal) => {
      for (const step of own) await execute(step, signal);
    });
    await sideBySide(steps.fill, concurrency, context.signal, execute);
    for (const step of steps.then) await execute(step, context.signal);
    await session.setStatus("loaded");
    folder.update({ stage: "loaded" });
    return { result: undefined, summary: `${count(total)} steps` };
  });
}

type Step = {
  readonly id: string;
  readonly sql: string;
  readonly doing: string;
  readonly table: string;
  /** Accept entries, each of which, or all together, make a later run do without this failure. */
  readonly giveUp: readonly string[];
};

/** Indexes before statistics, so that ANALYZE sees expression indexes; foreign keys when every key is there; views last. */
function planSteps(plan: Plan): { fill: Step[]; tables: Step[][]; then: Step[] } {
  const of = (table: TablePlan, step: FinishStep): Step => ({
    id: step.id,
    sql: step.sql,
    doing: `adding ${step.kind} ${step.name} to ${table.source}`,
    table: table.source,
    giveUp: [...answersOfKey(table, step), ...giveUp(table, step)],
  });
  const tables = plan.tables.map((table) => [
    ...table.finish.filter((step) => step.stage === "keys").map((step) => of(table, step)),
    {
      id: `${table.source}/analyze`,
      sql: `ANALYZE ${qualified(plan.target.staging, table.target)}`,
      doing: `analysing ${table.source}`,
      table: table.source,
      giveUp: [],
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
    giveUp: [],
  }));
  return { fill, tables, then: [...references, ...views] };
}

async function executeStep(session: Session, step: Step, signal: AbortSignal): Promise<void> {
  try {
    await session.finish(step, signal);
  } catch (thrown) {
    const known = thrown instanceof RowhaulError && ["CONSTRAINT_VIOLATED", "TARGET_REFUSED"].includes(thrown.code);
    if (!known) throw thrown;
    throw new RowhaulError(thrown.code, thrown.message, {
      place: { table: step.table },
      details: thrown.details,
      paste: step.giveUp.length === 0 ? [] : ["accept:", ...step.giveUp.map((entry) => `  - { ${entry} }`)],
      hint:
        step.giveUp.length === 0
          ? "Correct the rows in the source, or leave them out with `where`; then start over: `rowhaul run <pipeline> --fresh`."
          : "Correct the rows in the source, or go without it by the printed lines in the pipeline file; then start over: `rowhaul run <pipeline> --fresh`.",
      cause: thrown.cause,
    });
  }
}

/** The accept entry that makes a later run go without this object. */
function giveUp(table: TablePlan, step: FinishStep): string[] {
  const name = JSON.stringify(step.name);
  switch (step.kind) {
    case "check":
      return [`code: CHECK_LOST, object: ${JSON.stringify(`${table.source}.${step.name}`)}`];
    case "index":
      return [`code: INDEX_LOST, object: ${name}`];
    case "unique":
      return [`code: UNIQUENESS_LOST, object: ${name}`];
    case "foreign key":
      return [`code: FOREIGN_KEY_LOST, column: ${JSON.stringify(step.place ?? "")}`];
    default:
      return [];
  }
}
