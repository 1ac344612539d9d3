/** Rows as they leave the source: slots by encoding, and units that hold every row once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CellRule, TablePlan } from "../../../src/core/plan/plan.ts";
import type { Encoding } from "../../../src/core/values/encoding.ts";
import { type Cell, decodeTagged, type Row, type Slot } from "../../../src/core/values/wire.ts";
import { cutUnits } from "../../../src/plan/units.ts";
import { readCatalog } from "../../../src/snapshot/catalog/read-file-catalog.ts";
import { boundaries } from "../../../src/snapshot/profile/unit-bounds.ts";
import { readRows } from "../../../src/snapshot/rows/read-rows.ts";
import { openSqlite } from "../../../src/sqlite/open.ts";
import { makeDatabase } from "../../support/scratch-database.ts";
import { insert } from "../cells.ts";

type Sketch = Encoding | readonly [Encoding, readonly CellRule[]];

function planOf(columns: Record<string, Sketch>, more: Partial<TablePlan> = {}): TablePlan {
  return {
    source: "t",
    target: "t",
    where: null,
    rows: 1,
    columns: Object.entries(columns).map(([source, sketch]) => {
      const [encoding, rules] = "kind" in sketch ? [sketch, []] : sketch;
      return { source, target: source, encoding, pgType: "", arrives: "exactly", reason: "", computed: false, rules };
    }),
    key: { kind: "none", columns: [] },
    rowidName: "rowid",
    identity: null,
    create: "",
    finish: [],
    ...more,
  };
}

function rowsOf(
  path: string,
  plan: TablePlan,
  from: string | null = null,
  to: string | null = null,
  batch = 500,
): Row[] {
  const db = openSqlite(path);
  const encoding = readCatalog(db).encoding;
  const rows = [...readRows(db, plan, { table: "t", from, to, rows: 0 }, batch, encoding)].flat();
  db.close();
  return rows;
}

const wide: Encoding = { kind: "integer", width: 8, wide: true };
const tagged: Encoding = { kind: "tagged" };
const nul: CellRule = { code: "NUL_IN_TEXT", when: { kind: "nul" }, then: "strip" };

describe("slots", () => {
  it("keep 64-bit integers as digits when they are wide", () => {
    const path = makeDatabase(
      "CREATE TABLE t(a); INSERT INTO t VALUES (9223372036854775807), (-9223372036854775808), (NULL), (7)",
    );
    expect(rowsOf(path, planOf({ a: wide }))).toEqual([
      ["9223372036854775807"],
      ["-9223372036854775808"],
      [null],
      ["7"],
    ]);
  });

  it.each(["numeric", "rendered", "epoch"] as const)("tell integers from doubles for %s", (kind) => {
    const path = makeDatabase("CREATE TABLE t(a); INSERT INTO t VALUES (5), (5.0), ('x'), (9007199254740993)");
    const encoding = kind === "epoch" ? ({ kind, unit: "seconds", zoned: false } as const) : { kind };
    expect(rowsOf(path, planOf({ a: encoding }))).toEqual([["5"], [5], ["x"], ["9007199254740993"]]);
  });

  it.each(["UTF-8", "UTF-16le", "UTF-16be"])("give the bytes of a text in UTF-8, from %s", (encoding) => {
    const path = makeDatabase(
      `PRAGMA encoding = '${encoding}'; CREATE TABLE t(a); INSERT INTO t VALUES ('é😀' || char(0) || 'x')`,
    );
    const [row] = rowsOf(path, planOf({ a: { kind: "text-bytes" } }));
    const slot = row?.[0];
    expect(Buffer.from(slot as string | Buffer as string).toString("hex")).toBe(Buffer.from("é😀\0x").toString("hex"));
  });

  describe.each(["UTF-8", "UTF-16le", "UTF-16be"])("tagged, in %s", (encoding) => {
    const cells = (sketch: Sketch): Pick<Cell, "storage" | "valid" | "orphan">[] & { value?: never } => {
      const path = makeDatabase(
        `PRAGMA encoding = '${encoding}'; CREATE TABLE t(a);
         INSERT INTO t VALUES (NULL), (-9223372036854775808), (0), (5.0), (-0.0), (9e999), (''), ('é😀'), ('a' || char(0) || 'b'), (x''), (x'00ff41'), ('12')`,
      );
      return rowsOf(path, planOf({ a: sketch })).map(([slot]) => decodeTagged(slot as Slot));
    };
    const wanted = [
      ["null", ""],
      ["integer", "-9223372036854775808"],
      ["integer", "0"],
      ["real", "5.0"],
      ["real", "-0.0"],
      ["real", "Infinity"],
      ["text", ""],
      ["text", "é😀"],
      ["text", "a\0b"],
      ["blob", ""],
      ["blob", "\0\xffA"],
      ["text", "12"],
    ];
    it.each([
      ["by encoding", tagged],
      ["by rule", [wide, [nul]]],
    ] as const)("%s, keep class and value", (_, sketch) => {
      const found = cells(sketch as Sketch) as Cell[];
      expect(
        found.map((cell) => [cell.storage, cell.bytes.toString(cell.storage === "blob" ? "latin1" : "utf8")]),
      ).toEqual(wanted);
      expect(found.every((cell) => cell.valid && cell.orphan === -1)).toBe(true);
    });
  });

  it("keep invalid text for the rules", () => {
    const utf8 = makeDatabase((db) => {
      db.exec("CREATE TABLE t(a)");
      insert(db, "t", [{ text: Buffer.from("61ff62", "hex") }]);
    });
    const utf16 = makeDatabase((db) => {
      db.exec("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t(a)");
      insert(db, "t", [{ text: Buffer.from("00d84100", "hex") }]);
    });
    const cell = (path: string): Cell =>
      decodeTagged(rowsOf(path, planOf({ a: [{ kind: "text" }, [nul]] }))[0]?.[0] as Slot);
    expect([cell(utf8).valid, cell(utf8).bytes.toString("hex")]).toEqual([false, "61ff62"]);
    expect([cell(utf16).valid, cell(utf16).bytes.toString("utf8")]).toEqual([false, "\ufffdA"]);
  });

  it.each(["UTF-8", "UTF-16le"])("mark children without parents, in %s", (encoding) => {
    const orphan: CellRule = {
      code: "ORPHAN_ROWS",
      when: { kind: "orphan", columns: ["x", "y"], parent: "p", parentColumns: ["a", "b"], parentWhere: null },
      then: "quarantine",
    };
    const path = makeDatabase(
      `PRAGMA encoding = '${encoding}'; CREATE TABLE p(a, b, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 'é');
       CREATE TABLE t(x, y); INSERT INTO t VALUES (1, 'é'), (1, 'b'), (NULL, 'b'), (2.5, 'é'), ('é', 1)`,
    );
    const found = rowsOf(path, planOf({ x: [tagged, [orphan]], y: { kind: "text" } })).map(([slot]) =>
      decodeTagged(slot as Slot),
    );
    expect(found.map((cell) => [cell.storage, cell.bytes.toString(), cell.orphan])).toEqual([
      ["integer", "1", -1],
      ["integer", "1", 0],
      ["null", "", -1],
      ["real", "2.5", 0],
      ["text", "é", 0],
    ]);
  });

  it("add the key for the ledger, and apply the selection", () => {
    const path = makeDatabase(
      "CREATE TABLE t(k TEXT PRIMARY KEY, n INT, a); INSERT INTO t VALUES ('5n', 5, 'x'), ('b', 2, 'y')",
    );
    const plan = planOf(
      { a: [{ kind: "text" }, [nul]], n: wide },
      { key: { kind: "other", columns: ["k", "n"] }, where: "n > 2 OR 0" },
    );
    expect(rowsOf(path, plan)).toEqual([[Buffer.from("tx"), "5", "s5n", "5n"]]);
  });

  it("leave out what the target computes", () => {
    const path = makeDatabase("CREATE TABLE t(a, b AS (a + 1)); INSERT INTO t VALUES (1)");
    const plan = planOf({ a: { kind: "numeric" }, b: wide });
    const columns = plan.columns.map((column) => ({ ...column, computed: column.source === "b" }));
    expect(rowsOf(path, { ...plan, columns })).toEqual([["1"]]);
  });
});

describe("units", () => {
  const ids = fc.uniqueArray(
    fc.oneof(
      fc.constantFrom(-(2n ** 63n), -(2n ** 63n) + 1n, -1n, 0n, 1n, 2n ** 63n - 2n, 2n ** 63n - 1n),
      fc.bigInt({ min: -20n, max: 20n }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ),
    { maxLength: 40 },
  );
  const sorted = (values: readonly bigint[]): string[] => [...values].sort((a, b) => (a < b ? -1 : 1)).map(String);

  function readInUnits(values: readonly bigint[], step: number, batch: number): { rows: string[]; units: number } {
    const path = makeDatabase((db) => {
      db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY)");
      const statement = db.prepare("INSERT INTO t VALUES (?)");
      db.transaction(() => {
        for (const value of values) statement.run(value);
      })();
    });
    const db = openSqlite(path);
    const [table] = readCatalog(db).tables;
    const found = table === undefined ? [] : boundaries(db, table, values.length, step);
    db.close();
    const plan = planOf({ id: wide }, { rows: values.length });
    const profile = {
      tables: {
        t: { rows: values.length, selected: values.length, columns: {}, lastRowid: null, boundaries: found, bytes: 1 },
      },
    };
    const units = cutUnits([plan], profile);
    expect(new Set(units.map((unit) => unit.id)).size).toBe(units.length);
    const parts = units.flatMap((unit) => unit.parts);
    return {
      rows: parts.flatMap((part) => rowsOf(path, plan, part.from, part.to, batch).map(([id]) => String(id))),
      units: units.length,
    };
  }

  it("hold every row exactly once, in order", () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }), (values, step, batch) => {
        expect(readInUnits(values, step, batch).rows).toEqual(sorted(values));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [999, 1],
    [1000, 1],
    [1500, 1],
    [1501, 2],
    [1999, 2],
    [2000, 2],
    [2001, 3],
    [3000, 3],
    [3001, 4],
  ])("of 1,000 dense rowids, %i rows make %i", (rows, units) => {
    const values = Array.from({ length: rows }, (_, i) => BigInt(i + 1));
    const read = readInUnits(values, 1000, 500);
    expect(read.units).toBe(units);
    expect(read.rows).toEqual(sorted(values));
  });
});

describe("batches", () => {
  it("hold few large rows or many small ones", () => {
    const path = makeDatabase(
      "CREATE TABLE t(x TEXT); INSERT INTO t SELECT hex(zeroblob(300000)) FROM (VALUES (1), (2), (3), (4), (5))",
    );
    const plan = planOf({ x: { kind: "text" } });
    const sizes = [
      ...readRows(openSqlite(path), plan, { table: "t", from: null, to: null, rows: 5 }, 500, "UTF-8"),
    ].map((batch) => batch.length);
    expect(sizes).toEqual([2, 2, 1]);
  });
});
