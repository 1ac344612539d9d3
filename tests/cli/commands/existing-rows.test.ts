/** The question before a run says what becomes of rows that are there. */
import { expect, it } from "vitest";
import { existingRowsText } from "../../../src/cli/commands/existing-rows.ts";
import type { IntoMode } from "../../../src/core/plan/into-mode.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";

const planOf = (...tables: readonly (readonly [string, IntoMode | undefined])[]): Plan =>
  ({
    tables: tables.map(([target, into]) => ({ target, ...(into === undefined ? {} : { into }) })),
  }) as unknown as Plan;

it("in one sentence where all tables are treated alike", () => {
  expect(existingRowsText(planOf(["a", undefined]), "refuse")).toBe("");
  expect(existingRowsText(planOf(["a", undefined]), "keep-aside")).toBe(", moving what stands in the way aside");
  expect(existingRowsText(planOf(["a", "append"], ["b", "append"]), "append")).toBe(", adding them to what is there");
});

it("by the tables' own mode, also where the target's is another", () => {
  expect(existingRowsText(planOf(["a", "replace"]), "append")).toBe(", in place of all rows that are there");
});

it("by mode where they differ, with every table that is emptied", () => {
  const many = ["b", "c", "d", "e"].map((name) => [name, "append"] as const);
  const emptied = ["p", "q", "r", "s"].map((name) => [name, "replace"] as const);
  expect(existingRowsText(planOf(["a", "skip"], ...many, ...emptied), "append")).toBe(
    ": b, c, d and 1 more added to what is there; a but for rows with a key that is there; p, q, r, s in place of all rows that are there",
  );
});
