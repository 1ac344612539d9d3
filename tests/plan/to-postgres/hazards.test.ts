/** Every hazard: met without being accepted, and what each of its policies makes of the plan. */
import type Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { type HazardCode, hazardCodes, hazards, needsAnswer } from "../../../src/core/plan/hazards.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { codeOf, errorOf } from "../../support/scratch-database.ts";
import { type Options, planOf, tableOf } from "./inputs.ts";

type Case = {
  readonly sql: string | ((db: Database.Database) => void);
  readonly at: string;
  /** What nobody needs to accept is met only with a policy other than to widen. */
  readonly exactWithout?: boolean;
  readonly options?: Options;
  /** What each policy makes of the plan. */
  readonly effects: Readonly<Record<string, (plan: Plan) => unknown>>;
};

const steps = (plan: Plan, table = "t") => tableOf(plan, table).finish.map((step) => step.kind);
const column = (plan: Plan, table = "t", name = "c") =>
  tableOf(plan, table).columns.find((found) => found.source === name);
const rules = (plan: Plan, table?: string, name?: string) =>
  column(plan, table, name)?.rules.map((rule) => [rule.when.kind, rule.then]);
const arrives = (plan: Plan, table?: string, name?: string) => column(plan, table, name)?.arrives;
const ruled = (kind: string, then: string) => (plan: Plan) =>
  expect([rules(plan), arrives(plan)]).toEqual([[[kind, then]], "changed"]);
const withoutStep = (kind: string) => (plan: Plan) => expect(steps(plan)).not.toContain(kind);

/** Met only where rows go into tables of the application's: tests/schema-first has them. */
const live = [
  "TARGET_NARROWS",
  "TARGET_RESPELLS",
  "EMPTY_TEXT",
  "READING_UNKNOWN",
  "NULL_IN_REQUIRED",
  "COLUMN_MISSING",
  "COLUMN_UNFILLED",
  "NAME_DIFFERS",
  "TABLE_MISSING",
  "ROWS_TAKEN",
  "KEYS_MEET",
  "SKIPPED_DIFFERS",
  "ID_TAKEN",
  "ID_UNMAPPED",
  "FULL_TEXT_INTO",
  "TRIGGER_CHANGES",
  "TRIGGER_FIRES",
  "TRIGGER_WRITES",
] as const satisfies readonly HazardCode[];
/** Met only where a SQLite file is made of a PostgreSQL schema: tests/phases/objects-into-file.db.test.ts has it. */
type IntoFile = "OBJECT_LOST";
type FreshCode = Exclude<HazardCode, (typeof live)[number] | IntoFile>;

