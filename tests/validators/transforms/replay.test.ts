/** The replay sees what is wrong in a reshaped file: each test breaks one thing. */
import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/core/plan/transform.ts";
import { chain, each, reshapedOf, shape, step } from "../../snapshot/reshape/chains.ts";
import { query, replayed, shapeIt } from "../../snapshot/reshape/shaping.ts";
import { makeDatabase } from "../../support/scratch-database.ts";

const filled =
  "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x'), (2, 5), (3, 5.0), (4, x'61'), (5, NULL); CREATE TABLE u(n); INSERT INTO u VALUES (1)";
const same = (row: readonly Value[]): Value[] => [...row];

function made(snapshot = makeDatabase(filled), steps = [each("same", shape("t", "id", "a"), same)]) {
  return shapeIt(snapshot, [chain("t", steps)], (c) =>
    reshapedOf(c, ["t"], { t: { columns: ["id", "a"], key: "id" } }),
  );
}

describe("a broken reshaped file", () => {
  it.each([
    ["another text", "UPDATE t SET a = 'y' WHERE id = 1", "id=1", 'text "x"', 'text "y"'],
    ["a real for an integer", "UPDATE t SET a = 5.0 WHERE id = 2", "id=2", "integer 5", "real 5"],
    ["an integer for a real", "UPDATE t SET a = 5 WHERE id = 3", "id=3", "real 5", "integer 5"],
    ["a text for a blob", "UPDATE t SET a = 'a' WHERE id = 4", "id=4", "blob x'61'", 'text "a"'],
    ["an empty text for NULL", "UPDATE t SET a = '' WHERE id = 5", "id=5", "NULL", 'text ""'],
  ])("with %s", async (_, sql, key, source, target) => {
    const done = await made();
    makeDatabase(sql, done.reshaped);
    const result = await replayed(done);
    expect(result).toMatchObject({ validator: "transforms", passed: false, differences: 1 });
    expect(result.findings[0]).toMatchObject({ table: "t", key, column: "a", source, target, level: "difference" });
  });

  it.each([
    ["a row lost", "DELETE FROM t WHERE id = 3", "id=3", "the replay has a row that the file has not"],
    ["a row too many", "INSERT INTO t VALUES (6, 'new')", "id=6", "the file has a row that the replay has not"],
  ])("with %s", async (_, sql, key, message) => {
    const done = await made();
    makeDatabase(sql, done.reshaped);
    expect((await replayed(done)).findings).toMatchObject([{ table: "t", key, message }]);
  });

  it("with a row doubled in a table without key", async () => {
    const snapshot = makeDatabase("CREATE TABLE t(a); INSERT INTO t VALUES (1), (1), (2), (2)");
    const done = await shapeIt(snapshot, [chain("t", [each("same", shape("t", "a"), same)])], (c) =>
      reshapedOf(c, ["t"], { t: { columns: ["a"] } }),
    );
    expect((await replayed(done)).passed).toBe(true);
    makeDatabase("UPDATE t SET a = 2 WHERE rowid = 1", done.reshaped);
    expect(await replayed(done)).toMatchObject({ passed: false, differences: 2 });
  });

  it("with an untouched table that lost a row", async () => {
    const done = await made();
    makeDatabase("DELETE FROM u", done.reshaped);
    expect((await replayed(done)).findings).toMatchObject([{ table: "u", source: "1 rows", target: "0 rows" }]);
  });
});

it("a step that gives another value each time is named as such", async () => {
  let n = 0n;
  const counting = each("function ./count.js", shape("t", "id", "a"), (row) => {
    n += 1n;
    return [row[0] ?? null, n];
  });
  const done = await made(makeDatabase(filled), [counting]);
  const result = await replayed(done);
  expect(result.passed).toBe(false);
  expect(result.findings.filter(({ level }) => level === "note")).toMatchObject([
    { table: "t", message: "function ./count.js: the values are as computed by your function" },
  ]);
  const first = result.findings.find(({ level }) => level === "difference");
  expect(first).toMatchObject({ table: "t", key: "id=1", column: "a" });
  expect(first?.message).toMatch(/^not the same twice/);
});

it("a step that depends on where pieces of the table end is found", async () => {
  const snapshot = makeDatabase(
    "CREATE TABLE t(id INTEGER PRIMARY KEY, a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO t SELECT i, 'x' FROM n",
  );
  let rows = 0;
  const clock = step("clock", [shape("t", "id", "a")], () => (row, emit) => {
    if (rows++ === 0) setImmediate(() => (rows = 0));
    emit(0, [row[0] ?? null, BigInt(rows)]);
  });
  const done = await made(snapshot, [clock]);
  expect(query(done.reshaped, "SELECT max(a) FROM t")).toEqual([[500]]);
  expect(await replayed(done)).toMatchObject({ passed: false });
});
