import { expect, it } from "vitest";
import { painter } from "../../src/report/paint.ts";
import { transformedLines, transformedTitle } from "../../src/report/transforms-text.ts";

const step = (label: string, rowsIn: number, rowsOut: number) => ({
  label,
  rowsIn,
  rowsOut,
  undo: "can be undone",
  parity: "every cell",
});

it("says of a table what was read, written and left behind", () => {
  const table = { table: "t", read: 2000, written: [{ table: "t", rows: 1999 }], steps: [], quarantined: 1 };
  expect(transformedTitle(table)).toBe("Transformed: t, 2,000 rows read, 1,999 rows written, 1 row in quarantine");
});

it("names the tables that rows went to", () => {
  const written = [
    { table: "t", rows: 3 },
    { table: "tags", rows: 7 },
  ];
  const common = { read: 3, steps: [], quarantined: 0 };
  expect(transformedTitle({ table: "t", written, ...common })).toBe(
    "Transformed: t, 3 rows read, 3 rows written, and 7 rows of tags",
  );
  expect(transformedTitle({ table: "old", written, ...common })).toBe(
    "Transformed: old, 3 rows read, 3 rows of t, 7 rows of tags written",
  );
});

it("has a line a step, with rows where they came or went", () => {
  const steps = [step("trim title", 3, 3), step("filter", 3, 1)];
  const table = { table: "t", read: 3, written: [], steps, quarantined: 0 };
  expect(transformedLines(table, painter(false))).toEqual([
    "trim title: can be undone",
    "filter: 3 → 1 row; can be undone",
  ]);
});
