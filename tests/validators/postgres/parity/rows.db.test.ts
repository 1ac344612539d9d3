/** Whole rows: missing, extra, doubled, re-keyed, for each kind of key and place. */
import { describe, expect, test } from "vitest";
import type { Key, TablePlan } from "../../../../src/core/plan/plan.ts";
import { parity } from "../../../../src/validators/postgres/parity/parity.ts";
import { useDatabase } from "../../../support/database.ts";
import { fillTarget, integer, integerKey, prepare, runId, stateName, tablePlan, text } from "../../fixture.ts";

const database = useDatabase();
const keyless: Key = { kind: "none", columns: [] };

type Shape = {
  readonly name: string;
  readonly table: TablePlan;
  readonly source: string;
  readonly target: string;
  readonly rows: string;
  /** Key of the row whose text is `two`. */
  readonly key: string | null;
};

const rows = "(1,'one'),(2,'two'),(3,'three'),(4,NULL)";
const shapes: readonly Shape[] = [
  {
    name: "an integer key",
    table: tablePlan("t", integerKey, { id: integer, v: text }),
    source: "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
    target: "CREATE TABLE t(id bigint PRIMARY KEY, v text)",
    rows,
    key: "id=2",
  },
  {
    name: "an integer key that is not the rowid",
    table: tablePlan("t", integerKey, { v: text, id: integer }),
    source: "CREATE TABLE t(id INT PRIMARY KEY DESC, v)",
    target: "CREATE TABLE t(id int PRIMARY KEY, v text)",
    rows,
    key: "id=2",
  },
  {
    name: "a text key",
    table: tablePlan("t", { kind: "other", columns: ["id"] }, { id: text, v: text }),
    source: "CREATE TABLE t(id TEXT PRIMARY KEY, v)",
    target: "CREATE TABLE t(id text PRIMARY KEY, v text)",
    rows,
    key: 'id="2"',
  },
  {
    name: "a key of two columns without a rowid",
    table: tablePlan(
      "t",
      { kind: "other", columns: ["k", "id"] },
      { id: integer, v: text, k: { kind: "bytes" } },
      { rowidName: null },
    ),
    source: "CREATE TABLE t(id INTEGER, v, k DEFAULT (x'ab'), PRIMARY KEY(k, id)) WITHOUT ROWID",
    target: "CREATE TABLE t(id bigint, v text, k bytea DEFAULT '\\xab', PRIMARY KEY(k, id))",
    rows,
    key: "k=x'ab', id=2",
  },
  {
    name: "no key",
    table: tablePlan("t", keyless, { id: integer, v: text }),
    source: "CREATE TABLE t(id INTEGER, v)",
    target: "CREATE TABLE t(id bigint, v text)",
    rows,
    key: "rowid=2",
  },
  {
    name: "no key and no name for the rowid",
    table: tablePlan("t", keyless, { id: integer, v: text }, { rowidName: null }),
    source: "CREATE TABLE t(id INTEGER, v, rowid DEFAULT 0, oid DEFAULT 0, _rowid_ DEFAULT 0)",
    target: "CREATE TABLE t(id bigint, v text)",
    rows,
    key: "row=2",
  },
];

