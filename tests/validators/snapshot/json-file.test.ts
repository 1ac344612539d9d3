import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ValidatorResult } from "../../../src/core/finding.ts";
import type { StoredRows } from "../../../src/json/stored-rows.ts";
import { jsonSource } from "../../../src/sources/json/source.ts";
import { holds } from "../../../src/validators/snapshot/expected-cell.ts";
import { proveJsonSnapshot } from "../../../src/validators/snapshot/json-file.ts";
import { members, parseQuoted, sameQuoted } from "../../../src/validators/snapshot/quoted-numbers.ts";
import { splitRecords } from "../../../src/validators/snapshot/split-records.ts";
import { jsonObject } from "../../json/arbitrary.ts";

const signal = new AbortController().signal;

describe("a snapshot that is not the file is found out", () => {
  const text = [
    '{"id":1,"n":9007199254740993,"d":1.10,"b":true,"s":"é\\u0000","j":{"x":[1.50]},"z":-0.0}',
    '{"id":2,"n":2,"d":2.5,"b":false,"s":"b","j":null,"z":1.5}',
  ].join("\n");

  test.each<[string, string, string | null, string | null]>([
    ["an integer off by one", "UPDATE t SET n = n - 1 WHERE id = 1", "row 1 of the file", "n"],
    ["an integer made real", "UPDATE t SET n = 2.0 WHERE id = 2", "row 2 of the file", "n"],
    ["a lost zero", "UPDATE t SET d = '1.1' WHERE id = 1", "row 1 of the file", "d"],
    ["a zero too many", "UPDATE t SET d = '2.50' WHERE id = 2", "row 2 of the file", "d"],
    ["another boolean", "UPDATE t SET b = 0 WHERE id = 1", "row 1 of the file", "b"],
    ["a text cut at its NUL", "UPDATE t SET s = 'é' WHERE id = 1", "row 1 of the file", "s"],
    ["an empty text for NULL", "UPDATE t SET j = '' WHERE id = 2", "row 2 of the file", "j"],
    ["NULL for a value", "UPDATE t SET s = NULL WHERE id = 2", "row 2 of the file", "s"],
    ["a number inside of JSON", "UPDATE t SET j = '{\"x\":[1.5]}' WHERE id = 1", "row 1 of the file", "j"],
    ["a sign of zero", "UPDATE t SET z = '0' WHERE id = 1", "row 1 of the file", "z"],
    ["a row too many", "INSERT INTO t (id) VALUES (3)", null, null],
    ["a row too few", "DELETE FROM t WHERE id = 2", "row 2 of the file", null],
  ])("%s", async (_name, tampering, key, column) => {
    const result = await proveTampered(text, tampering);
    expect(result.passed).toBe(false);
    expect(result.differences).toBe(1);
    expect(result.findings[0]).toMatchObject({ level: "difference", table: "t", key, column });
  });

  test("and one that is, is not", async () => {
    expect(await proveTampered(text, "UPDATE t SET n = n")).toMatchObject({
      passed: true,
      differences: 0,
      checked: { rows: 2, cells: 14 },
    });
  });

  test("the file changed meanwhile", async () => {
    await expect(proveTampered(text, "UPDATE t SET n = n", "\n")).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  });
});

describe("parseQuoted", () => {
  test("keeps digits, order, equal keys and prototypes", () => {
    const value = parseQuoted('{"b":1.10,"a":"1.10","__proto__":{"2":-0,"1":null},"b":12345678901234567890}');
    expect(members(value).map(([key]) => key)).toEqual(["b", "a", "__proto__", "b"]);
    expect(
      members(value)
        .map(([, one]) => one)
        .filter((one) => typeof one === "string"),
    ).toEqual(["n1.10", "s1.10", "n12345678901234567890"]);
    expect(sameQuoted(parseQuoted('[{"a":1}]'), parseQuoted(' [ {"a" : 1 } ]'))).toBe(true);
    expect(sameQuoted(parseQuoted('{"a":1,"b":2}'), parseQuoted('{"b":2,"a":1}'))).toBe(false);
    expect(sameQuoted(parseQuoted('["1"]'), parseQuoted("[1]"))).toBe(false);
  });
});

test.each<[string, string, boolean]>([
  ["n1.10", "1.10", true],
  ["n1e3", "1000", true],
  ["n1.5e-3", "0.0015", true],
  ["n1.50e1", "15.0", true],
  ["n1.50e1", "15", false],
  ["n1e3", "1000.0", false],
  ["n1e3", "1e3", false],
  ["n0e-2", "0.00", true],
  ["n-1.5", "1.5", false],
])("decimal %s as %s: %s", (value, text, same) => {
  expect(holds("decimal", value, text)).toBe(same);
});

test("rows are cut out the same wherever a chunk ends", () => {
  fc.assert(
    fc.property(fc.array(jsonObject, { maxLength: 3 }), fc.constantFrom(0, 1, 2), (objects, depth) => {
      const array = `[${objects.join(", ")}]`;
      const text = depth === 0 ? objects.join("\n") : depth === 1 ? array : `{"t[{\\"": ${array}, "u":[]}`;
      const want = objects.map((object) => object.trim());
      const cut = (...parts: string[]) => {
        const rows: string[] = [];
        const tables: string[] = [];
        const splitter = splitRecords(
          depth as 0 | 1 | 2,
          (name) => tables.push(name),
          (row) => rows.push(row),
        );
        for (const part of parts) splitter.push(part);
        expect(splitter.end()).toBe(true);
        expect(tables).toEqual(depth === 2 ? ['t[{"', "u"] : []);
        return rows;
      };
      for (let at = 0; at <= text.length; at++) expect(cut(text.slice(0, at), text.slice(at))).toEqual(want);
      expect(cut(...text.split(""))).toEqual(want);
    }),
    { numRuns: 40 },
  );
});

/** Proves a snapshot after `tampering` with it, and after adding to the file. */
async function proveTampered(text: string, tampering: string, appended = ""): Promise<ValidatorResult> {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-json-"));
  try {
    const path = join(folder, "t.json");
    writeFileSync(path, text);
    let stored: StoredRows | null = null;
    const settings = { table: null, key: {}, duplicateKeys: "refuse", missing: "refuse" } as const;
    const source = jsonSource(path, settings, (rows, abort) => {
      stored = rows;
      return proveJsonSnapshot(rows, abort);
    });
    const info = await source.snapshot(join(folder, "snapshot.db"), () => {}, signal);
    expect(info.proof?.passed).toBe(true);
    const db = new Database(info.path);
    db.exec(tampering);
    db.close();
    writeFileSync(path, text + appended);
    if (stored === null) throw new Error("not proved");
    return await proveJsonSnapshot(stored, signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
