/** Views: that each exists, that every value in it can be read, and that it shows what it shows in the source. */
import type { Plan, ViewPlan } from "../../../core/plan/plan.ts";
import { shorten } from "../../../core/values/render-cell.ts";
import type { Described, Findings } from "../../findings.ts";
import { quoteName } from "../../quote.ts";
import type { Source } from "../../source-reader.ts";
import { amount } from "../../wording.ts";
import type { Target } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import type { Expectations } from "./expectations.ts";
import type { TargetObjects } from "./target-objects.ts";
import { isDeterminate } from "./view-determinism.ts";
import { type Failure, type Reading, readSourceView, readTargetView } from "./view-reading.ts";
import { compareViewRows } from "./view-rows.ts";

type Views = {
  readonly input: ValidatorInput;
  readonly source: Source;
  readonly target: Target;
  readonly objects: TargetObjects;
  readonly expectations: Expectations;
  readonly findings: Findings;
};

export async function checkViews({ input, source, target, objects, expectations, findings }: Views): Promise<void> {
  const { plan, catalog, schema, live } = input;
  // Over a table that holds other rows besides, a view shows those too.
  const among = live !== null && live.into.size > 0;
  const narrowed = among || (await isNarrowed(target, input));
  for (const view of plan.views) {
    if (live !== null && !live.views.has(view.target)) continue;
    const there = objects.views.has(view.target);
    await expectations.expect({
      table: view.source,
      what: `The view ${view.target}`,
      holds: there,
      codes: ["VIEW_LOST"],
      places: [view.source],
    });
    // Another server's views cannot be asked in the snapshot; their text was carried word for word.
    if (!there || catalog.dialect === "postgres") continue;
    input.signal.throwIfAborted();
    const described = await compareView(view, {
      source,
      target,
      schema,
      determinate: !narrowed && isDeterminate(view, plan, catalog),
    });
    // A view that fails in the source too has lost nothing; one over fewer or changed rows may well show others.
    if (described === null) continue;
    if (described.excused || (narrowed && !described.fails)) findings.note(described.finding);
    else await findings.difference(() => described.finding);
  }
  const carried = new Set(plan.views.map((view) => view.source));
  for (const view of catalog.views) {
    await expectations.expect({
      table: view.name,
      what: `The view ${view.name}`,
      holds: carried.has(view.name) || expectations.isLeftOut("view", view.name),
      codes: ["VIEW_LOST"],
      places: [view.name],
    });
  }
}

/** Whether some rows stay behind by selection or quarantine. */
async function isNarrowed(target: Target, { plan, state, run }: ValidatorInput): Promise<boolean> {
  if (selects(plan)) return true;
  const [row] = await target.query(
    `SELECT EXISTS (SELECT 1 FROM ${quoteName(state)}.quarantine WHERE run_id = $1), EXISTS (SELECT 1 FROM ${quoteName(state)}.ledger WHERE run_id = $1)`,
    [run],
  );
  return row?.includes("t") ?? false;
}

function selects(plan: Plan): boolean {
  return plan.tables.some((table) => table.where !== null);
}

type Compared = {
  readonly source: Source;
  readonly target: Target;
  readonly schema: string;
  /** Whether both sides must show the same rows, not only as many. */
  readonly determinate: boolean;
};

type ViewDifference = {
  readonly finding: Described;
  /** The target cannot read the view. */
  readonly fails: boolean;
  /** Nor can the source. */
  readonly excused: boolean;
};

/** Null when nothing differs. */
async function compareView(view: ViewPlan, compared: Compared): Promise<ViewDifference | null> {
  const { source, target, schema } = compared;
  const mine = readSourceView(source, view.source);
  const width = "failure" in mine ? 1 : mine.columns.length;
  const theirs = await readTargetView(target, schema, view.target, width);
  const differs = (finding: Omit<Described, "table">): ViewDifference => ({
    finding: { table: view.source, ...finding },
    fails: "failure" in theirs,
    excused: "failure" in mine,
  });
  if ("failure" in mine || "failure" in theirs || mine.rows !== theirs.rows) {
    return differs({
      source: counted(mine),
      target: counted(theirs),
      message: `The view ${view.source} ${outcome(mine)} in the source and ${outcome(theirs)} in the target.`,
    });
  }
  if (!compared.determinate) return null;
  const at = mine.values.findIndex((values, i) => values !== theirs.values[i]);
  if (at >= 0) {
    const column = mine.columns[at] ?? "";
    return differs({
      column,
      source: amount(mine.values[at] ?? 0n, "value"),
      target: amount(theirs.values[at] ?? 0n, "value"),
      message: `The view ${view.source} shows another number of NULLs in its column ${column}.`,
    });
  }
  if (mine.rows > mostRows) return null;
  const rows = await compareViewRows({ source, target, schema, view, reading: mine });
  if (rows === null) return null;
  return differs({
    source: rows.source,
    target: rows.target,
    message: `The view ${view.source} shows other values: ${amount(rows.missing, "row")} of ${amount(mine.rows, "row")} differ in ${rows.columns.join(", ")}.`,
  });
}

/** Beyond this the rows of a view are counted, with their values, but not compared. */
const mostRows = 200_000n;

function counted(reading: Reading | Failure): string | null {
  return "failure" in reading ? null : amount(reading.rows, "row");
}

function outcome(reading: Reading | Failure): string {
  return "failure" in reading ? `fails (${shorten(reading.failure, 200)})` : `shows ${amount(reading.rows, "row")}`;
}
