/** A table's steps, made into a chain that the engine can run. Every mistake of every step is reported at once. */
import { z } from "zod";
import { RowhaulError } from "../core/messages/errors.ts";
import { nearest } from "../core/messages/nearest.ts";
import type { Chain, Step } from "../core/plan/transform.ts";
import type { Catalog, Table } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";
import type { TransformStep } from "../core/settings.ts";
import type { OutputShape, StepContext, StepDraft, Transform } from "./definition.ts";
import type { LoadedFunction } from "./functions/load-functions.ts";
import { transformNamed, transforms } from "./registry.ts";
import { shapeOf } from "./source-shape.ts";

export type ChainSettings = {
  readonly where: string | null;
  readonly steps: readonly TransformStep[];
  readonly onError: "fail" | "quarantine";
};

export type CompileContext = {
  readonly catalog: Catalog;
  readonly env: NodeJS.ProcessEnv;
  /** By path as the step gives it: see `functionPaths` and `loadFunctions`. */
  readonly functions: ReadonlyMap<string, LoadedFunction>;
};

/** A chain that still knows the keys of the tables it makes, for `reshapedCatalog`. */
export type CompiledChain = Chain & {
  readonly outputs: readonly [OutputShape, ...OutputShape[]];
  /** Source columns that a step drops as the pipeline says: what depends on them goes with them. */
  readonly dropped: readonly string[];
};

/** Throws PLAN_INVALID. */
export function compileChain(table: Table, settings: ChainSettings, context: CompileContext): CompiledChain {
  const problems: string[] = [];
  const steps: Step[] = [];
  const finished: OutputShape[] = [];
  const orders = new Set<"first" | "last">();
  const dropped: string[] = [];
  let shape: OutputShape = shapeOf(table);
  let shared = false;
  if (table.fullText !== undefined)
    problems.push("a full-text table has no steps; give them to the table of its texts");
  for (const [i, { use, options }] of settings.steps.entries()) {
    const transform = transformNamed(use);
    const problem = (message: string): void => void problems.push(`step ${i + 1} (${use}): ${message}`);
    if (transform === undefined) {
      const known = transforms.map(({ name }) => name);
      const meant = nearest(use, known);
      problem(meant === null ? `there is no such transform; ${known.join(", ")}` : `did you mean ${meant}?`);
      continue;
    }
    if (shared) problem("nothing can follow unify: its rows are in a table they share with others");
    const draft = compileStep(transform, options, shape, { ...context, key: keyNow(table, shape), problem });
    if (draft === null) continue;
    if (draft.order !== undefined) orders.add(draft.order);
    shared ||= draft.shared === true;
    steps.push(stepFrom(transform, draft));
    finished.push(...draft.outputs.slice(1));
    if (draft.drops === true)
      dropped.push(...origins(shape).filter((name) => !origins(draft.outputs[0]).includes(name)));
    shape = draft.outputs[0];
  }
  if (orders.size > 1) problems.push("two dedupe steps keep the first and the last; rows are read in one order");
  const outputs: [OutputShape, ...OutputShape[]] = [shape, ...finished];
  problems.push(...clashes(table, outputs, context.catalog, shared));
  if (problems.length > 0) throw invalid(table, problems);
  const { where, onError } = settings;
  return { table: table.name, where, backwards: orders.has("last"), onError, steps, outputs, shared, dropped };
}

function origins({ columns }: OutputShape): string[] {
  return columns.flatMap(({ origin }) => origin ?? []);
}

/** Null when there is no step to go on with. */
function compileStep(
  transform: Transform,
  options: unknown,
  shape: OutputShape,
  context: StepContext,
): StepDraft | null {
  try {
    const draft = transform.compile(options, shape, context);
    for (const [i, { table, columns }] of draft.outputs.entries())
      for (const { name } of columns.filter(isSecond))
        context.problem(i === 0 ? `there are two columns ${name} after it` : `${table} would have two columns ${name}`);
    return draft;
  } catch (thrown) {
    if (!(thrown instanceof z.ZodError)) throw thrown;
    for (const issue of thrown.issues)
      context.problem(`${issue.path.length === 0 ? "" : `${issue.path.join(".")}: `}${issue.message}`);
    return null;
  }
}

/** PostgreSQL tells names apart by case; SQLite, and this, do not. */
function isSecond({ name }: { readonly name: string }, at: number, all: readonly { readonly name: string }[]): boolean {
  return all.slice(0, at).some((other) => sameName(other.name, name));
}

function stepFrom(transform: Transform, draft: StepDraft): Step {
  return {
    label: draft.on === "" ? transform.name : `${transform.name} ${draft.on}`,
    outputs: draft.outputs,
    rowForRow: draft.rowForRow,
    undo: draft.undo ?? transform.undo,
    parity: draft.parity ?? transform.parity,
    start: draft.start,
  };
}

/** The source table's key by the names its columns have now; empty once one is gone or changed. */
function keyNow(table: Table, shape: OutputShape): string[] {
  const names = (table.primaryKey ?? []).map((column) =>
    shape.columns.find(({ origin, changed }) => origin !== null && !changed && sameName(origin, column)),
  );
  return names.every((found) => found !== undefined) ? names.map((found) => found?.name ?? "") : [];
}

/** Names of tables, of which only a shared one may be made twice. */
function clashes(_table: Table, outputs: readonly OutputShape[], catalog: Catalog, shared: boolean): string[] {
  return outputs.flatMap((output, i) => {
    if (outputs.slice(0, i).some((other) => sameName(other.table, output.table)))
      return [`two steps make the table ${output.table}`];
    if (i === 0 && !shared) return [];
    const taken = catalog.tables.some((other) => sameName(other.name, output.table));
    return taken ? [`there is a table ${output.table} already`] : [];
  });
}

function invalid(table: Table, problems: readonly string[]): RowhaulError {
  const [only] = problems;
  return problems.length === 1
    ? new RowhaulError("PLAN_INVALID", `${table.name}: ${only}.`, { place: { table: table.name } })
    : new RowhaulError("PLAN_INVALID", `The steps of ${table.name} have ${problems.length} mistakes:`, {
        place: { table: table.name },
        details: problems,
      });
}
