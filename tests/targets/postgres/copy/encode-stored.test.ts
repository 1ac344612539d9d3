/** Stored values become the same bytes of COPY as the same values read through SQLite do. */
import type Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TablePlan } from "../../../../src/core/plan/plan.ts";
import type { Encoding } from "../../../../src/core/values/encoding.ts";
import { readCatalog } from "../../../../src/snapshot/catalog/read-file-catalog.ts";
import { readRows } from "../../../../src/snapshot/rows/read-rows.ts";
import { storedRows } from "../../../../src/snapshot/rows/stored-rows.ts";
import { openSqlite } from "../../../../src/sqlite/open.ts";
import { rowEncoder } from "../../../../src/targets/postgres/copy/encode.ts";
import { storedEncoder } from "../../../../src/targets/postgres/copy/encode-stored.ts";
import { CopyWriter } from "../../../../src/targets/postgres/copy/writer.ts";
import { makeDatabase } from "../../../support/scratch-database.ts";

const part = { table: "t", from: null, to: null, rows: 0 };

function planOf(encodings: readonly Encoding[]): TablePlan {
  return {
    source: "t",
    target: "t",
    where: null,
    viaSqlite: null,
    rows: 1,
    columns: encodings.map((encoding, i) => ({
      source: `c${i}`,
      target: `c${i}`,
      encoding,
      pgType: "",
      arrives: "exactly",
      reason: "",
      computed: false,
      rules: [],
    })),
    key: { kind: "none", columns: [] },
    rowidName: "rowid",
    identity: null,
    create: "",
    finish: [],
  };
}

/** Both ways' bytes. */
function encoded(path: string, encodings: readonly Encoding[]): { stored: Buffer; read: Buffer } {
  const plan = planOf(encodings);
  const db = openSqlite(path);
  const readers = { take: () => db, giveBack() {} };
  try {
    const stored = new CopyWriter();
    const reading = storedRows(path, readers, plan, part, readCatalog(db));
    const write = storedEncoder(plan.columns, reading);
    while (reading.rows.next()) write(stored);
    reading.close();
    const read = new CopyWriter();
    const encode = rowEncoder(plan.columns);
    for (const batch of readRows(db, plan, part, 50, "UTF-8")) for (const row of batch) encode(read, row);
    return { stored: Buffer.concat(stored.takeAll()), read: Buffer.concat(read.takeAll()) };
  } finally {
    db.close();
  }
}

function tableOf(declared: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return makeDatabase((db: Database.Database) => {
    db.exec(`CREATE TABLE t(${declared.map((type, i) => `c${i} ${type}`).join(", ")})`);
    const insert = db.prepare(`INSERT INTO t VALUES (${declared.map(() => "?").join(", ")})`);
    for (const row of rows) insert.run(...row);
  });
}

const within = (bits: number): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n }),
    fc.constantFrom(0n, 1n, -1n, 127n, -128n, 128n, 255n, 32767n, -32768n),
  );
const ints = (bits: number): fc.Arbitrary<bigint> => within(bits).filter((n) => BigInt.asIntN(bits, n) === n);
const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom("", "é", "😀".repeat(30), "x".repeat(39), "x".repeat(40), "x".repeat(41), "y".repeat(200_000)),
);
const doubles = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, 5, 1e15, 5e-324, 1e308, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const pad = (n: number, width = 2): string => String(n).padStart(width, "0");
const days = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([y, m, d]) => `${pad(y, 4)}-${pad(m)}-${pad(d)}`);
const clocks = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((n) => pad(n)).join(":"));
const moments = fc
  .tuple(days, fc.constantFrom(" ", "T"), clocks, fc.constantFrom("", ".5", ".123456", "Z", "+05:30", ".25-03:00"))
  .map((parts) => parts.join(""));

