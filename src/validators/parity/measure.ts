/**
 * Looks at live tables before rows go in: how many rows there are, and how many of them
 * have a key of the source's, which a merge overwrites. What is there afterwards can then
 * be told from what was.
 */
import type { LiveCount, LiveCounts } from "../../core/live.ts";
import type { TablePlan } from "../../core/plan.ts";
import { collectFindings } from "../findings.ts";
import { openSource } from "../source-reader.ts";
import { type Target, withTarget } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { readAccounts } from "./accounts.ts";
import { countByDigest } from "./buckets.ts";
import { type Comparison, comparisonOf } from "./comparison.ts";
import { fittingColumns } from "./fitting.ts";
import { addFunctions } from "./functions.ts";
import { countByKey } from "./ranges.ts";
import { relationOf } from "./scope.ts";
import { openScratch } from "./scratch.ts";
import { hasOrder } from "./table.ts";

/** To be called in the transaction that holds the locks. */
export async function measureLive(input: ValidatorInput): Promise<LiveCounts> {
  const counts = new Map<string, LiveCount>();
  for (const table of input.plan.tables) {
    const mode = input.live?.into.get(table.target);
    if (mode === undefined) continue;
    const rows = await withTarget(input, (target) => countRows(target, input.schema, table));
    counts.set(table.target, { rows, replaced: mode === "merge" ? await countReplaced(input, table) : 0n });
  }
  return counts;
}

async function countRows(target: Target, schema: string, table: TablePlan): Promise<bigint> {
  const [row] = await target.query(`SELECT count(*) FROM ${await relationOf(target, schema, table.target, "all")}`);
  return BigInt(row?.[0] ?? 0);
}

/** Null where a row's key may be changed or left behind on the way, so that only its arrival tells. */
async function countReplaced(input: ValidatorInput, table: TablePlan): Promise<bigint | null> {
  const source = openSource(input.snapshot);
  const scratch = openScratch();
  try {
    addFunctions(source, input.catalog.encoding);
    return await withTarget(input, async (target) => {
      // What does not fit is found, and said, once the rows are in.
      const findings = collectFindings("parity");
      const fitting = await fittingColumns({ target, findings }, table, input.schema, true);
      if (fitting === null) return null;
      const accounts = await readAccounts({ target, scratch, table, findings }, input);
      if (accounts.quarantined > 0 || keyIsTreated(table)) return null;
      const comparison: Comparison = comparisonOf(
        {
          ...{ table, source, scratch, target, findings, accounts, extras: findings, generates: false },
          ...{ catalog: input.catalog, signal: input.signal, tally: { changed: 0, quarantined: 0 }, scope: "among" },
          into: await relationOf(target, input.schema, table.target, "among"),
          advance: () => {},
        },
        fitting.columns,
        fitting.types,
      );
      return (await hasOrder(comparison, input.schema)) ? countByKey(comparison) : countByDigest(comparison);
    });
  } finally {
    scratch.close();
    source.close();
  }
}

function keyIsTreated({ key, columns }: TablePlan): boolean {
  return columns.some(({ source, rules }) => key.columns.includes(source) && rules.length > 0);
}
