/** The file of transformed rows once its schema is settled: every value as the function gave it, every declaration true of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog, Column } from "../../../src/core/schema/catalog.ts";
import { shapeSnapshot } from "../../../src/snapshot/reshape/shape.ts";
import { compileChain } from "../../../src/transforms/compile-chain.ts";
import type { LoadedFunction } from "../../../src/transforms/functions/load-functions.ts";
import { reshapedCatalog } from "../../../src/transforms/reshaped/reshaped-catalog.ts";
import { freshPath, makeDatabase } from "../../support/scratch-database.ts";
import { catalogOf, cells, query, replayed } from "./shaping.ts";

type Settled = {
  readonly reshaped: string;
  readonly columns: readonly Column[];
  readonly leftOut: string[];
  readonly replayed: boolean;
};

/** `t` through a function, as a run does it. */
async function settled(
  sql: string,
  call: LoadedFunction["call"],
  columns: Record<string, string> = {},
): Promise<Settled> {
  const snapshot = makeDatabase(sql);
  const catalog = catalogOf(snapshot);
  const table = catalog.tables.find(({ name }) => name === "t");
  if (table === undefined) throw new Error("no table t");
  const functions = new Map([["f", { path: "f", sha256: "", columns, call }]]);
  const steps = [{ use: "function", options: { file: "f", keys: "made" } }];
  const chains = [compileChain(table, { where: null, steps, onError: "fail" }, { catalog, env: {}, functions })];
  let after = reshapedCatalog(catalog, chains);
  const settle: (seen: Parameters<typeof reshapedCatalog>[2] & object) => Catalog = (seen) => {
    after = reshapedCatalog(catalog, chains, seen);
    return after.catalog;
  };
  const reshaped = freshPath("shaped.db");
  const request = {
    snapshot,
    reshaped,
    catalog,
    reshapedCatalog: after.catalog,
    chains,
    wanted: () => true,
    selection: null,
  };
  const { report } = await shapeSnapshot({
    ...request,
    settle,
    progress: () => {},
    signal: new AbortController().signal,
  });
  return {
    reshaped,
    columns: after.catalog.tables.find(({ name }) => name === "t")?.columns ?? [],
    leftOut: after.leftOut.map(({ object, reason }) => `${object}: ${reason}`),
    replayed: (await replayed({ ...request, report })).passed,
  };
}

