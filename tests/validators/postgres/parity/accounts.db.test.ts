/** Ledger and quarantine: what they excuse, and what they must not. */
import { describe, expect, test } from "vitest";
import type { CellRule, ColumnPlan } from "../../../../src/core/plan/plan.ts";
import { parity } from "../../../../src/validators/postgres/parity/parity.ts";
import { useDatabase } from "../../../support/database.ts";
import {
  addToLedger,
  addToQuarantine,
  fillTarget,
  integer,
  integerKey,
  prepare,
  tablePlan,
  text,
} from "../../fixture.ts";

const database = useDatabase();
const dates: CellRule = { code: "MIXED_DATES", when: { kind: "layout" }, then: "convert" };
const strip: CellRule = { code: "NUL_IN_TEXT", when: { kind: "nul" }, then: "strip" };
const withRules = (...rules: CellRule[]): Partial<ColumnPlan> & { encoding: { kind: "text" } } => ({
  encoding: { kind: "text" },
  rules,
});

describe("a cell changed on purpose", () => {
  const changed = () =>
    prepare(database.pool, {
      source:
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a' || char(0) || 'b'), (2, 'plain')",
      target: "CREATE TABLE t(id bigint PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'ab'), (2, 'plain')",
      tables: [tablePlan("t", integerKey, { id: integer, v: withRules(strip) })],
    });
  const entry = {
    table: "t",
    key: "id=1",
    column: "v",
    before: 'text "a\\u0000b"',
    after: "ab",
    rule: "NUL_IN_TEXT:strip",
  };

  test("is excused by its entry", async () => {
    const input = await changed();
    await addToLedger(database.pool, entry);
    const result = await parity(input);
    expect(result.findings).toEqual([]);
    expect(result.summary).toBe("2 rows, 4 cells: all equal (1 cell changed on purpose, all in the ledger)");
  });

  test("is a difference without one", async () => {
    const { findings } = await parity(await changed());
    expect(findings).toMatchObject([{ key: "id=1", column: "v", source: 'text "a\\u0000b"', target: '"ab"' }]);
  });

  test.each([
    ["of another value before", { before: 'text "ab"' }, 1],
    ["of another value after", { after: "aB" }, 1],
    ["of NULL after", { after: null }, 1],
    ["of another row", { key: "id=2" }, 2],
    ["of another column", { column: "id" }, 2],
    ["of another table", { table: "u" }, 1],
  ])("is not excused by an entry %s", async (_, wrong, differences) => {
    const input = await changed();
    await addToLedger(database.pool, { ...entry, ...wrong });
    const result = await parity(input);
    expect(result.differences).toBe(differences);
    expect(result.findings[0]).toMatchObject({ key: "id=1", column: "v" });
  });

  test("is not excused when the rule gives another value than target and ledger", async () => {
    const input = await changed();
    await fillTarget(database.pool, "UPDATE t SET v = 'a' WHERE id = 1");
    await addToLedger(database.pool, { ...entry, after: "a" });
    const { findings } = await parity(input);
    expect(findings).toMatchObject([{ key: "id=1", column: "v" }]);
    expect(findings[0]?.message).toContain("the rule gives another value");
  });

  test("is not excused without an accepted rule", async () => {
    const input = await changed();
    await addToLedger(database.pool, entry);
    const plain = { ...input, plan: { ...input.plan, tables: [tablePlan("t", integerKey, { id: integer, v: text })] } };
    expect((await parity(plain)).differences).toBe(1);
  });

  test("an entry without a difference, or one too many, is a finding", async () => {
    const input = await changed();
    await addToLedger(database.pool, entry);
    await addToLedger(database.pool, { ...entry, key: "id=2", before: 'text "plain"', after: "plain" });
    const { findings } = await parity(input);
    expect(findings).toMatchObject([{ key: "id=2", column: "v" }]);
    expect(findings[0]?.message).toContain("no such difference");
  });
});