const cases: Readonly<Record<FreshCode, Case>> = {
  NUL_IN_TEXT: {
    sql: "CREATE TABLE t(c TEXT); INSERT INTO t VALUES ('a' || char(0)), ('b')",
    at: "t.c",
    effects: {
      strip: ruled("nul", "strip"),
      escape: ruled("nul", "escape"),
      quarantine: ruled("nul", "quarantine"),
      bytea: (plan) => expect([column(plan)?.pgType, rules(plan), arrives(plan)]).toEqual(["bytea", [], "exactly"]),
    },
  },
  INVALID_TEXT: {
    sql: "CREATE TABLE t(c TEXT); INSERT INTO t VALUES (CAST(x'61ff' AS TEXT)), ('b')",
    at: "t.c",
    effects: {
      replace: ruled("invalid-encoding", "replace"),
      "windows-1252": ruled("invalid-encoding", "windows-1252"),
      latin1: ruled("invalid-encoding", "latin1"),
      quarantine: ruled("invalid-encoding", "quarantine"),
      bytea: (plan) => expect([column(plan)?.pgType, rules(plan)]).toEqual(["bytea", []]),
    },
  },
  MIXED_CLASSES: {
    sql: "CREATE TABLE t(c INTEGER); INSERT INTO t VALUES (1), (2), ('n/a')",
    at: "t.c",
    exactWithout: true,
    effects: {
      widen: (plan) => expect([column(plan)?.pgType, arrives(plan), plan.hazards]).toEqual(["text", "exactly", []]),
      envelope: (plan) => expect([column(plan)?.pgType, arrives(plan), plan.hazards]).toEqual(["text", "exactly", []]),
      null: ruled("class", "null"),
      quarantine: ruled("class", "quarantine"),
      reinterpret: ruled("class", "reinterpret"),
    },
  },
  MIXED_DATES: {
    sql: "CREATE TABLE t(c DATETIME); INSERT INTO t VALUES ('2024-01-05 10:00:00'), ('2024-01-06 10:00:00'), (1700000000), ('soon')",
    at: "t.c",
    exactWithout: true,
    effects: {
      widen: (plan) => expect([column(plan)?.pgType, arrives(plan), plan.hazards]).toEqual(["text", "exactly", []]),
      convert: ruled("layout", "convert"),
      null: ruled("layout", "null"),
      quarantine: ruled("layout", "quarantine"),
    },
  },
  TIME_DIGITS: {
    sql: "CREATE TABLE t(c DATETIME); INSERT INTO t VALUES ('2024-01-05 10:00:00'), ('2024-01-05 10:00:00.1234567')",
    at: "t.c",
    effects: {
      text: (plan) => expect([column(plan)?.pgType, rules(plan), arrives(plan)]).toEqual(["text", [], "exactly"]),
      round: ruled("layout", "round"),
      truncate: ruled("layout", "truncate"),
      null: ruled("layout", "null"),
      quarantine: ruled("layout", "quarantine"),
    },
  },
  NULL_IN_KEY: {
    sql: "CREATE TABLE t(c TEXT PRIMARY KEY); INSERT INTO t VALUES (NULL), ('a')",
    at: "t.c",
    effects: {
      unique: (plan) =>
        expect([steps(plan), rules(plan), tableOf(plan).finish[0]?.sql.startsWith("CREATE UNIQUE INDEX")]).toEqual([
          ["unique"],
          [],
          true,
        ]),
      quarantine: (plan) => expect([steps(plan), rules(plan)]).toEqual([["primary key"], [["null", "quarantine"]]]),
    },
  },
  ORPHAN_ROWS: {
    sql: "CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1); CREATE TABLE t(c INTEGER REFERENCES p); INSERT INTO t VALUES (1), (2)",
    at: "t.c",
    effects: {
      "not-valid": (plan) =>
        expect([tableOf(plan).finish.at(-1)?.sql.endsWith(" NOT VALID"), rules(plan)]).toEqual([true, []]),
      null: (plan) =>
        expect([tableOf(plan).finish.at(-1)?.sql.includes("NOT VALID"), rules(plan)]).toEqual([
          false,
          [["orphan", "null"]],
        ]),
      quarantine: (plan) =>
        expect([tableOf(plan).finish.at(-1)?.sql.includes("NOT VALID"), rules(plan)]).toEqual([
          false,
          [["orphan", "quarantine"]],
        ]),
    },
  },
  CHECK_BROKEN: {
    sql: "CREATE TABLE t(c INTEGER CHECK (c > 0)); PRAGMA ignore_check_constraints = ON; INSERT INTO t VALUES (1), (-1)",
    at: "t.t_check1",
    effects: {
      "not-valid": (plan) =>
        expect([tableOf(plan).finish.at(-1)?.sql.endsWith(" NOT VALID"), rules(plan)]).toEqual([true, []]),
      quarantine: (plan) => {
        expect(tableOf(plan).finish.at(-1)?.sql.endsWith('CHECK ("c" > 0)')).toBe(true);
        expect(rules(plan)).toEqual([["orphan", "quarantine"]]);
      },
    },
  },
  // A value of a gigabyte is not made here: see VALUE_TOO_LARGE's own test.
  VALUE_TOO_LARGE: { sql: "", at: "", effects: {} },
  // Asked when a first plan knows the types: see tests/phases/printed-entries.db.test.ts.
  ROW_TOO_WIDE: { sql: "", at: "", effects: {} },
  UNIQUENESS_LOST: {
    sql: "CREATE TABLE t(c TEXT); CREATE UNIQUE INDEX u ON t(soundex(c))",
    at: "u",
    effects: { lose: withoutStep("unique") },
  },
  FOREIGN_KEY_LOST: {
    sql: "CREATE TABLE t(c TEXT REFERENCES nowhere(id))",
    at: "t.c",
    effects: { lose: withoutStep("foreign key") },
  },
  CHECK_LOST: {
    sql: "CREATE TABLE t(c TEXT CHECK (soundex(c) <> 'x'))",
    at: "t",
    effects: { lose: withoutStep("check") },
  },
  DEFAULT_LOST: {
    sql: "CREATE TABLE t(c TEXT DEFAULT (printf('%d', 4)))",
    at: "t.c",
    effects: { lose: (plan) => expect(tableOf(plan).create).not.toContain("DEFAULT") },
  },
  DEFAULT_UNIT: {
    sql: "CREATE TABLE t(c INTEGER DEFAULT CURRENT_TIMESTAMP); INSERT INTO t VALUES (1700000000)",
    at: "t.c",
    effects: {
      "epoch-s": (plan) =>
        expect(tableOf(plan).create).toContain(
          "bigint DEFAULT (floor(extract(epoch FROM statement_timestamp()))::bigint)",
        ),
      "epoch-ms": (plan) =>
        expect(tableOf(plan).create).toContain(
          "bigint DEFAULT (floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint)",
        ),
      none: (plan) => expect(tableOf(plan).create).not.toContain("DEFAULT"),
    },
  },
  COLLATION_LOST: {
    // As one of an application's would be: this SQLite has no such order.
    sql(db) {
      db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, c TEXT COLLATE NOCASE); INSERT INTO t VALUES (1, 'b'), (2, 'A')");
      db.unsafeMode(true);
      db.pragma("writable_schema = ON");
      db.exec("UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'GERMAN')");
    },
    at: "t.c",
    effects: { lose: (plan) => expect([column(plan)?.pgType, column(plan)?.rules]).toEqual(["text", []]) },
  },
  INDEX_LOST: {
    sql: "CREATE TABLE t(c TEXT); CREATE INDEX i ON t(soundex(c))",
    at: "i",
    effects: { lose: withoutStep("index") },
  },
  VIEW_LOST: {
    sql: "CREATE TABLE t(c TEXT); CREATE VIEW v AS SELECT randomblob(4) AS r FROM t",
    at: "v",
    effects: { lose: (plan) => expect(plan.views).toEqual([]) },
  },
  TRIGGER_LOST: {
    sql: "CREATE TABLE t(c TEXT); CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END",
    at: "tr",
    effects: { lose: (plan) => expect(plan.tables).toHaveLength(1) },
  },
  GENERATED_LOST: {
    sql: "CREATE TABLE t(a TEXT, c TEXT AS (printf('%5d', a))); INSERT INTO t(a) VALUES ('1')",
    at: "t.c",
    effects: {
      values: (plan) =>
        expect([column(plan)?.computed, tableOf(plan).create.includes("GENERATED")]).toEqual([false, false]),
    },
  },
  VIRTUAL_TABLE_LOST: {
    sql: "CREATE TABLE t(c TEXT); CREATE VIRTUAL TABLE f USING fts5(c)",
    at: "f",
    effects: { lose: (plan) => expect(plan.tables.map((table) => table.source)).toEqual(["t"]) },
  },
};

