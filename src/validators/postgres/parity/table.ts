/**
 * Compares one table. Each table has connections and a scratch database of its
 * own, so that two can be under way at once and a failed one leaves nothing.
 */
import { targetRule, targetRules } from "../../../core/plan/live.ts";
import type { TablePlan } from "../../../core/plan/plan.ts";
import { collectFindings, type Findings } from "../../findings.ts";
import { openSource, type Source } from "../../source-reader.ts";
import { type Target, withTarget } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { readAccounts } from "./accounts.ts";
import { arrivingRows } from "./arriving/arriving.ts";
import { compareByBucket } from "./buckets.ts";
import { comparisonOf } from "./comparison.ts";
import { fittingColumns } from "./fitting.ts";
import { addFunctions } from "./functions.ts";
import { hasOrder } from "./order.ts";
import { checkOthers } from "./overlap.ts";
import { compareByRange } from "./ranges.ts";
import { relationOf, type Scope, scopeOf } from "./scope.ts";
import { openScratch, type Scratch } from "./scratch.ts";

export type TableOutcome = {
  readonly rows: number;
  readonly cells: number;
  readonly changed: number;
  readonly quarantined: number;
};

export async function compareTable(input: ValidatorInput, table: TablePlan, findings: Findings): Promise<TableOutcome> {
  const mode = input.live?.into.get(table.target);
  const scope = scopeOf(mode, input.live?.inside != null);
  if (scope === "written") await checkOthers(input, table, findings);
  if (scope !== "written" || mode !== "merge") return pass(input, table, scope, { findings, extras: findings });
  // A trigger may keep a row from being written that is there already as it should be: then all of ours are looked for by key.
  const first = collectFindings("parity");
  const outcome = await pass(input, table, scope, { findings: first, extras: findings });
  return first.differences === 0 ? outcome : pass(input, table, "among", { findings, extras: findings });
}

type Found = { readonly findings: Findings; readonly extras: Findings };

async function pass(input: ValidatorInput, table: TablePlan, scope: Scope, found: Found): Promise<TableOutcome> {
  input.signal.throwIfAborted();
  const source = openSource(input.snapshot);
  const scratch = openScratch();
  try {
    addFunctions(source, input.catalog.encoding);
    const outcome = await withTarget(input, (target) =>
      compare(input, table, { source, scratch, target, ...found }, scope),
    );
    if (found.findings.differences === 0) await accountGenerated(input, table, scratch);
    return outcome;
  } finally {
    scratch.close();
    source.close();
  }
}

type Opened = { source: Source; scratch: Scratch; target: Target } & Found;

async function compare(input: ValidatorInput, table: TablePlan, opened: Opened, scope: Scope): Promise<TableOutcome> {
  const { catalog, signal, schema, live } = input;
  const tally = { changed: 0, quarantined: 0 };
  const mode = live?.into.get(table.target);
  const fitting = await fittingColumns(opened, table, schema, mode !== undefined);
  if (fitting === null) return { rows: 0, cells: 0, ...tally };
  const accounts = await readAccounts({ ...opened, table }, input);
  const arriving = await arrivingRows(opened, input, table, "after");
  tally.quarantined += arriving?.left ?? 0;
  const progress = reporter(input, table);
  const into = await relationOf(opened.target, schema, table.target, scope);
  const generates = live?.inside != null && mode !== undefined;
  const parts = {
    ...opened,
    table,
    catalog,
    accounts,
    tally,
    signal,
    scope,
    into,
    generates,
    arriving,
    advance: progress.advance,
  };
  const comparison = comparisonOf(parts, fitting.columns, fitting.types);
  await ((await hasOrder(comparison, schema)) ? compareByRange(comparison) : compareByBucket(comparison));
  await accounts.reportUnticked();
  return { rows: progress.rows(), cells: progress.rows() * fitting.columns.length, ...tally };
}

/** What the live table generates otherwise than the source had it, for the ledger. */
async function accountGenerated({ live }: ValidatorInput, table: TablePlan, scratch: Scratch): Promise<void> {
  if (live?.inside == null) return;
  for (let cells = scratch.takeGenerated(1000); cells.length > 0; cells = scratch.takeGenerated(1000))
    await live.inside.account(
      cells.map(({ key, col, before, after }) => ({
        table: table.source,
        key,
        column: col,
        before,
        after,
        rule: ruleOf(table, col),
      })),
    );
}

function ruleOf(table: TablePlan, source: string): string {
  const column = table.columns.find((one) => one.source === source);
  return (column === undefined ? null : targetRule(column)) ?? targetRules[0];
}

/** Progress of one table. */
export function reporter(
  { emit, live }: ValidatorInput,
  table: TablePlan,
): { advance: (rows: number) => void; rows: () => number } {
  const phase = live?.inside == null ? "validate" : "cutover";
  const common = { phase, item: table.source, total: table.rows, unit: "rows" } as const;
  emit({ type: "expect", ...common, done: 0 });
  let done = 0;
  return {
    advance(rows) {
      done += rows;
      emit({ type: "progress", ...common, done });
    },
    rows: () => done,
  };
}