for (const shape of shapes) {
  describe(shape.name, () => {
    const isKeyless = shape.table.key.kind === "none";
    const extraKey = isKeyless ? null : shape.key;
    const changedBy = async (change: string) => {
      const insert = `INSERT INTO t(id, v) VALUES ${shape.rows}`;
      const input = await prepare(database.pool, {
        source: `${shape.source}; ${insert}`,
        target: `${shape.target}; ${insert}`,
        tables: [shape.table],
      });
      if (change !== "") await fillTarget(database.pool, change);
      const result = await parity(input);
      expect(result.differences).toBe(result.findings.length);
      return result;
    };

    test("arrives", async () => {
      expect(await changedBy("")).toMatchObject({ passed: true, checked: { rows: 4 }, findings: [] });
    });

    test("a missing row", async () => {
      const { findings } = await changedBy("DELETE FROM t WHERE v = 'two'");
      expect(findings).toMatchObject([{ table: "t", key: shape.key, message: "The row is missing in the target." }]);
      if (isKeyless) expect(findings[0]?.source).toBe('id=integer 2, v=text "two"');
    });

    test("an extra row", async () => {
      const { findings } = await changedBy(
        "DELETE FROM t WHERE v = 'two'; INSERT INTO t(id, v) VALUES ('2', 'two'), ('99', 'new')",
      );
      expect(findings).toMatchObject([{ table: "t", key: extraKey?.replace("2", "99") ?? null }]);
      expect(findings[0]?.message).toContain("has a row that the source has not");
      if (isKeyless) expect(findings[0]?.target).toBe('id=99, v="new"');
    });

    test("a doubled row", async () => {
      const { findings } = await changedBy(
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS t_pkey; CREATE INDEX ON t(id); INSERT INTO t SELECT * FROM t WHERE v = 'two'",
      );
      expect(findings).toMatchObject([{ table: "t", key: extraKey }]);
      expect(findings[0]?.message).toContain("once more");
    });

    test("a changed cell", async () => {
      const { findings } = await changedBy("UPDATE t SET v = 'TWO' WHERE v = 'two'");
      if (isKeyless) {
        expect(findings.map(({ key, source, target }) => ({ key, source, target }))).toEqual([
          { key: shape.key, source: 'id=integer 2, v=text "two"', target: null },
          { key: null, source: null, target: 'id=2, v="TWO"' },
        ]);
      } else {
        expect(findings).toMatchObject([{ key: shape.key, column: "v", source: 'text "two"', target: '"TWO"' }]);
      }
    });

    test("a changed key", async () => {
      const { findings } = await changedBy("UPDATE t SET id = '77' WHERE v = 'two'");
      expect(findings.map(({ key, column }) => ({ key, column }))).toEqual([
        { key: shape.key, column: null },
        { key: extraKey?.replace("2", "77") ?? null, column: null },
      ]);
    });

    test("two rows that swapped their values", async () => {
      const { differences } = await changedBy(
        "UPDATE t SET v = CASE v WHEN 'one' THEN 'two' ELSE 'one' END WHERE v IN ('one', 'two')",
      );
      expect(differences).toBe(isKeyless ? 4 : 2);
    });

    test("nothing arrived", async () => {
      expect((await changedBy("DELETE FROM t")).differences).toBe(4);
    });
  });
}

test("equal rows of a keyless table are counted", async () => {
  const one = "INSERT INTO t VALUES ('a', 1), ('a', 1), ('a', 1), (NULL, NULL), (NULL, NULL)";
  const input = await prepare(database.pool, {
    source: `CREATE TABLE t(v, n); ${one}`,
    target: `CREATE TABLE t(v text, n bigint); ${one}`,
    tables: [tablePlan("t", keyless, { v: text, n: integer })],
  });
  expect((await parity(input)).passed).toBe(true);
  await fillTarget(database.pool, "INSERT INTO t VALUES (NULL, NULL); DELETE FROM t WHERE ctid = '(0,1)'");
  const result = await parity(input);
  expect(result.findings.map(({ source, target }) => source ?? target)).toEqual([
    'v=text "a", n=integer 1',
    "v=NULL, n=NULL",
  ]);
});

test("NULL and equal texts in a key that SQLite lets pass", async () => {
  const insert = "INSERT INTO t VALUES (NULL, 'x'), (NULL, 'y'), ('k', 'z')";
  const input = await prepare(database.pool, {
    source: `CREATE TABLE t(k TEXT PRIMARY KEY, v); ${insert}`,
    target: `CREATE TABLE t(k text UNIQUE, v text); ${insert}`,
    tables: [tablePlan("t", { kind: "other", columns: ["k"] }, { k: text, v: text })],
  });
  expect((await parity(input)).findings).toEqual([]);
  await fillTarget(database.pool, "UPDATE t SET v = 'Y' WHERE v = 'y'");
  expect((await parity(input)).findings).toMatchObject([
    { key: "k=NULL", column: "v", source: 'text "y"', target: '"Y"' },
  ]);
});

