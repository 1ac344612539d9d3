/** Names, selections, keys, units, and that planning is pure. */
import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { columnName, Names } from "../../../src/plan/names.ts";
import { makePlan } from "../../../src/plan/to-postgres/make-plan.ts";
import { codeOf, errorOf } from "../../support/scratch-database.ts";
import { inputOf, planOf, tableOf } from "./inputs.ts";

function relationNames(plan: Plan): string[] {
  return [
    ...plan.views.map((view) => view.target),
    ...plan.tables.flatMap((table) => [
      table.target,
      ...(table.identity === null ? [] : [table.identity.sequence]),
      ...table.finish.filter((step) => ["primary key", "unique", "index"].includes(step.kind)).map((step) => step.name),
    ]),
  ];
}

describe("names", () => {
  it("that are too long are cut at a character, by bytes, and kept apart", () => {
    const names = new Names();
    const long = `${"é".repeat(40)}`;
    const first = names.claim(`${long}1`);
    const second = names.claim(`${long}2`);
    for (const name of [first, second]) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
      expect(name).toMatch(/^é{27}_[0-9a-f]{8}$/);
    }
    expect(first).not.toBe(second);
    expect(names.claim("x".repeat(63))).toBe("x".repeat(63));
    expect(names.claim("x".repeat(63))).toMatch(/^x{54}_[0-9a-f]{8}$/);
    expect([names.claim("a"), names.claim("a"), names.claim("a"), names.claim("A")]).toEqual(["a", "a_1", "a_2", "A"]);
  });

  it.each(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"])("of columns step aside for %s", (name) => {
    expect(columnName(name, new Names())).toBe(`${name}_`);
  });

  it("of a whole plan are unique and fit", async () => {
    const long = "a_table_with_a_name_that_is_much_longer_than_sixty_three_bytes_";
    const plan = await planOf(
      `CREATE TABLE "${long}one"(id INTEGER PRIMARY KEY, "${long}c1" TEXT, "${long}c2" TEXT, xmin INT, UNIQUE ("${long}c1"), UNIQUE ("${long}c2"), CONSTRAINT "${long}k" CHECK (xmin > 0));
       CREATE TABLE "${long}two"(id INTEGER PRIMARY KEY, one INT REFERENCES "${long}one", two INT REFERENCES "${long}two");
       CREATE TABLE t(id INTEGER PRIMARY KEY); CREATE TABLE t_pkey(id INTEGER PRIMARY KEY); CREATE TABLE t_id_seq(id INTEGER PRIMARY KEY);
       CREATE INDEX "${long}i1" ON t(id); CREATE INDEX "${long}i2" ON t(id);
       CREATE VIEW "${long}v" AS SELECT id FROM t`,
    );
    expect(plan.hazards).toEqual([]);
    const names = relationNames(plan);
    expect(new Set(names).size).toBe(names.length);
    for (const table of plan.tables) {
      const columns = table.columns.map((column) => column.target);
      expect(new Set(columns).size).toBe(columns.length);
      const constraints = table.finish.filter((step) => step.kind !== "index").map((step) => step.name);
      expect(new Set(constraints).size).toBe(constraints.length);
      expect(new Set(table.finish.map((step) => step.id)).size).toBe(table.finish.length);
      names.push(...columns, ...constraints);
    }
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
    expect(plan.notes.filter((note) => note.code === "NAME_CHANGED").map((note) => note.at)).toEqual([
      `${long}one`,
      `${long}one.${long}c1`,
      `${long}one.${long}c2`,
      `${long}one.xmin`,
      `${long}two`,
      `${long}i1`,
      `${long}i2`,
      `${long}v`,
    ]);
    expect([tableOf(plan, "t_pkey").target, tableOf(plan, "t").finish[0]?.name]).toEqual(["t_pkey", "t_pkey_1"]);
  });

  it("of constraints of one table are unique, whatever they are called", async () => {
    const plan = await planOf(
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(id INTEGER PRIMARY KEY, a INT CONSTRAINT t_pkey CHECK (a > 0) CONSTRAINT again CHECK (a < 9) CONSTRAINT again CHECK (a <> 5) CONSTRAINT again REFERENCES p, b INT CONSTRAINT again REFERENCES p)",
    );
    const names = tableOf(plan)
      .finish.filter((step) => step.kind !== "identity")
      .map((step) => step.name);
    expect([plan.hazards, names]).toEqual([[], names]);
    expect(names).toHaveLength(6);
    expect(new Set(names).size).toBe(6);
    for (const step of tableOf(plan).finish.filter((found) => found.kind !== "identity"))
      expect(step.sql).toContain(`CONSTRAINT "${step.name}"`);
  });
});

