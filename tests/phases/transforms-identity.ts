/** A move through a function that changes nothing, beside one without. */
import { expect } from "vitest";
import type { TablePlan } from "../../src/core/plan/plan.ts";
import { type Given, moved, type Through } from "./same-plan.ts";

export const identity = "export default (row) => ({ ...row });";

export async function expectSame(source: Given, through: Through): Promise<void> {
  const [without, made] = [await moved(source, { ...through, code: null }), await moved(source, through)];
  expect(withoutReading(made.plan)).toEqual(withoutReading(without.plan));
  expect(made.objects).toEqual(without.objects);
  expect(made.rows).toEqual(without.rows);
}

/** A file that the transforms wrote has no generated columns, so more of it can be read by its pages. */
function withoutReading(plan: Awaited<ReturnType<typeof moved>>["plan"]): unknown {
  const tables = (plan.tables as TablePlan[]).map(({ viaSqlite, ...table }) => table);
  return { ...plan, tables };
}