test("keys that are equal but for case, trailing space or bytes", async () => {
  const keys = ["'a'", "'A'", "'a '", "x'61'", "1", "1.5", "'É'"];
  const input = await prepare(database.pool, {
    source: `CREATE TABLE t(k PRIMARY KEY, v) WITHOUT ROWID; ${keys.map((k, i) => `INSERT INTO t VALUES (${k}, ${i});`).join(" ")}`,
    target: `CREATE TABLE t(k jsonb UNIQUE, v bigint); INSERT INTO t VALUES
      ('{"t":"text","v":"a"}', 0), ('{"t":"text","v":"A"}', 1), ('{"t":"text","v":"a "}', 2), ('{"t":"blob","v":"61"}', 3),
      ('{"t":"integer","v":"1"}', 4), ('{"t":"real","v":"1.5"}', 5), ('{"t":"text","v":"É"}', 6)`,
    tables: [
      tablePlan("t", { kind: "other", columns: ["k"] }, { k: { kind: "tagged" }, v: integer }, { rowidName: null }),
    ],
  });
  expect((await parity(input)).findings).toEqual([]);
  await fillTarget(database.pool, "UPDATE t SET v = v + 100");
  const { findings } = await parity(input);
  expect(findings.map(({ key, column }) => `${key} ${column}`).sort()).toEqual(
    ['k="A" v', 'k="a " v', 'k="a" v', 'k="É" v', "k=1 v", "k=1.5 v", "k=x'61' v"].sort(),
  );
});

test("the hidden rowid as key, a selection, and names that need quotes", async () => {
  const table = tablePlan(
    'a "b"',
    { kind: "integer", columns: ["rowid"] },
    { rowid: { encoding: integer, target: "row id" }, "c d": { encoding: text, target: 'c "d"' } },
    { target: 'x "y"', where: "\"c d\" <> 'out' -- only these" },
  );
  const input = await prepare(database.pool, {
    source: `CREATE TABLE "a ""b"""("c d" TEXT PRIMARY KEY); INSERT INTO "a ""b""" VALUES ('in'), ('out'), ('also')`,
    target: `CREATE TABLE "x ""y"""("row id" bigint PRIMARY KEY, "c ""d""" text); INSERT INTO "x ""y""" VALUES (1, 'in'), (3, 'also')`,
    tables: [table],
  });
  expect(await parity(input)).toMatchObject({ passed: true, checked: { rows: 2 } });
  await fillTarget(database.pool, `INSERT INTO "x ""y""" VALUES (2, 'out')`);
  expect((await parity(input)).findings).toMatchObject([{ table: 'a "b"', key: "rowid=2" }]);
});

test("generated columns are compared as values", async () => {
  const input = await prepare(database.pool, {
    source:
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v, w GENERATED ALWAYS AS (v || '!')); INSERT INTO t(v) VALUES ('a'), ('b')",
    target:
      "CREATE TABLE t(id bigint PRIMARY KEY, v text, w text GENERATED ALWAYS AS (v || '?') STORED); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    tables: [tablePlan("t", integerKey, { id: integer, v: text, w: { encoding: text, computed: true } })],
  });
  expect((await parity(input)).findings).toMatchObject([
    { key: "id=1", column: "w", source: 'text "a!"', target: '"a?"' },
    { key: "id=2", column: "w" },
  ]);
});

test("a table, a column or a type that is not there is a finding, not a crash", async () => {
  const input = await prepare(database.pool, {
    source:
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE TABLE u(id INTEGER PRIMARY KEY, v); CREATE TABLE w(id INTEGER PRIMARY KEY, v)",
    target: "CREATE TABLE u(id bigint PRIMARY KEY); CREATE TABLE w(id bigint PRIMARY KEY, v text)",
    tables: ["t", "u", "w"].map((name) =>
      tablePlan(name, integerKey, { id: integer, v: { encoding: { kind: "real" }, pgType: "double precision" } }),
    ),
  });
  const { findings } = await parity(input);
  expect(findings.map(({ table, column }) => `${table} ${column}`).sort()).toEqual(["t null", "u v", "w v"]);
});

test("a target row without a key", async () => {
  const input = await prepare(database.pool, {
    source: "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
    target: "CREATE TABLE t(id bigint UNIQUE, v text); INSERT INTO t VALUES (NULL, 'x')",
    tables: [tablePlan("t", integerKey, { id: integer, v: text })],
  });
  expect((await parity(input)).findings).toMatchObject([{ table: "t", column: "id", target: "NULL" }]);
});

test("more differences than are kept are still counted", async () => {
  const input = await prepare(database.pool, {
    source:
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) INSERT INTO t SELECT i, 'a' FROM n",
    target:
      "CREATE TABLE t(id bigint PRIMARY KEY, v text); INSERT INTO t SELECT i, 'b' FROM generate_series(1, 1500) i",
    tables: [tablePlan("t", integerKey, { id: integer, v: text })],
  });
  const result = await parity(input);
  expect(result.findings).toHaveLength(1000);
  expect(result.differences).toBe(1500);
  expect(result.summary).toBe("1,500 rows, 3,000 cells: 1,500 differences");
});

