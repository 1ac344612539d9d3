/**
 * Looks at live tables before rows go in: which rows there are, and which of them have a
 * key of the source's, so that a merge overwrites them. What is there afterwards can then
 * be told from what was.
 */
import type { LiveCount, LiveCounts } from "../../../core/plan/live.ts";
import type { TablePlan } from "../../../core/plan/plan.ts";
import { withTarget } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { overlapOf } from "./overlap.ts";
import { relationOf, versionsOf } from "./scope.ts";

/** To be called in the transaction that holds the locks. */
export async function measureLive(input: ValidatorInput): Promise<LiveCounts> {
  const counts = new Map<string, LiveCount>();
  for (const table of input.plan.tables)
    if (input.live?.into.has(table.target)) counts.set(table.target, await measure(input, table));
  return counts;
}

async function measure(input: ValidatorInput, table: TablePlan): Promise<LiveCount> {
  const { rows, versions } = await withTarget(input, async (target) =>
    versionsOf(target, await relationOf(target, input.schema, table.target, "all")),
  );
  switch (input.live?.into.get(table.target)) {
    case "append":
    case "skip":
      return { rows, replaced: 0n, others: versions };
    case "merge": {
      const overlap = await overlapOf(input, table);
      return { rows, replaced: overlap?.rows ?? null, others: overlap === null ? null : versions - overlap.versions };
    }
    default:
      return { rows, replaced: 0n, others: null };
  }
}
