/** Rows of a live table that have a key of the source's, and whether all others are as they were. */
import type { TablePlan } from "../../../core/plan/plan.ts";
import { collectFindings, type Findings } from "../../findings.ts";
import { openSource } from "../../source-reader.ts";
import { withTarget } from "../target-reader.ts";
import type { ValidatorInput } from "../validator.ts";
import { readAccounts } from "./accounts.ts";
import { arrivingRows, type Moment } from "./arriving/arriving.ts";
import { primaryKey } from "./arriving/skipped.ts";
import { overlapByDigest } from "./buckets.ts";
import { type ComparedColumn, type Comparison, comparisonOf } from "./comparison.ts";
import { fittingColumns } from "./fitting.ts";
import { addFunctions } from "./functions.ts";
import { hasLooseKey, overlapByValue } from "./loose-keys.ts";
import { hasOrder } from "./order.ts";
import { overlapByKey } from "./ranges.ts";
import { relationOf, type Versions, versionsOf } from "./scope.ts";
import { openScratch } from "./scratch.ts";

/** Null where a row's key may be changed or left behind on the way, so that only its arrival tells. */
export async function overlapOf(
  input: ValidatorInput,
  table: TablePlan,
  moment: Moment = "before",
): Promise<Versions | null> {
  const source = openSource(input.snapshot);
  const scratch = openScratch();
  try {
    addFunctions(source, input.catalog.encoding);
    return await withTarget(input, async (target) => {
      // What does not fit is reported once the rows are in.
      const findings = collectFindings("parity");
      const fitting = await fittingColumns({ target, findings }, table, input.schema, true);
      if (fitting === null) return null;
      const accounts = await readAccounts({ target, scratch, table, findings }, input);
      if (accounts.quarantined > 0) return null;
      const arriving = await arrivingRows({ source, target, scratch, findings }, input, table, moment);
      const bySource = comparisonOf(
        {
          ...{ table, source, scratch, target, findings, accounts, extras: findings, generates: false, arriving },
          ...{ catalog: input.catalog, signal: input.signal, tally: { changed: 0, quarantined: 0 }, scope: "among" },
          into: await relationOf(target, input.schema, table.target, "among"),
          advance: () => {},
        },
        fitting.columns,
        fitting.types,
      );
      const key = await liveKey(bySource, input.schema);
      if (key === null) return null;
      const comparison = { ...bySource, key };
      if (await hasLooseKey(comparison, input.schema)) return overlapByValue(comparison, input.schema);
      const [one, ...more] = key;
      const same = more.length === 0 && one?.plan.source === table.key.columns[0];
      return same && (await hasOrder(comparison, input.schema))
        ? overlapByKey(comparison)
        : overlapByDigest(comparison);
    });
  } finally {
    scratch.close();
    source.close();
  }
}

/** A merge goes by a key of the live table, which may be another than the source's. Null where its cells may be changed on the way. */
async function liveKey(comparison: Comparison, schema: string): Promise<ComparedColumn[] | null> {
  const { table, columns } = comparison;
  const takesIds = table.mapped?.some((one) => one.table === table.target) === true;
  const names = table.match !== undefined && !takesIds ? table.match : await primaryKey(comparison, schema);
  const key = names.flatMap((column) => columns.find(({ plan }) => plan.target === column) ?? []);
  if (key.length === 0 || key.length < names.length) return null;
  return key.some(({ plan }) => plan.rules.length > 0) ? null : key;
}

/** Other rows must be the same versions as before; a trigger may have changed them. */
export async function checkOthers(input: ValidatorInput, table: TablePlan, findings: Findings): Promise<void> {
  const before = input.live?.inside?.before.get(table.target)?.others ?? null;
  if (before === null) return;
  const left = await withTarget(input, async (target) => {
    const whole = await relationOf(target, input.schema, table.target, "all");
    return versionsOf(target, whole, `xmin <> pg_current_xact_id()::xid`);
  });
  if (left.versions === before) return;
  // A row that a trigger kept from being written again is one of the source's all the same.
  if (input.live?.into.get(table.target) === "merge" && (await othersByKey(input, table)) === before) return;
  await findings.difference(() => ({
    table: table.source,
    message: "Rows that were in the table before, and are not the source's, were changed or removed.",
  }));
}

async function othersByKey(input: ValidatorInput, table: TablePlan): Promise<bigint | null> {
  const ours = await overlapOf(input, table, "after");
  if (ours === null) return null;
  const all = await withTarget(input, async (target) =>
    versionsOf(target, await relationOf(target, input.schema, table.target, "all")),
  );
  return all.versions - ours.versions;
}