test("progress ends at the table's rows", async () => {
  const events: unknown[] = [];
  const input = await prepare(database.pool, {
    source: "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)",
    target: "CREATE TABLE t(id bigint PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)",
    tables: [tablePlan("t", integerKey, { id: integer }, { rows: 3 })],
    emit: (event) => events.push(event),
  });
  await parity(input);
  const common = { phase: "validate", item: "t", total: 3, unit: "rows" };
  expect(events[0]).toEqual({ type: "expect", ...common, done: 0 });
  expect(events.at(-1)).toEqual({ type: "progress", ...common, done: 3 });
});

test("stops with the signal's reason, and leaves no connection in a transaction", async () => {
  const input = await prepare(database.pool, {
    source:
      "CREATE TABLE t(id INTEGER PRIMARY KEY); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) INSERT INTO t SELECT i FROM n",
    target: "CREATE TABLE t(id bigint PRIMARY KEY)",
    tables: [tablePlan("t", integerKey, { id: integer })],
  });
  const stop = new AbortController();
  const reason = new Error("enough");
  const running = parity({
    ...input,
    signal: stop.signal,
    emit: (event) => event.type === "progress" && stop.abort(reason),
  });
  await expect(running).rejects.toBe(reason);
  const open = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
  // A backend needs a moment to notice that its client has left.
  await expect.poll(async () => (await database.pool.query(open)).rows, { timeout: 10_000 }).toEqual([]);
});

test("other runs' accounts are none of this run's", async () => {
  const input = await prepare(database.pool, {
    source: "CREATE TABLE t(id INTEGER PRIMARY KEY)",
    target: "CREATE TABLE t(id bigint PRIMARY KEY)",
    tables: [tablePlan("t", integerKey, { id: integer })],
  });
  await database.pool.query(
    `INSERT INTO "${stateName}".ledger VALUES ('not ${runId}', 't', 'id=1', 'id', 'integer 1', '2', 'X:strip')`,
  );
  expect((await parity(input)).passed).toBe(true);
});

test("a thousand columns", async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
  const values = names.map((_, i) => `'v${i}'`).join(", ");
  const input = await prepare(database.pool, {
    source: `CREATE TABLE t(id INTEGER PRIMARY KEY, ${names.join(", ")}); INSERT INTO t VALUES (1, ${values})`,
    target: `CREATE TABLE t(id bigint PRIMARY KEY, ${names.map((c) => `${c} text`).join(", ")}); INSERT INTO t VALUES (1, ${values})`,
    tables: [tablePlan("t", integerKey, { id: integer, ...Object.fromEntries(names.map((c) => [c, text])) })],
  });
  expect(await parity(input)).toMatchObject({ passed: true, checked: { cells: 1001 } });
  await fillTarget(database.pool, "UPDATE t SET c999 = 'v9999'");
  expect((await parity(input)).findings).toMatchObject([{ key: "id=1", column: "c999", target: '"v9999"' }]);
});

test("no rowid, and a key that the plan does not use", async () => {
  const rows = "('a', 1), ('b', 2), ('c', 3)";
  const input = await prepare(database.pool, {
    source: `CREATE TABLE t(k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO t VALUES ${rows}`,
    target: `CREATE TABLE t(k text, v bigint); INSERT INTO t VALUES ${rows}`,
    tables: [tablePlan("t", keyless, { k: text, v: integer }, { rowidName: null })],
  });
  expect((await parity(input)).passed).toBe(true);
  await fillTarget(database.pool, "DELETE FROM t WHERE k = 'b'");
  expect((await parity(input)).findings).toMatchObject([{ key: "row=2", source: 'k=text "b", v=integer 2' }]);
});

test("an empty table, and one that is empty on one side only", async () => {
  const input = await prepare(database.pool, {
    source: "CREATE TABLE t(id INTEGER PRIMARY KEY); CREATE TABLE u(v)",
    target: "CREATE TABLE t(id bigint PRIMARY KEY); CREATE TABLE u(v text)",
    tables: [tablePlan("t", integerKey, { id: integer }), tablePlan("u", keyless, { v: text })],
  });
  expect(await parity(input)).toMatchObject({ passed: true, checked: { rows: 0, cells: 0, objects: 2 } });
  await fillTarget(database.pool, "INSERT INTO t VALUES (5); INSERT INTO u VALUES (NULL)");
  expect((await parity(input)).findings.map(({ table, key }) => `${table} ${key}`).sort()).toEqual([
    "t id=5",
    "u null",
  ]);
});
