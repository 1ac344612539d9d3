/** Rows that belong together: from a root over foreign keys, and tables that follow their parent. */
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RootSelection } from "../../../src/snapshot/closure/root.ts";
import { type RowSelection, rowSelection } from "../../../src/snapshot/closure/row-selection.ts";
import { openSqlite } from "../../../src/sqlite/open.ts";
import { errorOf, freshPath, makeDatabase } from "../../support/scratch-database.ts";
import { chain, each, reshapedOf, shape } from "../reshape/chains.ts";
import { catalogOf, query, replayed, shapeIt } from "../reshape/shaping.ts";

type Asked = { root?: RootSelection; wheres?: Record<string, string>; belongsTo?: Record<string, string> };

async function select(snapshot: string, asked: Asked): Promise<RowSelection | null> {
  return rowSelection({
    snapshot,
    catalog: catalogOf(snapshot),
    scratch: freshPath("rows.db"),
    root: asked.root ?? null,
    wheres: new Map(Object.entries(asked.wheres ?? {})),
    belongsTo: new Map(Object.entries(asked.belongsTo ?? {}).map(([t, parent]) => [t, { parent, columns: null }])),
    signal: new AbortController().signal,
  });
}

/** First columns of the selected rows, by table. */
function picked(snapshot: string, selection: RowSelection | null): Record<string, unknown[]> {
  const db = openSqlite(snapshot);
  db.defaultSafeIntegers(false);
  db.prepare("ATTACH ? AS rowhaul_rows").run(selection?.path);
  const found = (selection?.tables ?? []).map(({ table, condition, rows }) => {
    const all = db.prepare(`SELECT * FROM "${table}" WHERE ${condition} ORDER BY 1`).raw().all() as unknown[][];
    expect(all.length).toBe(rows);
    return [table, all.map(([first]) => first)];
  });
  db.close();
  return Object.fromEntries(found);
}

const shop = `
  CREATE TABLE country(code TEXT PRIMARY KEY) WITHOUT ROWID;
  INSERT INTO country VALUES ('CH'), ('DE'), ('FR');
  CREATE TABLE customer(id INTEGER PRIMARY KEY, country TEXT REFERENCES country, boss INTEGER REFERENCES customer);
  INSERT INTO customer VALUES (1, 'CH', NULL), (2, 'DE', 1), (3, 'FR', 2), (4, 'FR', NULL);
  CREATE TABLE "order"(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer(id));
  INSERT INTO "order" VALUES (10, 1), (20, 2), (21, 2), (30, 3), (99, NULL), (40, 4);
  CREATE TABLE product(id INTEGER PRIMARY KEY, maker TEXT REFERENCES country);
  INSERT INTO product VALUES (100, 'CH'), (200, 'DE'), (300, 'FR');
  CREATE TABLE line("order" INTEGER REFERENCES "order", product INTEGER REFERENCES product, PRIMARY KEY ("order", product)) WITHOUT ROWID;
  INSERT INTO line VALUES (10, 100), (20, 200), (21, 200), (30, 300), (30, 777), (40, 300);
  CREATE TABLE other(a); INSERT INTO other VALUES (1);`;

describe("from root rows", () => {
  it("goes down to what hangs from them and up to what those point to", async () => {
    const snapshot = makeDatabase(shop);
    const selection = await select(snapshot, { root: { table: "Customer", key: "3", parents: true } });
    expect(picked(snapshot, selection)).toEqual({
      country: ["CH", "DE", "FR"],
      customer: [1, 2, 3],
      order: [30],
      product: [300],
      line: [30, 30],
    });
    expect(selection?.others).toBe("none");
    expect(selection?.missing).toEqual([
      { table: "line", columns: ["product"], parent: "product", count: 1, samples: ["product=777"] },
    ]);
    selection?.close();
    expect(existsSync(selection?.path ?? "")).toBe(false);
  });

  it("takes children of children, and no parents when told so", async () => {
    const snapshot = makeDatabase(shop);
    const selection = await select(snapshot, {
      root: { table: "customer", where: "id = 2 -- the second", parents: false },
    });
    expect(picked(snapshot, selection)).toEqual({ customer: [2, 3], order: [20, 21, 30], line: [20, 21, 30, 30] });
  });

  it("ends in cycles, and is not slow in long chains", async () => {
    const snapshot = makeDatabase(`CREATE TABLE a(id INTEGER PRIMARY KEY, b INTEGER REFERENCES b(id));
      CREATE TABLE b(id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id));
      INSERT INTO a VALUES (1, 1), (2, 2), (9, 9); INSERT INTO b VALUES (1, 2), (2, 1), (9, 9);
      CREATE TABLE n(id INTEGER PRIMARY KEY, up INTEGER REFERENCES n);
      WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 5000) INSERT INTO n SELECT x, x - 1 FROM i`);
    const cycle = await select(snapshot, { root: { table: "a", key: "1", parents: true } });
    expect(picked(snapshot, cycle)).toEqual({ a: [1, 2], b: [1, 2] });
    const long = await select(snapshot, { root: { table: "n", key: "2500", parents: true } });
    expect(long?.tables).toMatchObject([{ table: "n", rows: 5000 }]);
  });

  it("refuses a root without rows, an unknown table and a key of another width", async () => {
    const snapshot = makeDatabase(shop);
    const ask = (root: RootSelection) => errorOf(() => select(snapshot, { root }));
    expect(await ask({ table: "customer", key: "77", parents: true })).toMatchObject({ code: "PLAN_INVALID" });
    expect((await ask({ table: "nobody", key: "1", parents: true })).message).toContain("nobody");
    expect((await ask({ table: "line", key: "1", parents: true })).message).toContain("2 columns");
    expect((await ask({ table: "customer", where: "nowhere = 1", parents: true })).message).toContain("no such column");
  });

  it("agrees with a plain walk over random rows", async () => {
    const links = fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.option(fc.integer({ min: 1, max: 9 }))), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(links, links, fc.boolean(), async (as, bs, parents) => {
        const rows = (all: typeof as) => new Map(all.map(([, to], i) => [i + 1, to]));
        const [a, b] = [rows([[1, 1], ...as]), rows(bs)];
        const snapshot = makeDatabase((db) => {
          db.pragma("synchronous = OFF");
          db.exec(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, b REFERENCES b(id)); CREATE TABLE b(id INTEGER PRIMARY KEY, a REFERENCES a(id))",
          );
          for (const [id, to] of a) db.prepare("INSERT INTO a VALUES (?, ?)").run(id, to === null ? null : BigInt(to));
          for (const [id, to] of b) db.prepare("INSERT INTO b VALUES (?, ?)").run(id, to === null ? null : BigInt(to));
        });
        const [inA, inB] = [new Set([1]), new Set<number>()];
        const grow = (step: () => void): void => {
          for (let size = -1; size !== inA.size + inB.size; ) {
            size = inA.size + inB.size;
            step();
          }
        };
        grow(() => {
          for (const [id, to] of b) if (to !== null && inA.has(to)) inB.add(id);
          for (const [id, to] of a) if (to !== null && inB.has(to)) inA.add(id);
        });
        if (parents)
          grow(() => {
            for (const id of inA) if (b.has(a.get(id) ?? 0)) inB.add(a.get(id) ?? 0);
            for (const id of inB) if (a.has(b.get(id) ?? 0)) inA.add(b.get(id) ?? 0);
          });
        const selection = await select(snapshot, { root: { table: "a", key: "1", parents } });
        const sorted = (set: Set<number>) => [...set].sort((x, y) => x - y);
        expect(picked(snapshot, selection)).toEqual({ a: sorted(inA), b: sorted(inB) });
        selection?.close();
      }),
      { numRuns: 25 },
    );
  }, 10_000);
});