describe("the selection", () => {
  const sql =
    "CREATE TABLE a(id INTEGER PRIMARY KEY); CREATE TABLE ab(id, a REFERENCES a); CREATE TABLE B(id); CREATE VIEW av AS SELECT id FROM a; CREATE TRIGGER tr AFTER INSERT ON a BEGIN SELECT 1; END";
  const chosen = async (settings: Parameters<typeof inputOf>[1]): Promise<string[]> => {
    const plan = await planOf(sql, settings);
    return [...plan.tables.map((table) => table.source), ...plan.views.map((view) => view.source)];
  };

  it("takes everything, or what is named", async () => {
    expect(await chosen({})).toEqual(["a", "ab", "B", "av"]);
    expect(await chosen({ tables: { A: {} } })).toEqual(["a", "av"]);
    expect(await chosen({ tables: { b: {} }, settings: { include: ["a*"] } })).toEqual(["a", "ab", "B", "av"]);
    expect(await chosen({ settings: { include: ["av", "a"] } })).toEqual(["a", "av"]);
    expect(await chosen({ settings: { exclude: ["A?"] } }).catch((error) => error.code)).toBe("PLAN_INVALID");
    expect(await chosen({ settings: { exclude: ["*b"] } })).toEqual(["a", "av"]);
    expect(await chosen({ tables: { a: { as: "renamed" }, "*": {} } })).toEqual(["a", "ab", "B", "av"]);
  });

  it("says what is left out", async () => {
    const plan = await planOf(sql, { settings: { include: ["B"] } });
    expect(plan.leftOut).toEqual([
      { object: "table a", reason: "not selected by the pipeline: it has no rows", rows: 0 },
      { object: "table ab", reason: "not selected by the pipeline: it has no rows", rows: 0 },
      { object: "view av", reason: "reads a table that is not selected by the pipeline" },
      { object: "trigger tr", reason: "its table a is not selected" },
    ]);
    expect(plan.hazards).toEqual([]);
  });

  it("names every table and column that is not there", async () => {
    const tables = await errorOf(() => chosen({ tables: { nope: {} }, settings: { include: ["neither"] } }));
    expect([tables.code, tables.message]).toEqual(["PLAN_INVALID", 'The source has no table "nope", "neither".']);
    const columns = await errorOf(() => chosen({ tables: { a: { rename: { x: "y" }, drop: ["z"] } } }));
    expect([columns.code, columns.message]).toEqual(["PLAN_INVALID", 'The table a has no column "x", "z".']);
  });

  it("of columns: renamed, dropped, and what hangs on them", async () => {
    const plan = await planOf(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b INT UNIQUE, c TEXT); CREATE INDEX i ON t(a); CREATE INDEX j ON t(c)",
      { tables: { t: { as: "items", rename: { A: "alpha" }, drop: ["B", "c"] } } },
    );
    const table = tableOf(plan);
    expect([table.target, table.columns.map((column) => column.target)]).toEqual(["items", ["id", "alpha"]]);
    expect(table.finish.map((step) => step.name)).toEqual(["items_pkey", "i", "items_id_seq"]);
    expect(plan.leftOut.map(({ object }) => object)).toEqual([
      "column t.b",
      "column t.c",
      "unique constraint on t(b)",
      "index j",
    ]);
  });

  it("with a condition counts what it selects", async () => {
    const plan = await planOf("CREATE TABLE t(id INTEGER PRIMARY KEY, a INT); INSERT INTO t(a) VALUES (1), (2), (3)", {
      tables: { t: { where: "a > 1" } },
    });
    expect([tableOf(plan).rows, tableOf(plan).where, plan.estimate.rows]).toEqual([2, "a > 1", 2]);
  });
});

describe("keys and identities", () => {
  it.each([
    ["id INTEGER PRIMARY KEY", "(5)", "6", "integer"],
    ["id INTEGER PRIMARY KEY", "(-5)", "1", "integer"],
    ["id INTEGER PRIMARY KEY", "(9223372036854775807)", "9223372036854775808", "integer"],
    ["id INTEGER PRIMARY KEY AUTOINCREMENT", "(5)", "6", "integer"],
  ])("%s holding %s goes on with %s", async (columns, values, next, kind) => {
    const table = tableOf(await planOf(`CREATE TABLE t(${columns}); INSERT INTO t VALUES ${values}`));
    expect([table.identity?.next, table.key]).toEqual([next, { kind, columns: ["id"] }]);
  });

  it("AUTOINCREMENT never gives a number twice", async () => {
    const sql =
      "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES (1), (70); DELETE FROM t WHERE id = 70";
    expect(tableOf(await planOf(sql)).identity?.next).toBe("71");
  });

  it.each([
    ["a TEXT PRIMARY KEY", { kind: "other", columns: ["a"] }],
    ["a INT PRIMARY KEY", { kind: "integer", columns: ["a"] }],
    ["a INT, b INT, PRIMARY KEY (b, a)", { kind: "other", columns: ["b", "a"] }],
    ["a INT", { kind: "none", columns: [] }],
  ])("%s", async (columns, key) => {
    const table = tableOf(await planOf(`CREATE TABLE t(${columns})`));
    expect([table.key, table.identity]).toEqual([key, null]);
  });
});

