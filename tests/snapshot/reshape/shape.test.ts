/** Chains over snapshots: what arrives in the reshaped file, and what does not change on the way. */
import { existsSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowhaulError } from "../../../src/core/messages/errors.ts";
import type { Value } from "../../../src/core/plan/transform.ts";
import { codeOf, errorOf, freshPath, makeDatabase } from "../../support/scratch-database.ts";
import { chain, each, reshapedOf, shape, step } from "./chains.ts";
import { catalogOf, cells, query, replayed, shapeIt } from "./shaping.ts";

const upper = (row: readonly Value[]): Value[] => row.map((v) => (typeof v === "string" ? v.toUpperCase() : v));
const same = (row: readonly Value[]): Value[] => [...row];

describe("cells", () => {
  const hard = `CREATE TABLE t(id INTEGER PRIMARY KEY, a, b);
    INSERT INTO t VALUES (1, 5, 5.0), (2, 9223372036854775807, -9223372036854775808), (3, 9e999, -9e999),
      (4, 'a' || char(0) || 'b', x'00ff'), (5, '', x''), (6, NULL, -0.0), (7, 'é😀', char(65279) || 'bom'),
      (8, char(65533), char(65535)), (-9, '5', 1e300)`;

  it.each(["UTF-8", "UTF-16le", "UTF-16be"])(
    "that no step touches stay class by class and byte by byte, in %s",
    async (encoding) => {
      const raw = encoding === "UTF-8" ? "x'61ff62'" : "x'00d80041'";
      const snapshot = makeDatabase(
        `PRAGMA encoding = '${encoding}'; ${hard}; INSERT INTO t VALUES (10, CAST(${raw} AS TEXT), CAST(x'41' AS TEXT))`,
      );
      const steps = [each("one", shape("t", "id", "a", "b"), same), each("two", shape("t", "id", "a", "b"), same)];
      const done = await shapeIt(snapshot, [chain("t", steps)], (c) =>
        reshapedOf(c, ["t"], { t: { columns: ["id", "a", "b"], key: "id" } }),
      );
      expect(cells(done.reshaped, "t", "id", "a", "b")).toEqual(cells(snapshot, "t", "id", "a", "b"));
      expect(await replayed(done)).toMatchObject({ passed: true, differences: 0 });
    },
  );

  it("keep minus zero", async () => {
    const snapshot = makeDatabase("CREATE TABLE t(a); INSERT INTO t VALUES (-0.0)");
    const done = await shapeIt(snapshot, [chain("t", [each("s", shape("t", "a"), same)])], (c) =>
      reshapedOf(c, ["t"], { t: { columns: ["a"] } }),
    );
    const db = new Database(done.reshaped);
    expect(Object.is(db.prepare("SELECT a FROM t").pluck().get(), -0)).toBe(true);
    db.close();
  });

  it("arrive as any values that a step makes", async () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true }),
      fc.string({ unit: "binary" }),
      fc.uint8Array(),
      fc.constant({ rawText: Buffer.from([0x61, 0xff]) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 30 }), async (rows) => {
        const snapshot = makeDatabase((db) => {
          db.pragma("synchronous = OFF");
          db.exec("CREATE TABLE t(n INTEGER PRIMARY KEY)");
          rows.forEach((_, i) => void db.prepare("INSERT INTO t VALUES (?)").run(i));
        });
        const make = (row: readonly Value[]): Value[] => [...(rows[Number(row[0])] ?? [])];
        const done = await shapeIt(snapshot, [chain("t", [each("s", shape("t", "a", "b"), make)])], (c) =>
          reshapedOf(c, ["t"], { t: { columns: ["a", "b"] } }),
        );
        const hexOf = (v: Value): string => {
          if (v === null) return "null ";
          if (typeof v === "bigint") return `integer ${Buffer.from(String(v)).toString("hex")}`;
          if (typeof v === "string") return `text ${Buffer.from(v).toString("hex")}`;
          if (v instanceof Uint8Array) return `blob ${Buffer.from(v).toString("hex")}`;
          return typeof v === "number" ? "real" : `text ${Buffer.from(v.rawText).toString("hex")}`;
        };
        const lower = (cell: unknown): string =>
          String(cell).startsWith("real") ? "real" : String(cell).toLowerCase();
        expect(cells(done.reshaped, "t", "a", "b").map((row) => row.map(lower))).toEqual(
          rows.map((row) => row.map(hexOf)),
        );
        expect((await replayed(done)).passed).toBe(true);
      }),
      { numRuns: 15 },
    );
  }, 10_000);

  it("read VIRTUAL and STORED columns as values, and WITHOUT ROWID tables in key order", async () => {
    const snapshot =
      makeDatabase(`CREATE TABLE t(k TEXT, n INT, v AS (n * 2) VIRTUAL, s AS (k || n) STORED, PRIMARY KEY (k, n)) WITHOUT ROWID;
      INSERT INTO t(k, n) VALUES ('b', 1), ('a', 2), ('a', 1), (CAST(x'ff' AS TEXT), 1)`);
    const done = await shapeIt(snapshot, [chain("t", [each("s", shape("t", "k", "n", "v", "s"), same)])], (c) =>
      reshapedOf(c, ["t"], { t: { columns: ["k", "n", "v", "s"] } }),
    );
    expect(query(done.reshaped, "SELECT hex(k), n, v, hex(s) FROM t ORDER BY rowid")).toEqual([
      ["61", 1, 2, "6131"],
      ["61", 2, 4, "6132"],
      ["62", 1, 2, "6231"],
      ["FF", 1, 2, "FF31"],
    ]);
    expect((await replayed(done)).passed).toBe(true);
  });
});

