/** A move through a function that changes nothing, beside one without. */
import { expect } from "vitest";
import { type Given, moved, type Through } from "./same-plan.ts";

export const identity = "export default (row) => ({ ...row });";

export async function expectSame(source: Given, through: Through): Promise<void> {
  const [without, made] = [await moved(source, { ...through, code: null }), await moved(source, through)];
  expect(made.plan).toEqual(without.plan);
  expect(made.objects).toEqual(without.objects);
  expect(made.rows).toEqual(without.rows);
}