describe("a settled file", () => {
  const types = ["", "INTEGER", "REAL", "TEXT", "NUMERIC", "BLOB", "BOOLEAN", "DECIMAL(5,2)", "VARCHAR(9)", "DOUBLE"];
  const value = fc.oneof(
    fc.constant(null),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true }),
    fc.constantFrom("5", " 5 ", "5.0", "1e3", ".5", "-0", "5x", "", "0x5", "+5", "9007199254740993", "1e999"),
    fc.string(),
    fc.uint8Array({ maxLength: 4 }),
  );

  it("holds what the function gave, and no affinity would have made anything else of it", {
    timeout: 60_000,
  }, async () => {
    const many = fc.array(fc.array(value, { minLength: types.length, maxLength: types.length }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(many, many, async (before, after) => {
        const names = types.map((_, i) => `c${i}`);
        const lines = types.map((type, i) => `c${i} ${type}`);
        const snapshot = `CREATE TABLE t (id INTEGER PRIMARY KEY, ${lines.join(", ")}); CREATE VIEW v AS SELECT * FROM t;
          ${[0, 1, 2, 3].map((i) => `INSERT INTO t VALUES (${i + 1}, ${names.map((_, at) => literal(before[i]?.[at] ?? null)).join(", ")})`).join("; ")}`;
        const call: LoadedFunction["call"] = (row) => {
          const given = after[Number(row.id) - 1];
          return given === undefined
            ? { ...row }
            : { id: row.id, ...Object.fromEntries(names.map((name, at) => [name, given[at]])) };
        };
        const done = await settled(snapshot, call);
        expect(done.replayed).toBe(true);
        // SQLite's own word: it names each value that a column of that affinity would not hold.
        expect(query(done.reshaped, "PRAGMA integrity_check")).toEqual([["ok"]]);
        const [found] = [cells(done.reshaped, "t", ...names)];
        for (const [i, row] of after.entries())
          expect(found[i]?.map(String).map(classOf)).toEqual(
            row.map((cell, at) => classOfValue(cell, types[at] ?? "")),
          );
        const copy = makeDatabase((db) => {
          const own = done.columns.map(
            ({ name, affinity, isRowid }) => `${name} ${isRowid ? "INTEGER PRIMARY KEY" : affinity}`,
          );
          db.exec(
            `ATTACH '${done.reshaped}' AS made; CREATE TABLE t (${own.join(", ")}); INSERT INTO t SELECT * FROM made.t`,
          );
        });
        expect(cells(copy, "t", ...names)).toEqual(found);
      }),
      { numRuns: 25 },
    );
  });

  it("has generated values computed again, whatever their order, and the function's own left alone", async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, z REAL AS (a + y), y REAL AS (b * 2), a INTEGER, b REAL, own TEXT AS (a || 'x'), still TEXT AS (upper(c)), c TEXT);
      INSERT INTO t (id, a, b, c) VALUES (1, 1, 1, 'q'), (2, 2, NULL, NULL)`;
    const done = await settled(sql, (row) => ({ ...row, a: Number(row.a) + 10, b: 5, own: "mine" }));
    expect(cells(done.reshaped, "t", "z", "y", "own", "still").map((row) => row.map(String))).toEqual([
      ["real 32312E30", "real 31302E30", "text 6D696E65", "text 51"],
      ["real 32322E30", "real 31302E30", "text 6D696E65", "null "],
    ]);
    const generated = Object.fromEntries(done.columns.map(({ name, generated }) => [name, generated]));
    expect(generated).toMatchObject({
      z: { anew: true },
      y: { anew: true },
      own: null,
      still: { expression: "upper(c)" },
    });
    expect(generated.still).not.toHaveProperty("anew");
    expect(done.leftOut).toEqual(["the expression of own of t: the function returned other values than it gives"]);
    expect(done.replayed).toBe(true);
  });

  it("keeps a check that mentions its table, the rowid or compares as the columns do", async () => {
    const sql = `CREATE TABLE t (a TEXT COLLATE NOCASE CHECK (t.a <> 'X'), b INTEGER CHECK (b < '10'), CHECK (rowid > 0));
      INSERT INTO t VALUES ('p', 1), ('q', 2)`;
    const kept = await settled(sql, (row) => ({ a: `${row.a}!`, b: Number(row.b) + 1 }));
    expect(kept.leftOut).toEqual([]);
    const lost = await settled(sql, (row) => ({ ...row, a: "x" }));
    expect(lost.leftOut).toEqual([expect.stringContaining("the check t.a <> 'X' of t: not every row meets it")]);
  });

  it("has its rowid where the function's keys number the rows, and a view asks as it did", async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT); CREATE VIEW v AS SELECT id FROM t WHERE n = 7; CREATE VIEW broken AS SELECT * FROM gone;
      INSERT INTO t VALUES (1, '7'), (2, '8')`;
    const done = await settled(sql, (row) => ({ ...row, id: Number(row.id) + 5 }));
    expect(query(done.reshaped, "SELECT rowid, id, n FROM t")).toEqual([
      [6, 6, "7"],
      [7, 7, "8"],
    ]);
    expect(query(done.reshaped, "SELECT * FROM v")).toEqual([[6]]);
    expect(done.columns[0]).toMatchObject({ isRowid: true });
    const twice = await settled(sql, (row) => ({ ...row, id: 5 }));
    expect(twice.columns[0]).toMatchObject({ isRowid: false });
    expect(twice.replayed).toBe(true);
  });

  it("has new columns by their declarations where values fit, and NULLs where they were allowed", async () => {
    const sql =
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b TEXT NOT NULL DEFAULT 'd'); INSERT INTO t VALUES (1, 1, 'b')";
    const done = await settled(sql, (row) => ({ ...row, a: null, n: null, o: "5", p: "x" }), {
      n: "INTEGER",
      o: "INTEGER",
      p: "INTEGER",
    });
    expect(done.columns.map(({ name, affinity, notNull }) => [name, affinity, notNull])).toEqual([
      ["id", "INTEGER", false],
      ["a", "INTEGER", false],
      ["b", "TEXT", true],
      ["n", "INTEGER", false],
      ["o", "BLOB", false],
      ["p", "INTEGER", false],
    ]);
    expect(done.columns[2]?.default).toBe("'d'");
    expect(done.leftOut).toEqual(["NOT NULL of t.a: after the steps it holds NULL"]);
  });
});

function literal(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `CAST(x'${Buffer.from(value).toString("hex")}' AS TEXT)`;
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString("hex")}'`;
  if (typeof value === "number" && !Number.isFinite(value)) return value > 0 ? "9e999" : "-9e999";
  return typeof value === "number" && Number.isInteger(value)
    ? `${BigInt(value) < 2n ** 63n && BigInt(value) >= -(2n ** 63n) ? BigInt(value) : value.toExponential()}`
    : String(value);
}

function classOf(cell: string): string {
  return cell.slice(0, cell.indexOf(" "));
}

function classOfValue(value: unknown, type: string): string {
  if (value === null) return "null";
  if (typeof value === "string") return "text";
  if (value instanceof Uint8Array) return "blob";
  if (typeof value === "bigint") return "integer";
  const whole = Number.isSafeInteger(value) && !Object.is(value, -0) && type !== "REAL" && type !== "DOUBLE";
  return whole ? "integer" : "real";
}