describe("rows", () => {
  const filled =
    "CREATE TABLE t(a); INSERT INTO t(rowid, a) VALUES (3, 'x'), (7, 'y'), (-2, 'z'), (9223372036854775807, 'w')";

  it("keep their rowids where a row stays one or goes", async () => {
    const keep = step(
      "filter",
      [shape("t", "a")],
      () => (row, emit) => void (row[0] !== "y" && emit(0, [...row])),
      false,
    );
    const done = await shapeIt(makeDatabase(filled), [chain("t", [keep])], (c) =>
      reshapedOf(c, ["t"], { t: { columns: ["a"] } }),
    );
    const db = new Database(done.reshaped);
    db.defaultSafeIntegers(true);
    const found = db.prepare("SELECT rowid, a FROM t").raw().all();
    db.close();
    expect(found).toEqual([
      [-2n, "z"],
      [3n, "x"],
      [9223372036854775807n, "w"],
    ]);
    expect(done.report.tables[0]).toMatchObject({ read: 4, written: [{ table: "t", rows: 3 }], quarantined: 0 });
    expect(done.report.tables[0]?.steps).toEqual([
      { label: "filter", rowsIn: 4, rowsOut: 3, undo: "by hand", parity: "every cell" },
    ]);
  });

  it("become several, of which the first keeps the rowid", async () => {
    const twice = step(
      "twice",
      [shape("t", "a")],
      () => (row, emit) => {
        emit(0, [...row]);
        emit(0, ["again"]);
      },
      false,
    );
    const snapshot = makeDatabase("CREATE TABLE t(a); INSERT INTO t(rowid, a) VALUES (3, 'x'), (7, 'y')");
    const done = await shapeIt(snapshot, [chain("t", [twice])], (c) => reshapedOf(c, ["t"], { t: { columns: ["a"] } }));
    expect(query(done.reshaped, "SELECT rowid, a FROM t")).toEqual([
      [3, "x"],
      [7, "y"],
      [8, "again"],
      [9, "again"],
    ]);
  });

  it("go to tables of their own from a step in the middle, and on through the rest", async () => {
    const split = step("split", [shape("t", "id", "a"), shape("t_tags", "t_id", "tag")], () => (row, emit) => {
      for (const tag of String(row[1]).split(",")) emit(1, [row[0] ?? null, tag]);
      emit(0, [...row]);
    });
    const snapshot = makeDatabase(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x,y'), (2, 'z')",
    );
    const steps = [split, each("upper", shape("t", "id", "a"), upper)];
    const done = await shapeIt(snapshot, [chain("t", steps, {}, shape("t_tags", "t_id", "tag"))], (c) =>
      reshapedOf(c, ["t"], { t: { columns: ["id", "a"], key: "id" }, t_tags: { columns: ["t_id", "tag"] } }),
    );
    expect(query(done.reshaped, "SELECT * FROM t")).toEqual([
      [1, "X,Y"],
      [2, "Z"],
    ]);
    expect(query(done.reshaped, "SELECT rowid, * FROM t_tags")).toEqual([
      [1, 1, "x"],
      [2, 1, "y"],
      [3, 2, "z"],
    ]);
    expect(done.report.tables[0]?.written).toEqual([
      { table: "t", rows: 2 },
      { table: "t_tags", rows: 3 },
    ]);
    expect((await replayed(done)).passed).toBe(true);
  });

  it("of several tables meet in one, with the columns of all", async () => {
    const snapshot = makeDatabase(`CREATE TABLE a(id INTEGER PRIMARY KEY, x); INSERT INTO a VALUES (1, 'p'), (2, 'q');
      CREATE TABLE b(id INTEGER PRIMARY KEY, y); INSERT INTO b VALUES (1, 'r')`);
    const to = (name: string, column: string) =>
      each("unify", shape("all", "source", "source_id", column), (row) => [name, ...row]);
    const chains = [chain("a", [to("a", "x")], { shared: true }), chain("b", [to("b", "y")], { shared: true })];
    const done = await shapeIt(snapshot, chains, (c) =>
      reshapedOf(c, ["a", "b"], { all: { columns: ["source", "source_id", "x", "y"] } }),
    );
    expect(query(done.reshaped, `SELECT rowid, * FROM "all"`)).toEqual([
      [1, "a", 1, "p", null],
      [2, "a", 2, "q", null],
      [3, "b", 1, null, "r"],
    ]);
    expect(query(done.reshaped, "SELECT name FROM sqlite_schema WHERE name IN ('a', 'b')")).toEqual([]);
    expect((await replayed(done)).passed).toBe(true);
  });

  it("come backwards when the last of equal ones stays, and only those that where selects", async () => {
    const last = step(
      "dedupe",
      [shape("t", "id", "a")],
      (services) => {
        const first = services.firstSeen();
        return (row, emit) => void (first(Buffer.from(String(row[1]))) && emit(0, [...row]));
      },
      false,
    );
    const snapshot = makeDatabase(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1,'x'),(2,'y'),(3,'x'),(4,'y')",
    );
    const done = await shapeIt(
      snapshot,
      [chain("t", [last], { backwards: true, where: "id < 4 -- not the last" })],
      (c) => reshapedOf(c, ["t"], { t: { columns: ["id", "a"], key: "id" } }),
    );
    expect(query(done.reshaped, "SELECT * FROM t")).toEqual([
      [2, "y"],
      [3, "x"],
    ]);
    expect((await replayed(done)).passed).toBe(true);
  });

  it("are looked up by value and class", async () => {
    const snapshot =
      makeDatabase(`CREATE TABLE c(code TEXT, name); INSERT INTO c VALUES ('1', 'one'), ('2', x'00'), ('3', CAST(x'ff' AS TEXT)), ('4', 'a'), ('4', 'b');
      CREATE TABLE t(id INTEGER PRIMARY KEY, code); INSERT INTO t VALUES (1, '1'), (2, '2'), (3, '3'), (4, 1), (5, NULL)`);
    const find = step("lookup", [shape("t", "id", "name")], (services) => {
      const lookup = services.lookup("c", "code", "name");
      return (row, emit) => emit(0, [row[0] ?? null, lookup(row[1] ?? null) ?? null]);
    });
    const after = (c: ReturnType<typeof catalogOf>) =>
      reshapedOf(c, ["t"], { t: { columns: ["id", "name"], key: "id" } });
    const done = await shapeIt(snapshot, [chain("t", [find])], after);
    expect(cells(done.reshaped, "t", "name").flat()).toEqual(["text 6F6E65", "blob 00", "text FF", "null ", "null "]);
    expect((await replayed(done)).passed).toBe(true);
    const twice = makeDatabase((db) => db.exec("UPDATE t SET code = '4' WHERE id = 3"), snapshot);
    const error = await errorOf(() => shapeIt(twice, [chain("t", [find])], after));
    expect(error).toMatchObject({ code: "TRANSFORM_FAILED", place: { table: "t", key: "id=3" } });
  });
});