type Kind = { readonly type: string; readonly encoding: Encoding; readonly values: fc.Arbitrary<unknown> };
const kinds: readonly Kind[] = [
  { type: "", encoding: { kind: "integer", width: 2, wide: false }, values: ints(16) },
  { type: "INTEGER", encoding: { kind: "integer", width: 4, wide: false }, values: ints(32) },
  { type: "INTEGER", encoding: { kind: "integer", width: 8, wide: false }, values: ints(53) },
  { type: "", encoding: { kind: "integer", width: 8, wide: true }, values: ints(64) },
  { type: "REAL", encoding: { kind: "real" }, values: fc.oneof(doubles, ints(32)) },
  { type: "", encoding: { kind: "real" }, values: doubles },
  {
    type: "NUMERIC",
    encoding: { kind: "numeric" },
    values: fc.oneof(
      doubles.filter((n) => Number.isFinite(n) && !Object.is(n, -0)),
      ints(64),
    ),
  },
  { type: "REAL", encoding: { kind: "rendered" }, values: fc.oneof(doubles, ints(32)) },
  { type: "", encoding: { kind: "rendered" }, values: fc.oneof(doubles, ints(64), texts) },
  { type: "TEXT", encoding: { kind: "text" }, values: texts },
  { type: "TEXT", encoding: { kind: "text", large: true }, values: texts },
  { type: "TEXT", encoding: { kind: "text-bytes" }, values: texts },
  {
    type: "BLOB",
    encoding: { kind: "bytes" },
    values: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  },
  { type: "TEXT", encoding: { kind: "json" }, values: fc.json() },
  {
    type: "INTEGER",
    encoding: { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } },
    values: fc.constantFrom(0n, 1n),
  },
  {
    type: "TEXT",
    encoding: { kind: "boolean", true: { text: "oui" }, false: { text: "non" } },
    values: fc.constantFrom("oui", "non"),
  },
  { type: "TEXT", encoding: { kind: "date", layout: "YYYY-MM-DD" }, values: days },
  { type: "TEXT", encoding: { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS" }, values: moments },
  { type: "TEXT", encoding: { kind: "timestamptz", layout: "YYYY-MM-DD HH:MM:SSZ" }, values: moments },
];

describe("a stored value", () => {
  it("is sent as the value that SQLite gives is", () => {
    const table = fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 6 }).chain((columns) =>
      fc.tuple(
        fc.constant(columns),
        fc.array(fc.tuple(...columns.map(({ values }) => fc.option(values, { freq: 6 }))), {
          minLength: 1,
          maxLength: 20,
        }),
      ),
    );
    fc.assert(
      fc.property(table, ([columns, rows]) => {
        const path = tableOf(
          columns.map(({ type }) => type),
          rows,
        );
        const { stored, read } = encoded(
          path,
          columns.map(({ encoding }) => encoding),
        );
        expect(stored.equals(read)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("may be the rowid, or a default that came later", () => {
    const path = makeDatabase(
      `CREATE TABLE t(c0 INTEGER PRIMARY KEY, c1); INSERT INTO t VALUES (-9223372036854775808, 'a'), (1, 'b'), (9223372036854775807, 'c');
       ALTER TABLE t ADD COLUMN c2 TEXT DEFAULT 'né'; ALTER TABLE t ADD COLUMN c3 REAL DEFAULT 4; ALTER TABLE t ADD COLUMN c4 INTEGER;
       INSERT INTO t VALUES (7, 'd', 'e', 2.5, 9)`,
    );
    const { stored, read } = encoded(path, [
      { kind: "integer", width: 8, wide: true },
      { kind: "text" },
      { kind: "text" },
      { kind: "real" },
      { kind: "integer", width: 2, wide: false },
    ]);
    expect(stored.toString("hex")).toBe(read.toString("hex"));
  });

  it.each<[string, Encoding, unknown]>([
    ["a text among integers", { kind: "integer", width: 8, wide: false }, "x"],
    ["an integer too wide for its column", { kind: "integer", width: 4, wide: false }, 2n ** 31n],
    ["an integer of 48 bits in 16", { kind: "integer", width: 2, wide: false }, 2n ** 40n + 5n],
    ["a REAL among integers", { kind: "integer", width: 8, wide: false }, 1.5],
    ["a text among REALs", { kind: "real" }, "x"],
    ["a BLOB among texts", { kind: "text" }, Buffer.from("x")],
    ["an integer among texts", { kind: "text" }, 5n],
    ["an integer among bytes", { kind: "bytes" }, 5n],
    ["a BLOB among dates", { kind: "date", layout: "YYYY-MM-DD" }, Buffer.from("2024-01-01")],
    ["a text among booleans", { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } }, "1"],
  ])("ends the load where the profile found no such one: %s", (_, encoding, value) => {
    const path = tableOf([""], [[value]]);
    const db = openSqlite(path);
    const plan = planOf([encoding]);
    const reading = storedRows(path, { take: () => db, giveBack() {} }, plan, part, readCatalog(db));
    const write = storedEncoder(plan.columns, reading);
    expect(reading.rows.next()).toBe(true);
    expect(() => write(new CopyWriter())).toThrow(/^A value of serial type \d+ in c0, where the profile found none$/);
    reading.close();
    db.close();
  });
});
