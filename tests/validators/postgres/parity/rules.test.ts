/** The second reading of the rules, on cells of each class. What the target makes of them is in accounts.db.test.ts. */
import { expect, test } from "vitest";
import type { CellAction, CellCondition, CellRule, ColumnPlan } from "../../../../src/core/plan/plan.ts";
import type { StorageClass } from "../../../../src/core/plan/profile.ts";
import type { Catalog } from "../../../../src/core/schema/catalog.ts";
import type { Encoding } from "../../../../src/core/values/encoding.ts";
import { afterRules } from "../../../../src/validators/postgres/parity/rules.ts";
import { cellOf } from "../../../../src/validators/postgres/parity/source-row.ts";
import { integer, text } from "../../fixture.ts";

type Raw = number | bigint | Buffer | null;

const outcome = (
  encoding: Encoding,
  rules: readonly CellRule[],
  storage: StorageClass,
  raw: Raw,
  more: Partial<Asked> = {},
) =>
  afterRules(
    {
      source: "c",
      target: "c",
      encoding,
      pgType: "",
      arrives: "changed",
      reason: "",
      computed: false,
      rules,
    } satisfies ColumnPlan,
    cellOf(storage, raw, more.database ?? "UTF-8"),
    () => more.orphan ?? false,
  );
type Asked = { database: Catalog["encoding"]; orphan: boolean };

const rule = (when: CellCondition, then: CellAction): CellRule => ({ code: "NUL_IN_TEXT", when, then });
const nul: CellCondition = { kind: "nul" };
const invalid: CellCondition = { kind: "invalid-encoding" };
const layout: CellCondition = { kind: "layout" };
const timestamp: Encoding = { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS" };

test("only a cell the condition names is treated, by the first rule that does", () => {
  const rules = [rule(nul, "strip"), rule(invalid, "replace")];
  expect(outcome(text, rules, "text", Buffer.from("ab"))).toEqual({ kind: "value", text: "ab" });
  expect(outcome(text, rules, "text", Buffer.from("a\0b"))).toEqual({ kind: "value", text: "ab" });
  expect(outcome(text, rules, "text", Buffer.from([0x61, 0, 0xff]))).toEqual({ kind: "value", text: "a\ufffd\ufffd" });
  expect(outcome(text, rules, "null", null)).toEqual({ kind: "value", text: null });
});

test("a cell that no rule makes fit is refused", () => {
  expect(outcome(text, [], "text", Buffer.from("a\0"))).toEqual({ kind: "refused" });
  expect(outcome(integer, [], "real", 1.5)).toEqual({ kind: "refused" });
  const reinterpret = rule({ kind: "class", classes: ["blob"] }, "reinterpret");
  expect(outcome(text, [reinterpret], "blob", Buffer.from([0xff]))).toEqual({ kind: "refused" });
  expect(outcome(text, [reinterpret], "blob", Buffer.from("a\0"))).toEqual({ kind: "refused" });
});

test("a byte-order mark survives the replacing of what follows it", () => {
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff]);
  expect(outcome(text, [rule(invalid, "replace")], "text", bytes)).toEqual({ kind: "value", text: "\ufeffa\ufffd" });
});

test("windows-1252 and latin1 differ from 0x80 to 0x9f, and there alone", () => {
  const bytes = Buffer.from([0xff, 0x80, 0x81, 0x92, 0x9f, 0xe9]);
  expect(outcome(text, [rule(invalid, "windows-1252")], "text", bytes)).toEqual({ kind: "value", text: "ÿ€\u0081’Ÿé" });
  expect(outcome(text, [rule(invalid, "latin1")], "text", bytes)).toEqual({
    kind: "value",
    text: "ÿ\u0080\u0081\u0092\u009fé",
  });
});

test("quarantine, for orphans too", () => {
  const orphan = rule(
    { kind: "orphan", columns: ["c"], parent: "p", parentColumns: ["id"], parentWhere: null },
    "quarantine",
  );
  expect(outcome(integer, [orphan], "integer", 5n, { orphan: true })).toEqual({ kind: "quarantine" });
  expect(outcome(integer, [orphan], "integer", 5n)).toEqual({ kind: "value", text: "5" });
});

test.each<[string, StorageClass, Raw, string | null]>([
  ["its own layout", "text", Buffer.from("2024-01-02 03:04:05"), "2024-01-02 03:04:05"],
  ["another layout", "text", Buffer.from("2024-01-02T03:04+01:00"), "2024-01-02 02:04:00"],
  ["seconds", "integer", 1704164645n, "2024-01-02 03:04:05"],
  ["seconds before 1970", "integer", -100000000n, "1966-10-31 14:13:20"],
  ["milliseconds", "integer", 1704164645001n, "2024-01-02 03:04:05.001"],
  ["microseconds", "integer", 1704164645000001n, "2024-01-02 03:04:05.000001"],
  ["a julian day", "real", 2451545.25, "2000-01-01 18:00:00"],
])("%s is converted", (_, storage, raw, expected) => {
  for (const then of ["convert", "null"] as const) {
    expect(outcome(timestamp, [rule(layout, then)], storage, raw)).toEqual({ kind: "value", text: expected });
  }
});

test.each<[string, StorageClass, Raw]>([
  ["a word", "text", Buffer.from("soon")],
  ["no day of the calendar", "text", Buffer.from("2024-02-30")],
  ["too few digits", "integer", 12345678n],
  ["too many digits", "integer", 123456789012345678n],
  ["a small real", "real", 1.5],
  ["a blob", "blob", Buffer.from("2024-01-02")],
])("%s is no date: refused, or NULL where the policy says so", (_, storage, raw) => {
  expect(outcome(timestamp, [rule(layout, "convert")], storage, raw)).toEqual({ kind: "refused" });
  expect(outcome(timestamp, [rule(layout, "null")], storage, raw)).toEqual({ kind: "value", text: null });
});

test("a date column takes no time of day", () => {
  const date: Encoding = { kind: "date", layout: "YYYY-MM-DD" };
  expect(outcome(date, [rule(layout, "convert")], "integer", 1704153600n)).toEqual({
    kind: "value",
    text: "2024-01-02",
  });
  expect(outcome(date, [rule(layout, "convert")], "integer", 1704153601n)).toEqual({ kind: "refused" });
});

test("UTF-16", () => {
  const lone = Buffer.from(Uint16Array.from([0x61, 0xdc00]).buffer);
  expect(outcome(text, [rule(invalid, "replace")], "text", lone, { database: "UTF-16le" })).toEqual({
    kind: "value",
    text: "a\ufffd",
  });
  const zero = Buffer.from("a\0", "utf16le");
  expect(outcome(text, [rule(nul, "escape")], "text", zero, { database: "UTF-16le" })).toEqual({
    kind: "value",
    text: "a\u2400",
  });
});