describe("failing rows", () => {
  const refuse = () =>
    step("map a", [shape("t", "id", "a")], () => (row, emit) => {
      emit(0, [row[0] ?? null, "half"]);
      if (row[1] === "bad")
        throw new RowhaulError("TRANSFORM_FAILED", "bad is not in the map.", { place: { column: "a" } });
    });
  const filled =
    "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 'good', 1), (42, 'bad', x'00'), (43, 'good', 5.0)";
  const steps = () => [each("drop b", shape("t", "id", "a"), (row) => row.slice(0, 2)), refuse()];
  const after = (c: ReturnType<typeof catalogOf>) => reshapedOf(c, ["t"], { t: { columns: ["id", "a"], key: "id" } });

  it("stop the run with table, key, column and sample", async () => {
    const error = await errorOf(() => shapeIt(makeDatabase(filled), [chain("t", steps())], after));
    expect(error).toMatchObject({
      code: "TRANSFORM_FAILED",
      place: { table: "t", key: "id=42", column: "a", sample: 'text "bad"' },
      details: ["In the step map a."],
    });
  });

  it("or go to quarantine whole, and nothing of them arrives", async () => {
    const done = await shapeIt(makeDatabase(filled), [chain("t", steps(), { onError: "quarantine" })], after);
    expect(query(done.reshaped, "SELECT * FROM t")).toEqual([
      [1, "half"],
      [43, "half"],
    ]);
    expect(done.report.quarantine).toEqual([
      {
        table: "t",
        key: "id=42",
        row: { id: "integer 42", a: 'text "bad"', b: "blob x'00'" },
        rule: "TRANSFORM_FAILED:map a: bad is not in the map.",
      },
    ]);
    expect(done.report.tables[0]).toMatchObject({ read: 3, quarantined: 1 });
    expect((await replayed(done)).passed).toBe(true);
  });

  it("do not count as the first of their key", async () => {
    const snapshot = makeDatabase(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'bad'), (2, 'bad'), (3, 'good')",
    );
    const unique = step(
      "dedupe",
      [shape("t", "id", "a")],
      (services) => {
        const first = services.firstSeen();
        return (row, emit) => void (first(Buffer.from("all")) && emit(0, [...row]));
      },
      false,
    );
    const done = await shapeIt(snapshot, [chain("t", [unique, refuse()], { onError: "quarantine" })], after);
    expect(query(done.reshaped, "SELECT id FROM t")).toEqual([[3]]);
    expect(done.report.tables[0]?.quarantined).toBe(2);
    expect((await replayed(done)).passed).toBe(true);
  });

  it.each([
    ["NaN", Number.NaN],
    ["half of a pair", "\ud800"],
    ["65 bits", 2n ** 63n],
    ["undefined", undefined as unknown as Value],
  ])("are those with %s, which no cell holds", async (_, value) => {
    const make = each("s", shape("t", "id", "a"), (row) => [row[0] ?? null, value]);
    const error = await errorOf(() => shapeIt(makeDatabase(filled), [chain("t", [make])], after));
    expect(error).toMatchObject({ code: "TRANSFORM_FAILED", place: { table: "t", key: "id=1", column: "a" } });
  });

  it("are those whose key is gone or there twice", async () => {
    const nobody = each("s", shape("t", "id", "a"), () => [null, 1n]);
    expect((await errorOf(() => shapeIt(makeDatabase(filled), [chain("t", [nobody])], after))).message).toContain(
      "NULL",
    );
    const twice = each("s", shape("t", "id", "a"), () => [5n, 1n]);
    const error = await errorOf(() => shapeIt(makeDatabase(filled), [chain("t", [twice])], after));
    expect(error).toMatchObject({ code: "TRANSFORM_FAILED", place: { key: "id=42", column: "id" } });
  });
});