const testable = hazardCodes.filter(
  (code): code is Exclude<FreshCode, "VALUE_TOO_LARGE" | "ROW_TOO_WIDE"> =>
    code !== "VALUE_TOO_LARGE" &&
    code !== "ROW_TOO_WIDE" &&
    code !== "OBJECT_LOST" &&
    !live.some((other) => other === code),
);

describe.each(testable)("%s", (code) => {
  const found = cases[code];
  const met = (plan: Plan) =>
    plan.hazards.filter((hazard) => hazard.code === code).map((hazard) => [hazard.at, hazard.policy, hazard.accepted]);

  it("is met, and not accepted by anybody", async () => {
    const plan = await planOf(found.sql);
    if (found.exactWithout === true) {
      expect(plan.hazards).toEqual([]);
      expect(plan.notes.some((note) => note.at === found.at)).toBe(true);
    } else {
      expect(plan.hazards.map((hazard) => [hazard.code, hazard.at, hazard.accepted])).toEqual([[code, found.at, null]]);
      expect(plan.hazards[0]?.count).toBe(1);
      expect(plan.hazards[0]?.message).not.toMatch(/undefined|null$/);
    }
  });

  it("takes its default with --accept-all", async () => {
    const plan = await planOf(found.sql, { settings: { acceptAll: true } });
    const [policy] = hazards[code].policies;
    if (needsAnswer(code)) return expect(met(plan)).toEqual([[found.at, null, null]]);
    if (found.exactWithout === true) expect(plan.hazards).toEqual([]);
    else expect(met(plan)).toEqual([[found.at, policy.name, "accept-all"]]);
    found.effects[policy.name]?.(plan);
  });

  it("has a test for every policy", () => {
    expect(Object.keys(found.effects).sort()).toEqual(hazards[code].policies.map((policy) => policy.name).sort());
  });

  it.each(Object.keys(found.effects))("with the policy %s", async (policy) => {
    const table = found.at.split(".")[0] ?? "";
    for (const at of new Set([found.at, found.at.toUpperCase(), table, null])) {
      const plan = await planOf(found.sql, { accept: [{ code, at, policy, why: "because" }] });
      if (policy !== "widen" && policy !== "envelope") {
        expect(met(plan)).toEqual([[found.at, policy, "pipeline"]]);
        expect(plan.hazards[0]?.why).toBe("because");
      }
      expect(plan.notes.filter((note) => note.code === "ACCEPT_UNUSED")).toEqual([]);
      found.effects[policy]?.(plan);
    }
  });
});

