/** What SQLite makes of a value under a column's type, against SQLite itself; and what is asked about. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { Affinity } from "../../src/core/schema/catalog.ts";
import type { FileReading } from "../../src/core/schema/file-schema.ts";
import { type Cell, decodeTagged } from "../../src/core/values/wire.ts";
import { assigned, type FileValue, readForFile, slotOf } from "../../src/live-types/file-value.ts";
import { fileCells } from "../../src/validators/sqlite/file-cell.ts";

const types: Readonly<Record<Affinity, string>> = {
  INTEGER: "INTEGER",
  REAL: "REAL",
  NUMERIC: "DECIMAL",
  TEXT: "TEXT",
  BLOB: "",
};
const affinities = Object.keys(types) as Affinity[];

const texts = [
  "",
  " ",
  "0",
  "-0",
  "+0",
  "00",
  "007",
  "7",
  "-7",
  "+7",
  " 7",
  "7 ",
  "\t7\n",
  "7\u00a0",
  "0x10",
  "1e2",
  "1E+2",
  "1e",
  "e1",
  "1e400",
  ".5",
  "5.",
  ".",
  "-.5",
  "1.0",
  "1.50",
  "100.0",
  "1_000",
  "1,5",
  "0.1",
  "0.30000000000000004",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "-9223372036854775809",
  "9007199254740993",
  "9007199254740993.0",
  "12345678901234567890123",
  "0.12345678901234567890",
  "1e-320",
  "Infinity",
  "NaN",
  "inf",
  "abc",
  "7a",
  "7\u0000abc",
  "\u00007",
  "7\u0000",
  "é",
  "true",
];
const numbers = [
  0n,
  1n,
  -5n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  0,
  -0,
  0.5,
  2,
  -3,
  1e15,
  1e18,
  9.3e18,
  1e300,
  0.1 + 0.2,
  Infinity,
  -Infinity,
];
const values: readonly FileValue[] = [...texts, ...numbers, Buffer.from("7"), Buffer.alloc(0)];

/** As it comes from a source: a REAL on its way to a text with the text that SQLite gives it. */
function cellOf(value: FileValue, db: Database.Database, affinity: Affinity): Cell {
  const isReal = typeof value === "number";
  const text = isReal && affinity === "TEXT" && value !== 0 && Number.isFinite(value);
  return decodeTagged(
    text ? Buffer.from(`r${db.prepare("SELECT CAST(? AS TEXT)").pluck().get(value)}`, "latin1") : slotOf(value),
  );
}

const stored = (as: FileReading["as"], affinity: Affinity, mixed = false): FileReading => ({
  affinity,
  only: null,
  as,
  mixed,
});

describe.each(affinities)("a column of affinity %s", (affinity) => {
  it("makes of every value what is foreseen, and what is called unchanged is", () => {
    const db = new Database(":memory:");
    db.defaultSafeIntegers(true);
    db.exec(`CREATE TABLE t (v ${types[affinity]})`);
    const insert = db.prepare("INSERT INTO t VALUES (?) RETURNING v").pluck();
    for (const value of values) {
      const there = insert.get(value) as FileValue;
      const cell = cellOf(value, db, affinity);
      const read = readForFile(stored("stored", affinity), cell);
      const same = typeof there === typeof value && (Buffer.isBuffer(there) || Object.is(there, value));
      expect([value, read.ok]).toEqual([value, same]);
      // Without a sign of zero, and with SQLite's own last digit.
      if (!Object.is(value, -0) && !(affinity === "TEXT" && typeof value === "number"))
        expect([value, assigned(affinity, value, cell)]).toEqual([value, there]);
      if (!read.ok && read.becomes !== null) {
        const again = insert.get(read.becomes) as FileValue;
        expect([value, typeof again]).toEqual([value, typeof there]);
      }
    }
    db.close();
  });

  it.each(["stored", "number", "double", "json"] as const)("is read as %s by loader and proof alike", (as) => {
    const db = new Database(":memory:");
    const proof = fileCells();
    const json = [
      "true",
      "false",
      '"x"',
      '"7"',
      '""',
      "[1]",
      '{"a":1}',
      "5",
      "-5.25",
      "1.10",
      "1e2",
      "0.12345678901234567890",
    ];
    const digits = [
      "0",
      "1.5",
      "-2",
      "9223372036854775807",
      "9223372036854775808",
      "1.50",
      "NaN",
      "Infinity",
      "1e+30",
      "-0",
      "1e-05",
    ];
    const cells: readonly FileValue[] = as === "json" ? json : as === "stored" ? values : digits;
    for (const mixed of [true, false])
      for (const value of cells) {
        if (as === "stored" && affinity === "TEXT" && typeof value === "number") continue;
        const reading = stored(as, affinity, mixed);
        const cell = cellOf(value, db, affinity);
        const read = readForFile(reading, cell);
        const problems = ["class", "respelled", "digits", "json"] as const;
        const found = problems.find((problem) => {
          const rules = [
            { code: "MIXED_CLASSES", when: { kind: "unfit", problems: [problem] }, then: "quarantine" },
          ] as const;
          return proof.expected(reading, rules, value).leaves;
        });
        expect([value, mixed, read.ok ? undefined : read.problem]).toEqual([value, mixed, found]);
        if (!read.ok) continue;
        const expected = proof.expected(reading, [], value);
        const sent = assigned(affinity, read.value ?? value, cell);
        expect([value, expected]).toEqual([value, { leaves: false, value: sent }]);
      }
    proof.close();
    db.close();
  });
});

describe("what is called a problem", () => {
  it.each([
    ["stored", "INTEGER", "007", "respelled"],
    ["stored", "REAL", "0.12345678901234567890", "digits"],
    ["stored", "REAL", 2n, "respelled"],
    ["stored", "REAL", 2n ** 53n + 1n, "digits"],
    ["stored", "TEXT", 5n, "respelled"],
    ["number", "REAL", "2", null],
    ["number", "REAL", "1.5", null],
    ["number", "NUMERIC", "1.50", null],
    ["number", "REAL", "0.12345678901234567890", "digits"],
    ["json", "TEXT", "true", "class"],
    ["json", "TEXT", '"yes"', null],
    ["json", "INTEGER", "true", null],
    ["json", "INTEGER", '"7"', "respelled"],
    ["json", "BLOB", "5", null],
  ] as const)("%s, %s: %s is %s", (as, affinity, value, problem) => {
    const read = readForFile(stored(as, affinity), decodeTagged(slotOf(value)));
    expect(read.ok ? null : read.problem).toBe(problem);
  });

  it("a STRICT column, and the rowid itself, take one class", () => {
    const only = { ...stored("stored", "INTEGER"), only: ["integer"] } as const;
    expect(readForFile(only, decodeTagged(slotOf("abc")))).toMatchObject({ ok: false, problem: "class" });
    expect(readForFile(only, decodeTagged(slotOf(2.5)))).toMatchObject({ ok: false, problem: "class" });
    expect(readForFile(only, decodeTagged(slotOf("7")))).toMatchObject({
      ok: false,
      problem: "respelled",
      becomes: 7n,
    });
    expect(readForFile(only, decodeTagged(slotOf(7n)))).toEqual({ ok: true, value: null });
  });
});
