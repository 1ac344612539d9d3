import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochToTimestamp, textToTimestamp } from "../../../src/transforms/cells/cell-dates.ts";

describe("a text that is a date", () => {
  it.each([
    ["2024-01-05", "2024-01-05 00:00:00"],
    ["2024-01-05 10:20", "2024-01-05 10:20:00"],
    ["2024-12-31T23:30:00-01:00", "2025-01-01 00:30:00"],
    ["1969-12-31T23:59:59.5Z", "1969-12-31 23:59:59.5"],
    ["0001-01-01", "0001-01-01 00:00:00"],
    ["9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"],
    ["2024-01-05 10:20:30.000", "2024-01-05 10:20:30"],
    ["0001-01-01 00:00+00:01", null],
    ["9999-12-31 23:59-00:01", null],
    ["soon", null],
    ["", null],
  ])("%s → %s", (text, wanted) => {
    expect(textToTimestamp(text)).toBe(wanted);
  });
});

describe("a number that is a date", () => {
  it.each([
    ["99999999", null],
    ["100000000", "1973-03-03 09:46:40"],
    ["99999999999", "5138-11-16 09:46:39"],
    ["100000000000", "1973-03-03 09:46:40"],
    ["-100000000001", "1966-10-31 14:13:19.999"],
    ["100000000000001", "1973-03-03 09:46:40.000001"],
    ["-100000000", "1966-10-31 14:13:20"],
    ["999999999999999999", null],
  ])("INTEGER %s → %s", (digits, wanted) => {
    expect(epochToTimestamp("integer", digits)).toBe(wanted);
  });

  it("as julian day is what SQLite computes", () => {
    const db = new Database(":memory:");
    const strftime = db.prepare("SELECT strftime('%Y-%m-%d %H:%M:%f', ?)").pluck();
    fc.assert(
      fc.property(fc.double({ min: 1_721_426, max: 5_373_484, noNaN: true }), (day) => {
        const wanted = (strftime.get(day) as string).replace(/\.?0+$/, (tail) =>
          tail.startsWith(".") ? "" : tail.replace(/0+$/, ""),
        );
        const found = epochToTimestamp("real", String(day));
        const both = [wanted, found].map((text) => Date.parse(`${text?.replace(" ", "T")}Z`));
        expect(Math.abs((both[0] ?? 0) - (both[1] ?? 0))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
    db.close();
  });

  it.each(["1721425.4", "5373484.5", "0.5", "Infinity", "-1.0"])("REAL %s is none", (digits) => {
    expect(epochToTimestamp("real", digits)).toBeNull();
  });

  it("is never a TEXT or a BLOB", () => {
    expect([epochToTimestamp("text", "1700000000"), epochToTimestamp("blob", "1700000000")]).toEqual([null, null]);
  });
});