describe("accept entries", () => {
  const two = "CREATE TABLE t(c TEXT, d TEXT); INSERT INTO t VALUES ('a' || char(0), char(0))";
  const policies = async (accept: Options["accept"] & object) =>
    (await planOf(two, { accept })).hazards.map((hazard) => [hazard.at, hazard.policy]);

  it("win by being exact", async () => {
    const everywhere = { code: "NUL_IN_TEXT", policy: "strip" } as const;
    const table = { code: "NUL_IN_TEXT", at: "t", policy: "escape" } as const;
    const own = { code: "NUL_IN_TEXT", at: "t.d", policy: "quarantine" } as const;
    expect(await policies([everywhere, table, own])).toEqual([
      ["t.c", "escape"],
      ["t.d", "quarantine"],
    ]);
    expect(await policies([own])).toEqual([
      ["t.c", null],
      ["t.d", "quarantine"],
    ]);
    expect(await policies([own, everywhere])).toEqual([
      ["t.c", "strip"],
      ["t.d", "quarantine"],
    ]);
  });

  it("that met nothing are told", async () => {
    const plan = await planOf("CREATE TABLE t(c TEXT)", { accept: [{ code: "NUL_IN_TEXT", at: "t.c" }] });
    expect(plan.notes).toEqual([
      {
        code: "ACCEPT_UNUSED",
        at: "t.c",
        message: "The accept entry NUL_IN_TEXT for t.c met nothing; it can be removed.",
      },
    ]);
  });

  it("may name a table with a dot", async () => {
    const plan = await planOf(`CREATE TABLE "a.b"(c TEXT); INSERT INTO "a.b" VALUES (char(0))`, {
      accept: [{ code: "NUL_IN_TEXT", at: "a.b" }],
    });
    expect(plan.hazards.map((hazard) => hazard.policy)).toEqual(["strip"]);
  });

  it("that name a policy which cannot take the values are no answer", async () => {
    const sql = "CREATE TABLE t(c); INSERT INTO t VALUES (1), ('x'), ('y')";
    const plan = await planOf(sql, { accept: [{ code: "MIXED_CLASSES", policy: "widen" }] });
    expect(plan.hazards.map(({ policy, accepted, message, offered }) => [policy, accepted, message, offered])).toEqual([
      [
        null,
        null,
        '1 value of class integer in a column for text; the policy "widen" cannot take them',
        ["envelope", "quarantine", "null"],
      ],
    ]);
  });

  it("cannot set NULL where none may stand", async () => {
    const sql = "CREATE TABLE t(c INTEGER NOT NULL); INSERT INTO t VALUES (1), ('x')";
    const error = await errorOf(() => planOf(sql, { accept: [{ code: "MIXED_CLASSES", policy: "null" }] }));
    expect([error.code, error.message]).toEqual([
      "PLAN_INVALID",
      't.c is NOT NULL, so the policy "null" accepted for MIXED_CLASSES cannot be used.',
    ]);
  });

  it("cannot make bytea of a column that also holds numbers", async () => {
    const sql = "CREATE TABLE t(c); INSERT INTO t VALUES (1), (char(0))";
    expect(await codeOf(() => planOf(sql, { accept: [{ code: "NUL_IN_TEXT", policy: "bytea" }] }))).toBe(
      "PLAN_INVALID",
    );
  });
});

describe("what cannot be carried besides", () => {
  it.each([
    [
      "the parent has no such key",
      "CREATE TABLE p(id INTEGER PRIMARY KEY, n INT); CREATE TABLE t(c INT REFERENCES p(n))",
      "FOREIGN_KEY_LOST",
    ],
    [
      "the types differ",
      "CREATE TABLE p(id BLOB PRIMARY KEY); INSERT INTO p VALUES (x'31'); CREATE TABLE t(c INT REFERENCES p); INSERT INTO t VALUES (NULL)",
      "FOREIGN_KEY_LOST",
    ],
    [
      "the application's own collation",
      "CREATE TABLE t(c TEXT); CREATE UNIQUE INDEX u ON t(length(c), soundex(c))",
      "UNIQUENESS_LOST",
    ],
  ])("%s", async (_, sql, code) => {
    expect((await planOf(sql)).hazards.map((hazard) => hazard.code)).toEqual([code]);
  });

  it.each([
    ["index:i", "INDEX_LOST", "i"],
    ["check:t/0", "CHECK_LOST", "t"],
    ["default:t.c", "DEFAULT_LOST", "t.c"],
    ["generated:t.g", "GENERATED_LOST", "t.g"],
    ["view:v", "VIEW_LOST", "v"],
  ])("what PostgreSQL refuses: %s", async (id, code, at) => {
    const sql =
      "CREATE TABLE t(c INT DEFAULT 5 CHECK (c > 0), g INT AS (c + 1)); CREATE INDEX i ON t(c); CREATE VIEW v AS SELECT c FROM t";
    expect((await planOf(sql)).hazards).toEqual([]);
    const plan = await planOf(sql, { refused: { [id]: "no such thing" } });
    expect(plan.hazards.map((hazard) => [hazard.code, hazard.at])).toEqual([[code, at]]);
    expect(plan.hazards[0]?.message).toContain("no such thing");
  });
});
