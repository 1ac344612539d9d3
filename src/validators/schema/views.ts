/** Views: that each exists, and that it shows as many rows as in the source. */
import type { Plan } from "../../core/plan.ts";
import type { Findings } from "../findings.ts";
import { name } from "../quote.ts";
import type { Source } from "../source-reader.ts";
import type { Target } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { amount } from "../wording.ts";
import type { Expectations } from "./expectations.ts";
import type { TargetObjects } from "./target-objects.ts";

type Views = {
  readonly input: ValidatorInput;
  readonly source: Source;
  readonly target: Target;
  readonly objects: TargetObjects;
  readonly expectations: Expectations;
  readonly findings: Findings;
};

export async function checkViews({ input, source, target, objects, expectations, findings }: Views): Promise<void> {
  const { plan, catalog, schema } = input;
  const narrowed = await isNarrowed(target, input);
  for (const view of plan.views) {
    const there = objects.views.has(view.target);
    await expectations.expect({
      table: view.source,
      what: `The view ${view.target}`,
      holds: there,
      codes: ["VIEW_LOST"],
      places: [view.source],
    });
    if (!there) continue;
    input.signal.throwIfAborted();
    const mine = countSource(source, view.source);
    const theirs = await target.attempt(`SELECT count(*) FROM ${name(schema)}.${name(view.target)}`, []);
    const other = theirs?.[0]?.[0] == null ? null : BigInt(theirs[0][0]);
    if (mine !== null && mine === other) continue;
    const described = {
      table: view.source,
      source: mine === null ? null : amount(mine, "row"),
      target: other === null ? null : amount(other, "row"),
      message: `The view ${view.source} ${outcome(mine)} in the source and ${outcome(other)} in the target.`,
    };
    // A view that fails in the source too has lost nothing; one over fewer rows may well show fewer.
    if (mine === null || (narrowed && other !== null)) findings.note(described);
    else await findings.difference(() => described);
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
    `SELECT EXISTS (SELECT 1 FROM ${name(state)}.quarantine WHERE run_id = $1), EXISTS (SELECT 1 FROM ${name(state)}.ledger WHERE run_id = $1)`,
    [run],
  );
  return row?.includes("t") ?? false;
}

function selects(plan: Plan): boolean {
  return plan.tables.some((table) => table.where !== null);
}

/** Null when SQLite itself cannot run the view. */
function countSource(source: Source, view: string): bigint | null {
  try {
    return (
      source
        .prepare<[], bigint>(`SELECT count(*) FROM main.${name(view)}`)
        .pluck()
        .get() ?? null
    );
  } catch {
    return null;
  }
}

function outcome(rows: bigint | null): string {
  return rows === null ? "fails" : `shows ${amount(rows, "row")}`;
}