describe("planning", () => {
  const sql = `CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE);
    CREATE TABLE t(id INTEGER PRIMARY KEY, p INT REFERENCES p, c TEXT, d DATETIME, g INT AS (p + 1));
    INSERT INTO p VALUES (1, 'x'); INSERT INTO t(p, c, d) VALUES (1, 'a' || char(0), '2024-01-01'), (7, 'b', 'soon');
    CREATE INDEX i ON t(lower(c)) WHERE p > 0; CREATE VIEW v AS SELECT name FROM p; CREATE VIRTUAL TABLE f USING fts5(c)`;

  it("is pure: the same input gives the same plan, and stays as it was", async () => {
    const input = await inputOf(sql, { accept: [{ code: "NUL_IN_TEXT", policy: "escape" }] });
    const before = structuredClone(input);
    const first = makePlan(input);
    expect(makePlan(input)).toEqual(first);
    expect(input).toEqual(before);
    expect(makePlan(structuredClone(input))).toEqual(first);
  });

  it("gives plain JSON", async () => {
    const plan = await planOf(sql);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it("asks the probe about everything that PostgreSQL may refuse", async () => {
    const { plan, probe } = makePlan(await inputOf(sql));
    expect(probe.trials.map((trial) => trial.id).sort()).toEqual([
      "generated:t.g",
      "index:i",
      "index:p_name_key",
      "primary:p",
      "primary:t",
      "view:v",
    ]);
    expect(probe.setup).toHaveLength(1 + plan.tables.length);
  });

  it("refuses more columns than PostgreSQL has", async () => {
    const names = Array.from({ length: 1601 }, (_, i) => `c${i}`);
    expect(await codeOf(() => planOf(`CREATE TABLE t(${names.join(", ")})`))).toBe("SOURCE_UNSUPPORTED");
    const plan = await planOf(`CREATE TABLE t(${names.join(", ")})`, { tables: { t: { drop: ["c7"] } } });
    expect(tableOf(plan).columns).toHaveLength(1600);
  });
});

describe("units", () => {
  it("hold small tables together, in order", async () => {
    const plan = await planOf("CREATE TABLE a(x); CREATE TABLE b(x); INSERT INTO b VALUES (1); CREATE TABLE c(x)");
    expect(plan.units.map((unit) => unit.parts.map(({ table, from, to, rows }) => [table, from, to, rows]))).toEqual([
      [
        ["a", null, null, 0],
        ["b", null, null, 1],
        ["c", null, null, 0],
      ],
    ]);
  });

  it("give a larger table one of its own", async () => {
    const plan = await planOf((db) => {
      db.exec("CREATE TABLE a(x); CREATE TABLE big(x); CREATE TABLE c(x)");
      for (let i = 0; i < 10; i++) db.prepare("INSERT INTO big VALUES (zeroblob(1000000))").run();
    });
    expect(plan.units.map((unit) => [unit.id, unit.parts.map((part) => part.table)])).toEqual([
      ["big", ["big"]],
      ["small tables 2", ["a", "c"]],
    ]);
  });
});

describe("what is looser or at its end", () => {
  it("a key over several classes, and a last number that is taken, are noted", async () => {
    const last = 2n ** 63n - 1n;
    const plan = await planOf(
      `CREATE TABLE t (a UNIQUE, b INT UNIQUE); INSERT INTO t VALUES (1, 1), ('1', 2), (2.5, 3);
       CREATE TABLE own (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO own VALUES (${last});
       CREATE TABLE free (id INTEGER PRIMARY KEY); INSERT INTO free VALUES (${last});
       CREATE TABLE fine (id INTEGER PRIMARY KEY); INSERT INTO fine VALUES (${last - 1n});`,
      { settings: { acceptAll: true } },
    );
    const noted = plan.notes.filter(({ code }) => code === "UNIQUENESS_LOOSER" || code === "IDENTITY_EXHAUSTED");
    expect(noted.map(({ code, at }) => `${code} ${at}`)).toEqual([
      "UNIQUENESS_LOOSER t.a",
      "IDENTITY_EXHAUSTED own.id",
      "IDENTITY_EXHAUSTED free.id",
    ]);
    expect(noted[1]?.message).toContain("as in SQLite");
    expect(noted[2]?.message).toContain("SQLite would look for a number that is free");
  });
});
