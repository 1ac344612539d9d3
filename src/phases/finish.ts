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
    let done = await context.parts.target.runs.checkpoints(run);
    const steps = planSteps(plan);
    const total = steps.fill.length + [...steps.tables, ...steps.references].flat().length + steps.views.length;
    let finished = 0;
    const item = "keys, indexes, constraints";
    context.emit({ type: "expect", phase: "finish", item, total, done: 0, unit: "steps" });
    const advance = (by: number): void => {
      finished += by;
      context.emit({ type: "progress", phase: "finish", item, done: finished, total, unit: "steps" });
    };
    const execute = async (step: Step, signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted();
      if (!isDone(done, step)) await executeStep(session, step, signal);
      advance(1);
    };
    const executeGroup = async ({ own, shared }: Group, signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted();
      if (shared) {
        const waiting = own.filter((step) => !isDone(done, step));
        if (waiting.length === 0 || (await finishedTogether(session, waiting, signal))) return advance(own.length);
        // One of them fails: by itself it says which.
        done = await context.parts.target.runs.checkpoints(run);
      }
      for (const step of own) await execute(step, signal);
    };
    const { concurrency } = context.settings;
    await sideBySide(grouped(plan, steps.tables), concurrency, context.signal, executeGroup);
    await sideBySide(steps.fill, concurrency, context.signal, execute);
    for (const own of grouped(plan, steps.references)) await executeGroup(own, context.signal);
    for (const step of steps.views) await execute(step, context.signal);
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
function planSteps(plan: Plan): { fill: Step[]; tables: Step[][]; references: Step[][]; views: Step[] } {
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
  const references = plan.tables.map((table) =>
    table.finish.filter((step) => step.stage === "references").map((step) => of(table, step)),
  );
  const views = plan.views.map((view) => ({
    id: `view/${view.source}`,
    sql: view.sql,
    doing: `creating view ${view.source}`,
    table: view.source,
    giveUp: [],
  }));
  return { fill, tables, references, views };
}

/** One table's steps, or those of several tables that share a transaction. */
type Group = { readonly own: readonly Step[]; readonly shared: boolean };

function isDone(done: ReadonlyMap<string, number>, step: Step): boolean {
  return done.has(`finish/${step.id}`);
}

/** Steps to a transaction: with more, a server would hold too many locks at once. */
const together = 60;

/**
 * Small tables share a transaction, as they did when they were loaded: a step of theirs takes less time than a transaction.
 * `own`: of each table of the plan.
 */
function grouped(plan: Plan, own: readonly (readonly Step[])[]): Group[] {
  const shared = new Set(plan.units.flatMap(({ parts }) => (parts.length > 1 ? parts.map(({ table }) => table) : [])));
  const groups: Group[] = [];
  let group: Step[] = [];
  for (const [i, table] of plan.tables.entries()) {
    const steps = own[i] ?? [];
    if (!shared.has(table.source)) {
      if (steps.length > 0) groups.push({ own: steps, shared: false });
      continue;
    }
    group.push(...steps);
    if (group.length < together) continue;
    groups.push({ own: group, shared: true });
    group = [];
  }
  return group.length === 0 ? groups : [...groups, { own: group, shared: true }];
}

/** False where they were not, for a reason that the steps by themselves tell better. */
async function finishedTogether(session: Session, steps: readonly Step[], signal: AbortSignal): Promise<boolean> {
  try {
    await session.finishTogether(steps, signal);
    return true;
  } catch (thrown) {
    const known = thrown instanceof RowhaulError && ["CONSTRAINT_VIOLATED", "TARGET_REFUSED"].includes(thrown.code);
    if (!known) throw thrown;
    return false;
  }
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
  const name = JSON.stringify(step.place ?? step.name);
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
