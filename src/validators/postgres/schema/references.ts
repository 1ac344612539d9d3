/** Foreign keys, with what they do and whether old rows were checked, and CHECK constraints. */
import type { ForeignKey } from "../../../core/schema/catalog.ts";
import type { CheckedTable } from "./checked-table.ts";
import { actsAlike, pairReferences } from "./pair-references.ts";
import type { TargetConstraint } from "./target-objects.ts";

export async function checkReferences(checked: CheckedTable): Promise<void> {
  const pairs = pairReferences(checked);
  for (const key of checked.declared.foreignKeys) await checkForeignKey(checked, key, pairs.get(key));
  await checkChecks(checked);
}

async function checkForeignKey(
  { table, expectations }: CheckedTable,
  key: ForeignKey,
  found: TargetConstraint | undefined,
): Promise<void> {
  const label = `${table.source}(${key.columns.join(", ")}) → ${key.parent}(${key.parentColumns.join(", ")})`;
  if (expectations.isLeftOut("foreign key", label)) return;
  const common = {
    table: table.source,
    ...(key.columns.length === 1 && key.columns[0] !== undefined ? { column: key.columns[0] } : {}),
    what: `The foreign key (${key.columns.join(", ")}) to ${key.parent}`,
    places: [
      ...(key.name === null ? [] : [key.name, `${table.source}.${key.name}`]),
      `${table.source}.${key.columns.join(", ")}`,
      ...key.columns.map((column) => `${table.source}.${column}`),
      table.source,
    ],
  };
  await expectations.expect({ ...common, holds: found !== undefined, codes: ["FOREIGN_KEY_LOST"] });
  if (!found) return;
  await expectations.expect({
    ...common,
    holds: actsAlike(key, found),
    instead: `does something else on update or delete than ${key.onUpdate} and ${key.onDelete}`,
  });
  await expectations.expect({
    ...common,
    holds: found.deferrable === key.deferrable,
    instead: `is checked at another time (deferrable: ${found.deferrable}, in the source ${key.deferrable})`,
  });
  await expectations.expect({
    ...common,
    holds: found.validated,
    instead: "is not validated: old rows may lack their parent",
    codes: ["ORPHAN_ROWS:not-valid"],
  });
}

/** A translated expression reads otherwise and SQLite's checks rarely have names, so they are counted. */
async function checkChecks({ table, declared, actual, plan, expectations }: CheckedTable): Promise<void> {
  const prefix = `${table.source}.`;
  const lost = plan.hazards
    .filter((hazard) => hazard.code === "CHECK_LOST" && hazard.policy !== null)
    .filter((hazard) => hazard.at === table.source || hazard.at.startsWith(prefix) || isCheckName(declared, hazard.at));
  const present = actual.constraints.filter((constraint) => constraint.kind === "c");
  const places = lost.flatMap((hazard) => Array<string>(Math.max(1, hazard.count)).fill(hazard.at));
  for (const [i, check] of declared.checks.entries()) {
    await expectations.expect({
      table: table.source,
      what: `The check ${check.name ?? ""}(${check.expression})`,
      holds: i < Math.min(present.length, declared.checks.length),
      codes: ["CHECK_LOST"],
      places,
    });
  }
  for (const constraint of present) {
    await expectations.expect({
      table: table.source,
      what: `The check ${constraint.name}`,
      holds: constraint.validated,
      instead: "is not validated: old rows may break it",
      codes: ["CHECK_LOST", "CHECK_BROKEN:not-valid"],
      places: [...places, `${prefix}${constraint.name}`],
    });
  }
}

function isCheckName(declared: CheckedTable["declared"], at: string): boolean {
  return declared.checks.some((check) => check.name === at);
}
