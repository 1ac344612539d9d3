import { describe, expect, test } from "vitest";
import type { CellForm } from "../../../src/json/stored-rows.ts";
import type { StoredCell } from "../../../src/validators/snapshot/expected-cell.ts";
import { flatRowHolds } from "../../../src/validators/snapshot/flat-row.ts";
import { splitRecords } from "../../../src/validators/snapshot/split-records.ts";

const keys = ["n", "d", "b", "s"];
const forms: CellForm[] = ["integer", "decimal", "boolean", "text"];
const row = '{"n":9007199254740993,"d": 1.10,"b":true,"s":"say: 12, \\"é\\": [3]"}';
const cells: StoredCell[] = [9007199254740993n, "1.10", 1n, 'say: 12, "é": [3]'];

describe("a flat row", () => {
  test.each<[string, string, StoredCell[]]>([
    [
      "with each kind of value",
      '{"n":9007199254740993,"d": 1.10,"b":true,"s":"é\\u0000"}',
      [cells[0] as bigint, "1.10", 1n, "é\0"],
    ],
    ["with nulls and missing fields", '{"s":null,"n":-5}\r', [-5n, null, null, null]],
    ["with an exponent", '{"d":1e3,"n":0}', [0n, "1000", null, null]],
    ["in another order", '{"s":"x","b":false,"n":1}', [1n, null, 0n, "x"]],
  ])("%s", (_name, text, stored) => {
    expect(flatRowHolds(text, keys, forms, stored)).toBe(true);
  });

  test.each<[string, string, StoredCell[]]>([
    ["an integer off by one", '{"n":9007199254740993}', [9007199254740992n, null, null, null]],
    ["an integer that is real", '{"n":2}', [2, null, null, null]],
    ["a lost zero", '{"d":1.10}', [null, "1.1", null, null]],
    ["a text for a number", '{"d":"1.10"}', [null, "1.10", null, null]],
    ["a number for a text", '{"s":12}', [null, null, null, "12"]],
    ["a value that is not there", "{}", [1n, null, null, null]],
    ["a value that is lost", '{"n":1}', [null, null, null, null]],
    ["a field too many", '{"n":1,"x":null}', [1n, null, null, null]],
    ["equal keys", '{"n":2,"n":1}', [1n, null, null, null]],
    ["equal keys, one with a blank", '{"n" :2,"n":1}', [1n, null, null, null]],
    ["the letter in front of numbers, in a text", `{"d":"${"ÿ".repeat(11)}1.10"}`, [null, "1.10", null, null]],
    ["the same, escaped", `{"d":"${"\\u00fF".repeat(11)}1.10"}`, [null, "1.10", null, null]],
  ])("is not held by %s", (_name, text, stored) => {
    expect(flatRowHolds(text, keys, forms, stored)).toBe(false);
  });

  test("whose text looks like numbers is left to the whole comparison", () => {
    expect(flatRowHolds(row, keys, forms, cells)).toBe(false);
  });

  test("names that every object inherits are no fields", () => {
    const names = ["constructor", "__proto__"];
    expect(flatRowHolds('{"n":1}', ["n", ...names], ["integer", "text", "text"], [1n, null, null])).toBe(false);
    expect(flatRowHolds('{"__proto__":"a","constructor":"b"}', names, ["text", "text"], ["b", "a"])).toBe(true);
  });
});

test("lines, several rows in a line and a row over several lines are cut apart", () => {
  const rows = ['{"a":1}', '{"a":"x}"}', '{"a":{"b":1}}', "{}", "{}", '{\n"a":1\n}', '{"a":2}', '{"a":3}'];
  const text = `${rows[0]}\r\n\n${rows[1]}\n${rows[2]}\n{}{}\n${rows[5]}\n${rows[6]}\n  ${rows[7]}`;
  const found: string[] = [];
  const splitter = splitRecords(
    0,
    () => {},
    (one) => found.push(one),
  );
  splitter.push(text);
  expect(splitter.end()).toBe(true);
  expect(found).toEqual(rows);
});
