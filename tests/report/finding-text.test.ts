import { expect, it } from "vitest";
import { RowhaulError } from "../../src/index.ts";
import { errorText } from "../../src/report/error-text.ts";
import { findingText } from "../../src/report/finding-text.ts";

const finding = { validator: "schema", level: "difference", key: null, source: null, target: null } as const;
const message = "The foreign key (a) to p does something else on update or delete than NO ACTION and SET NULL.";

it("a finding always names its table, also one whose name is part of a word", () => {
  expect(findingText({ ...finding, table: "c", column: "a", message })).toBe(`c: ${message}`);
  expect(findingText({ ...finding, table: "p", column: "set", message })).toBe(`p set: ${message}`);
  expect(findingText({ ...finding, table: "The", column: null, source: "1", message: "Gone." })).toBe(
    "The: Gone. (source: 1; target: none)",
  );
});

it("an error's place is shown unless its message has it as a word", () => {
  const shown = (table: string): string =>
    errorText(
      new RowhaulError("VALIDATION_FAILED", "1 difference between c.x and target.", { place: { table } }),
      (_, text) => text,
      false,
    );
  expect(shown("ff")).toContain("at table ff");
  expect(shown("c")).not.toContain("at table");
});
