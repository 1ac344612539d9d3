/** Chunks: sizes at and beside their edges, negative keys and both ends of 64 bits. */
import { describe, expect, test } from "vitest";
import { parity } from "../../../../src/validators/postgres/parity/parity.ts";
import { useDatabase } from "../../../support/database.ts";
import { fillTarget, integer, integerKey, prepare, tablePlan, text } from "../../fixture.ts";

const database = useDatabase();
const table = tablePlan("t", integerKey, { id: integer, v: text });

// The first chunk has 500 rows, the next eight times as many, then 20,000.
const edges = [1, 500, 4500, 24_500];
const sizes = [0, ...edges.flatMap((edge) => [edge - 1, edge, edge + 1])];

const dense = (size: number, first: bigint) =>
  prepare(database.pool, {
    source: `CREATE TABLE t(id INTEGER PRIMARY KEY, v); ${size === 0 ? "" : `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${size - 1}) INSERT INTO t SELECT ${first} + i, 'v' || i FROM n`}`,
    target: `CREATE TABLE t(id bigint PRIMARY KEY, v text); INSERT INTO t SELECT (${first}) + i, 'v' || i FROM generate_series(0, ${size} - 1) i`,
    tables: [table],
  });

describe.each(sizes)("%i rows", (size) => {
  test("arrive", async () => {
    expect(await parity(await dense(size, 1n))).toMatchObject({ passed: true, checked: { rows: size } });
  });

  test.runIf(size > 1)("the first, the last and the rows at each edge are looked at", async () => {
    const input = await dense(size, 1n);
    const keys = [...new Set([1, ...edges.flatMap((e) => [e, e + 1]), size].filter((k) => k <= size))].sort(
      (a, b) => a - b,
    );
    await fillTarget(database.pool, `UPDATE t SET v = v || '!' WHERE id IN (${keys.join(", ")})`);
    expect((await parity(input)).findings.map(({ key }) => key)).toEqual(keys.map((key) => `id=${key}`));
    await fillTarget(database.pool, `DELETE FROM t WHERE id = ${size}; UPDATE t SET v = rtrim(v, '!')`);
    expect((await parity(input)).findings.map(({ key }) => key)).toEqual([`id=${size}`]);
  });
});

const ends = ["-9223372036854775808", "-9223372036854775807", "-1", "0", "9223372036854775806", "9223372036854775807"];

test("both ends of 64 bits", async () => {
  const rows = ends.map((id) => `(${id}, 'v${id}')`).join(", ");
  const input = await prepare(database.pool, {
    source: `CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES ${rows}`,
    target: `CREATE TABLE t(id bigint PRIMARY KEY, v text); INSERT INTO t VALUES ${rows}`,
    tables: [table],
  });
  expect((await parity(input)).passed).toBe(true);
  for (const end of ends) {
    await fillTarget(database.pool, `UPDATE t SET v = '' WHERE id = ${end}`);
    expect((await parity(input)).findings).toMatchObject([{ key: `id=${end}`, column: "v", target: '""' }]);
    await fillTarget(database.pool, `UPDATE t SET v = 'v${end}' WHERE id = ${end}`);
  }
});

test("dense keys that end at either end of 64 bits, at a chunk's edge", async () => {
  for (const first of [-(2n ** 63n), 2n ** 63n - 500n, -250n]) {
    const input = await dense(500, first);
    expect((await parity(input)).passed).toBe(true);
    await fillTarget(database.pool, `DELETE FROM t WHERE id = (SELECT max(id) FROM t)`);
    expect((await parity(input)).findings).toMatchObject([{ key: `id=${first + 499n}` }]);
  }
});

test("target rows below, between and above the source's keys", async () => {
  const input = await dense(600, 1000n);
  await fillTarget(
    database.pool,
    `INSERT INTO t VALUES (${ends[0]}, 'low'), (999, 'below'), (1600, 'above'), (${ends.at(-1)}, 'high')`,
  );
  expect((await parity(input)).findings.map(({ key }) => key)).toEqual([
    `id=${ends[0]}`,
    "id=999",
    "id=1600",
    `id=${ends.at(-1)}`,
  ]);
});

test("rows that grow a hundredfold from one chunk to the next", async () => {
  const grow = (repeat: string) => `SELECT i, ${repeat} FROM n`;
  const input = await prepare(database.pool, {
    source: `CREATE TABLE t(id INTEGER PRIMARY KEY, v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t ${grow("printf('%.*c', CASE WHEN i > 600 THEN 4000 ELSE 3 END, 'x')")}`,
    target: `CREATE TABLE t(id bigint PRIMARY KEY, v text); WITH n AS (SELECT generate_series(1, 3000) i) INSERT INTO t ${grow("repeat('x', CASE WHEN i > 600 THEN 4000 ELSE 3 END)")}`,
    tables: [table],
  });
  expect((await parity(input)).passed).toBe(true);
  await fillTarget(database.pool, "UPDATE t SET v = left(v, 3999) || 'y' WHERE id = 2999");
  expect((await parity(input)).findings).toMatchObject([{ key: "id=2999", column: "v" }]);
});

test("buckets of a text key: one row among many", async () => {
  const wide = tablePlan("t", { kind: "other", columns: ["id"] }, { id: text, v: text }, { rows: 5000 });
  const input = await prepare(database.pool, {
    source:
      `CREATE TABLE t(id TEXT PRIMARY KEY, v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT 'k' || i, i % 7 FROM n`.replace(
        "i % 7",
        "'v' || (i % 7)",
      ),
    target: `CREATE TABLE t(id text PRIMARY KEY, v text); INSERT INTO t SELECT 'k' || i, 'v' || (i % 7) FROM generate_series(1, 5000) i`,
    tables: [wide],
  });
  expect((await parity(input)).passed).toBe(true);
  await fillTarget(database.pool, "UPDATE t SET v = '' WHERE id IN ('k1', 'k2500', 'k5000')");
  const { findings } = await parity(input);
  expect(findings.map(({ key }) => key).sort()).toEqual(['id="k1"', 'id="k2500"', 'id="k5000"']);
});
