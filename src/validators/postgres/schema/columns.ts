/** Columns: type, NOT NULL, default, identity and its position, generated expression. */

import type { ColumnPlan } from "../../../core/plan/plan.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import { type CheckedTable, planOf } from "./checked-table.ts";
import type { TargetColumn } from "./target-objects.ts";
import { typeName } from "./type-name.ts";

export async function checkColumns(checked: CheckedTable): Promise<void> {
  const { table, declared, actual, expectations } = checked;
  for (const plan of table.columns) {
    const column = actual.columns.get(plan.target);
    await expectations.expect({
      ...about(checked, plan),
      what: `The column ${plan.target}`,
      holds: column !== undefined,
    });
    if (column) await checkColumn(checked, plan, column);
  }
  for (const column of declared.columns) {
    await expectations.expect({
      table: table.source,
      column: column.name,
      what: `The column ${column.name}`,
      holds:
        planOf(table, column.name) !== undefined || expectations.isLeftOut("column", `${table.source}.${column.name}`),
      instead: "is neither carried nor left out by the plan",
      codes: ["GENERATED_LOST"],
      places: [`${table.source}.${column.name}`],
    });
  }
  if (table.identity) await checkIdentity(checked, table.identity);
}

function about({ table }: CheckedTable, { source }: ColumnPlan) {
  return { table: table.source, column: source, places: [`${table.source}.${source}`, table.source] };
}

async function checkColumn(checked: CheckedTable, plan: ColumnPlan, actual: TargetColumn): Promise<void> {
  const { expectations, declared } = checked;
  const common = about(checked, plan);
  await expectations.expect({
    ...common,
    what: `The column ${plan.target}`,
    holds: typeName(plan.pgType) === actual.type,
    instead: `is ${actual.type}, not ${plan.pgType} as planned`,
    target: actual.type,
  });
  const column = declared.columns.find((candidate) => candidate.name === plan.source);
  if (!column) return;
  await expectations.expect({
    ...common,
    what: `NOT NULL of ${plan.target}`,
    holds: actual.notNull || !mustNotBeNull(checked, column),
  });
  if (column.generated) {
    await expectations.expect({
      ...common,
      what: `The generated column ${plan.target}`,
      holds: actual.generated,
      instead: "is an ordinary column in the target",
      codes: ["GENERATED_LOST"],
    });
  } else if (column.default !== null && !isNull(checked, column.default)) {
    await expectations.expect({
      ...common,
      what: `The default of ${plan.target}`,
      holds: actual.hasDefault || actual.identity,
      codes: ["DEFAULT_LOST", "DEFAULT_UNIT"],
      source: column.default ?? "",
    });
  }
}

/** A rowid table's key may hold NULL in SQLite, but a primary key may not in PostgreSQL; that is checked as the key. */
function mustNotBeNull({ declared }: CheckedTable, column: Column): boolean {
  return column.notNull || (declared.withoutRowid && (declared.primaryKey ?? []).includes(column.name));
}

/** PostgreSQL keeps no default that is NULL, however it is written. Asked of SQLite: another server's words may fail there. */
function isNull({ source }: CheckedTable, expression: string): boolean {
  if (/^\(*\s*null\s*\)*$/i.test(expression.trim())) return true;
  try {
    return source.prepare<[], bigint>(`SELECT (${expression}\n) IS NULL`).pluck().get() === 1n;
  } catch {
    return false;
  }
}

async function checkIdentity(checked: CheckedTable, identity: { column: string; next: string }): Promise<void> {
  const { table, actual, identities, expectations } = checked;
  const plan = table.columns.find((column) => column.target === identity.column);
  const common = { table: table.source, column: plan?.source ?? identity.column };
  const column = actual.columns.get(identity.column);
  if (!column) return;
  await expectations.expect({ ...common, what: `The identity of ${identity.column}`, holds: column.identity });
  if (!column.identity) return;
  const { next, largest } = identities.get(table) ?? { next: null, largest: null };
  await expectations.expect({
    ...common,
    what: `The identity of ${identity.column}`,
    holds: next !== null && next >= wanted(identity.next) && (largest === null || next > largest),
    instead: `would give ${next} next; ${identity.next} was planned and the largest value is ${largest ?? "none"}`,
    target: next === null ? null : String(next),
  });
}

/** After 2⁶³−1 there is no next value; the sequence is then used up, which is as it must be. */
function wanted(next: string): bigint {
  const value = BigInt(next);
  const highest = 2n ** 63n - 1n;
  return value > highest ? highest : value;
}