describe("the rest of the file", () => {
  it("stays: other tables, views, triggers on them", async () => {
    const snapshot =
      makeDatabase(`CREATE TABLE t(id INTEGER PRIMARY KEY, a COLLATE NOCASE); INSERT INTO t VALUES (1, 'x');
      CREATE TABLE u(n INTEGER REFERENCES t(id) ON DELETE CASCADE); INSERT INTO u VALUES (1);
      CREATE VIEW v AS SELECT a FROM t; CREATE INDEX i ON t(a);
      CREATE TRIGGER on_t AFTER INSERT ON t BEGIN INSERT INTO u VALUES (2); END;
      CREATE TRIGGER on_u AFTER INSERT ON u BEGIN SELECT 1; END`);
    const done = await shapeIt(snapshot, [chain("t", [each("upper", shape("t", "id", "a"), upper)])], (c) =>
      reshapedOf(c, ["t"], { t: { columns: ["id", "a"], key: "id" } }),
    );
    expect(query(done.reshaped, "SELECT * FROM v")).toEqual([["X"]]);
    expect(query(done.reshaped, "SELECT * FROM u")).toEqual([[1]]);
    expect(query(done.reshaped, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")).toEqual([["on_u"]]);
    expect(catalogOf(done.reshaped)).toEqual(done.reshapedCatalog);
    expect(statSync(done.reshaped).mode & 0o777).toBe(0o600);
    expect(query(done.reshaped, "PRAGMA integrity_check")).toEqual([["ok"]]);
  });

  it("gives way to no table of the same name", async () => {
    const snapshot = makeDatabase("CREATE TABLE t(a); CREATE TABLE u(a); CREATE VIEW v AS SELECT 1");
    for (const name of ["u", "V", "sqlite_x"])
      expect(
        await codeOf(() =>
          shapeIt(snapshot, [chain("t", [each("s", shape(name, "a"), same)])], (c) =>
            reshapedOf(c, ["t"], { [name]: { columns: ["a"] } }),
          ),
        ),
      ).toBe("PLAN_INVALID");
  });

  it("has full-text tables made anew from the reshaped texts", async () => {
    const snapshot =
      makeDatabase(`CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (10, 'red fox'), (20, 'grey wolf');
      CREATE VIRTUAL TABLE f USING fts5(a, content='t', content_rowid='id'); INSERT INTO f(f) VALUES ('rebuild')`);
    const edit = step(
      "edit",
      [shape("t", "id", "a")],
      () => (row, emit) => void (row[0] === 10n && emit(0, [10n, "red fox jumps"])),
      false,
    );
    const done = await shapeIt(snapshot, [chain("t", [edit])], (c) =>
      reshapedOf(c, ["t"], { t: { columns: ["id", "a"], key: "id" } }),
    );
    expect(query(done.reshaped, "SELECT rowid FROM f WHERE f MATCH 'jumps'")).toEqual([[10]]);
    expect(query(done.reshaped, "SELECT rowid FROM f WHERE f MATCH 'wolf'")).toEqual([]);
    expect(catalogOf(done.reshaped).virtualTables[0]?.totals).toEqual({ rows: "1", tokens: "3" });
    expect(done.report.leftOut).toEqual([]);
  });

  it("leaves out a full-text table whose column is gone", async () => {
    const snapshot = makeDatabase(`CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (10, 'red fox');
      CREATE VIRTUAL TABLE f USING fts5(a, content = "t", content_rowid=id)`);
    const done = await shapeIt(snapshot, [chain("t", [each("rename", shape("t", "id", "b"), same)])], (c) =>
      reshapedOf(c, ["t"], { t: { columns: ["id", "b"], key: "id" } }),
    );
    expect(done.report.leftOut).toEqual([
      { object: "f", reason: "t has no column a any more", hazard: { code: "VIRTUAL_TABLE_LOST", at: "f" } },
    ]);
    expect(catalogOf(done.reshaped).virtualTables).toEqual([]);
    expect(query(done.reshaped, "SELECT name FROM sqlite_schema WHERE name LIKE 'f%'")).toEqual([]);
  });
});

it("stops between batches and leaves nothing behind", async () => {
  const snapshot = makeDatabase(
    "CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i FROM n",
  );
  const stop = new AbortController();
  let last = 0;
  const progress = (_: string, done: number, total: number) => {
    expect(total).toBe(5000);
    last = done;
    if (done >= 1000) stop.abort();
  };
  const work = shapeIt(
    snapshot,
    [chain("t", [each("s", shape("t", "a"), same)])],
    (c) => reshapedOf(c, ["t"], { t: { columns: ["a"] } }),
    {
      signal: stop.signal,
      progress,
    },
  );
  await expect(work).rejects.toThrow(/abort/i);
  expect(last).toBe(1000);
});

it("names a folder that cannot be written to", async () => {
  const { shapeSnapshot } = await import("../../../src/snapshot/reshape/shape.ts");
  const snapshot = makeDatabase("CREATE TABLE t(a)");
  const reshaped = `${freshPath("nowhere")}/shaped.db`;
  const catalog = catalogOf(snapshot);
  const request = {
    snapshot,
    reshaped,
    catalog,
    reshapedCatalog: catalog,
    chains: [],
    wanted: () => true,
    selection: null,
  };
  const more = { progress: () => {}, signal: new AbortController().signal };
  expect(await codeOf(() => shapeSnapshot({ ...request, ...more }))).toBe("LOCAL_DISK");
  expect(existsSync(reshaped)).toBe(false);
});