test("each rule, computed a second time", async () => {
  const rules: readonly [string, CellRule, string, string, string | null][] = [
    ["'a' || char(0)", strip, 'text "a\\u0000"', "text", "a"],
    ["'a' || char(0)", { ...strip, then: "escape" }, 'text "a\\u0000"', "text", "a\u2400"],
    ["CAST(x'6180' AS TEXT)", invalid("replace"), "text x'6180'", "text", "a\ufffd"],
    ["CAST(x'6180' AS TEXT)", invalid("windows-1252"), "text x'6180'", "text", "a€"],
    ["CAST(x'6180' AS TEXT)", invalid("latin1"), "text x'6180'", "text", "a\u0080"],
    ["5", ofClass("null", "integer"), "integer 5", "text", null],
    ["x'6162'", ofClass("reinterpret", "blob"), "blob x'6162'", "text", "ab"],
    ["'ab'", ofClass("reinterpret", "text"), 'text "ab"', "bytea", "\\x6162"],
    ["'02024'", ofClass("null", "text"), 'text "02024"', "bigint", null],
    ["1.5", ofClass("null", "real"), "real 1.5", "bigint", null],
    ["'2024-01-02T03:04:05.5Z'", dates, 'text "2024-01-02T03:04:05.5Z"', "timestamp", "2024-01-02 03:04:05.5"],
    ["1704164645", dates, "integer 1704164645", "timestamp", "2024-01-02 03:04:05"],
    ["2459945.5", dates, "real 2459945.5", "timestamp", "2023-01-01 00:00:00"],
    ["'soon'", { ...dates, then: "null" }, 'text "soon"', "timestamp", null],
    ["'2024-01-02'", { ...dates, then: "null" }, 'text "2024-01-02"', "timestamp", "2024-01-02 00:00:00"],
    ["CAST(x'61008000' AS TEXT)", invalid("latin1"), "text x'61008000'", "text", "a\ufffd\u0080\ufffd"],
    ["1704164645123", dates, "integer 1704164645123", "timestamp", "2024-01-02 03:04:05.123"],
  ];
  const encodings = {
    text,
    bytea: { kind: "bytes" },
    bigint: integer,
    timestamp: { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS" },
  } as const;
  const column = (i: number) => `c${i}`;
  const input = await prepare(database.pool, {
    source: `CREATE TABLE t(id INTEGER PRIMARY KEY, ${rules.map((_, i) => column(i)).join(", ")}); INSERT INTO t VALUES (1, ${rules.map(([value]) => value).join(", ")})`,
    target: `CREATE TABLE t(id bigint PRIMARY KEY, ${rules.map(([, , , type], i) => `${column(i)} ${type}`).join(", ")});
      INSERT INTO t VALUES (1, ${rules.map(([, , , , after]) => (after === null ? "NULL" : `'${after}'`)).join(", ")})`,
    tables: [
      tablePlan("t", integerKey, {
        id: integer,
        ...Object.fromEntries(
          rules.map(([, rule, , type], i) => [
            column(i),
            { encoding: encodings[type as keyof typeof encodings], pgType: type, rules: [rule] },
          ]),
        ),
      }),
    ],
  });
  for (const [i, [, rule, before, , after]] of rules.entries()) {
    await addToLedger(database.pool, {
      table: "t",
      key: "id=1",
      column: column(i),
      before,
      after,
      rule: `${rule.code}:${rule.then}`,
    });
  }
  const result = await parity(input);
  expect(result.findings).toEqual([]);
  expect(result.summary).toContain(`${rules.length} cells changed on purpose`);
});

describe("rows in quarantine", () => {
  const quarantine: CellRule = { ...strip, then: "quarantine" };
  const left = () =>
    prepare(database.pool, {
      source: "CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a' || char(0)), (2, 'plain')",
      target: "CREATE TABLE t(id bigint PRIMARY KEY, v text); INSERT INTO t VALUES (2, 'plain')",
      tables: [tablePlan("t", integerKey, { id: integer, v: withRules(quarantine) })],
    });

  test("excuse a missing row", async () => {
    const input = await left();
    await addToQuarantine(database.pool, "t", "id=1", "NUL_IN_TEXT:quarantine");
    expect(await parity(input)).toMatchObject({
      passed: true,
      summary: "2 rows, 4 cells: all equal (1 row in quarantine)",
    });
  });

  test("of another key do not", async () => {
    const input = await left();
    await addToQuarantine(database.pool, "t", "id=7", "NUL_IN_TEXT:quarantine");
    const { findings } = await parity(input);
    expect(findings).toMatchObject([
      { key: "id=1", message: "The row is missing in the target." },
      { key: "id=7", message: expect.stringContaining("the source has no such row") },
    ]);
  });

  test("that arrived as well are a finding", async () => {
    const input = await left();
    await addToQuarantine(database.pool, "t", "id=1", "NUL_IN_TEXT:quarantine");
    await addToQuarantine(database.pool, "t", "id=2", "NUL_IN_TEXT:quarantine");
    expect((await parity(input)).findings).toMatchObject([{ key: "id=2" }]);
  });

  test("need a rule that sends them there", async () => {
    const input = await left();
    await fillTarget(database.pool, "DELETE FROM t");
    await addToQuarantine(database.pool, "t", "id=1", "NUL_IN_TEXT:quarantine");
    await addToQuarantine(database.pool, "t", "id=2", "NUL_IN_TEXT:quarantine");
    const { findings } = await parity(input);
    expect(findings).toMatchObject([{ key: "id=2", message: expect.stringContaining("no accepted rule") }]);
  });
});

describe("orphans", () => {
  const rule: CellRule = {
    code: "ORPHAN_ROWS",
    when: { kind: "orphan", columns: ["parent"], parent: "p", parentColumns: ["id"], parentWhere: null },
    then: "null",
  };
  const source = `CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);
    CREATE TABLE t(id INTEGER PRIMARY KEY, parent REFERENCES p(id)); INSERT INTO t VALUES (1, 1), (2, 9), (3, NULL)`;
  const input = (rows: string, then: CellRule["then"]) =>
    prepare(database.pool, {
      source,
      target: `CREATE TABLE p(id bigint PRIMARY KEY); INSERT INTO p VALUES (1); CREATE TABLE t(id bigint PRIMARY KEY, parent bigint); INSERT INTO t VALUES ${rows}`,
      tables: [
        tablePlan("p", integerKey, { id: integer }),
        tablePlan("t", integerKey, {
          id: integer,
          parent: { encoding: integer, pgType: "bigint", rules: [{ ...rule, then }] },
        }),
      ],
    });
  const entry = (id: number, parent: number) =>
    addToLedger(database.pool, {
      table: "t",
      key: `id=${id}`,
      column: "parent",
      before: `integer ${parent}`,
      after: null,
      rule: "ORPHAN_ROWS:null",
    });

  test("set to NULL are excused", async () => {
    const prepared = await input("(1, 1), (2, NULL), (3, NULL)", "null");
    await entry(2, 9);
    expect((await parity(prepared)).findings).toEqual([]);
  });

  test("a child that has its parent is not excused", async () => {
    const prepared = await input("(1, NULL), (2, NULL), (3, NULL)", "null");
    await entry(1, 1);
    await entry(2, 9);
    expect((await parity(prepared)).findings).toMatchObject([{ key: "id=1", column: "parent" }]);
  });

  test("in quarantine are excused", async () => {
    const prepared = await input("(1, 1), (3, NULL)", "quarantine");
    await addToQuarantine(database.pool, "t", "id=2", "ORPHAN_ROWS:quarantine");
    expect((await parity(prepared)).findings).toEqual([]);
  });
});

describe("rows whose key a rule changed", () => {
  test("a text key", async () => {
    const table = tablePlan("t", { kind: "other", columns: ["k"] }, { k: withRules(strip), v: integer });
    const input = await prepare(database.pool, {
      source: "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('a' || char(0), 1), ('b', 2)",
      target: "CREATE TABLE t(k text PRIMARY KEY, v bigint); INSERT INTO t VALUES ('a', 1), ('b', 2)",
      tables: [table],
    });
    expect((await parity(input)).differences).toBe(2);
    await addToLedger(database.pool, {
      table: "t",
      key: 'k="a\\u0000"',
      column: "k",
      before: 'text "a\\u0000"',
      after: "a",
      rule: "NUL_IN_TEXT:strip",
    });
    expect((await parity(input)).findings).toEqual([]);
    await fillTarget(database.pool, "UPDATE t SET v = 7 WHERE k = 'a'");
    expect((await parity(input)).passed).toBe(false);
  });

  test("no key: equal rows before and after", async () => {
    const table = tablePlan(
      "t",
      { kind: "none", columns: [] },
      { v: withRules(strip), d: { kind: "date", layout: "YYYY-MM-DD" }, n: { kind: "numeric" } },
    );
    const input = await prepare(database.pool, {
      source:
        "CREATE TABLE t(v, d, n); INSERT INTO t VALUES ('a', '2024-01-02', 1.0), ('a' || char(0), '2024-01-02', 1.0), ('c', NULL, 2)",
      target:
        "CREATE TABLE t(v text, d date, n numeric); INSERT INTO t VALUES ('a', '2024-01-02', 1.0), ('a', '2024-01-02', 1.0), ('c', NULL, 2)",
      tables: [table],
    });
    const before = 'text "a\\u0000"';
    await addToLedger(database.pool, {
      table: "t",
      key: "rowid=2",
      column: "v",
      before,
      after: "a",
      rule: "NUL_IN_TEXT:strip",
    });
    expect(await parity(input)).toMatchObject({ findings: [], passed: true });
    await addToLedger(database.pool, {
      table: "t",
      key: "rowid=1",
      column: "v",
      before,
      after: "a",
      rule: "NUL_IN_TEXT:strip",
    });
    expect((await parity(input)).findings).toMatchObject([{ key: "rowid=1", column: "v" }]);
  });
});

function invalid(then: CellRule["then"]): CellRule {
  return { code: "INVALID_TEXT", when: { kind: "invalid-encoding" }, then };
}

function ofClass(then: CellRule["then"], storage: "integer" | "real" | "text" | "blob"): CellRule {
  return { code: "MIXED_CLASSES", when: { kind: "class", classes: [storage] }, then };
}