describe("tables that belong to others", () => {
  it("follow what is selected of their parents, however far", async () => {
    const snapshot = makeDatabase(shop);
    const selection = await select(snapshot, {
      wheres: { customer: "country = 'DE'" },
      belongsTo: { line: "order", order: "customer" },
    });
    expect(picked(snapshot, selection)).toEqual({ order: [20, 21], line: [20, 21] });
    expect(selection?.others).toBe("all");
  });

  it("are refused in a circle, and without a foreign key", async () => {
    const snapshot = makeDatabase(
      `CREATE TABLE a(id INTEGER PRIMARY KEY, b REFERENCES b(id)); CREATE TABLE b(id INTEGER PRIMARY KEY, a REFERENCES a(id)); CREATE TABLE c(x)`,
    );
    const circle = await errorOf(() => select(snapshot, { belongsTo: { a: "b", b: "a" } }));
    expect(circle).toMatchObject({
      code: "PLAN_INVALID",
      message: "Tables belong to each other in a circle: a → b → a.",
    });
    expect((await errorOf(() => select(snapshot, { belongsTo: { c: "a" } }))).message).toContain("no foreign key");
  });
});

describe("a condition that begins another statement", () => {
  const hostile = (file: string): string => `1); ATTACH '${file}' AS live; DELETE FROM live.other; SELECT (1`;

  it("is refused, and writes nowhere", async () => {
    const [snapshot, live] = [makeDatabase(shop), makeDatabase(shop)];
    for (const asked of [
      { wheres: { order: hostile(live) }, belongsTo: { order: "customer" } },
      { root: { table: "order", where: hostile(live), parents: true } },
    ]) {
      const error = await errorOf(() => select(snapshot, asked));
      expect([error.code, error.message]).toEqual(["PLAN_INVALID", expect.stringContaining("more than one statement")]);
    }
    expect(query(live, "SELECT count(*) FROM other")).toEqual([[1]]);
  });
});

it("is what the reshaped file holds, reshaped or not", async () => {
  const snapshot = makeDatabase(`${shop}
    CREATE TRIGGER gone AFTER DELETE ON product BEGIN INSERT INTO other VALUES (2); END;
    CREATE VIRTUAL TABLE notes USING fts5(text); INSERT INTO notes VALUES ('about everybody')`);
  const selection = await select(snapshot, { root: { table: "customer", key: "2", parents: true } });
  const kept = each("s", shape("customer", "id", "country", "boss"), (row) => [...row]);
  const done = await shapeIt(
    snapshot,
    [chain("customer", [kept])],
    (c) => reshapedOf(c, ["customer"], { customer: { columns: ["id", "country", "boss"], key: "id" } }),
    { selection },
  );
  expect(query(done.reshaped, "SELECT id FROM customer")).toEqual([[1], [2], [3]]);
  expect(query(done.reshaped, `SELECT id FROM "order"`)).toEqual([[20], [21], [30]]);
  expect(query(done.reshaped, "SELECT id FROM product")).toEqual([[200], [300]]);
  expect(query(done.reshaped, "SELECT * FROM line")).toEqual([
    [20, 200],
    [21, 200],
    [30, 300],
    [30, 777],
  ]);
  expect(query(done.reshaped, "SELECT * FROM other")).toEqual([]);
  expect(done.report.leftOut.map(({ object }) => object)).toEqual(["notes"]);
  expect(await replayed(done)).toMatchObject({ passed: true });
});
