import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { watchArithmetic, watchedExpression, watchedView } from "../../src/snapshot/watched-arithmetic.ts";

function opened() {
  const db = new Database(":memory:").defaultSafeIntegers(true);
  db.exec(`CREATE TABLE t (a INTEGER, b INTEGER, r REAL);
    INSERT INTO t VALUES (9223372036854775807, 2, 1e300), (1, 5, 0.5), (NULL, 3, 2.0)`);
  return db;
}

it.each<[expression: string, count: number, sample: string, of?: string]>([
  ["a + 1", 1, "9223372036854775807 + 1"],
  ["a * a > 5", 1, "9223372036854775807 * 9223372036854775807"],
  ["(a - 1) * (b + 0)", 1, "9223372036854775806 * 2"],
  ["-2 - (a /* - */ + (b))", 1, "9223372036854775807 + 2"],
  ["CASE WHEN a > 1 THEN 0 ELSE a + 1 END", 0, ""],
  ["r * r", 1, "1e+300 * 1e+300", "reals"],
  ["b / r / r", 1, "2e-300 / 1e+300", "reals"],
  ["a + r", 0, ""],
  ["b - a", 0, ""],
  ["(SELECT max(x.a) + t.b FROM t x)", 3, "9223372036854775807 + 2"],
])("%s leaves 64 bits %i times, and gives what it gives unwatched", (expression, count, sample, of = "integers") => {
  const db = opened();
  const arithmetic = watchArithmetic(db);
  const values = (sql: string) => db.prepare(`SELECT (${sql}) FROM t`).pluck().all();
  expect(values(watchedExpression(expression) ?? "")).toEqual(values(expression));
  expect(arithmetic.counted()).toEqual(count === 0 ? null : { of, count, sample });
  expect(arithmetic.counted()).toBeNull();
  db.close();
});

it("a view is calculated in all its parts", () => {
  const db = opened();
  const arithmetic = watchArithmetic(db);
  const select = `SELECT b + 0, sum(b - 1) AS s FROM t WHERE b IN (SELECT a * 2 - a * 2 + 2 FROM t)
    GROUP BY b + 0 HAVING count(*) + 1 > 1 ORDER BY (b + 0) -- the end`;
  const watched = watchedView(`CREATE VIEW "as" (p, q) AS ${select}`) ?? "";
  expect(db.prepare(watched).raw().all()).toEqual(db.prepare(select).raw().all());
  expect(arithmetic.counted()?.sample).toBe("9223372036854775807 * 2");
  db.close();
});

it("what calculates nothing, or cannot be read, is not watched", () => {
  expect(watchedExpression("a || -1")).toBeNull();
  expect(watchedExpression("a + ")).toBeNull();
  expect(watchedView("CREATE VIEW v AS SELECT a FROM t")).toBeNull();
  expect(watchedView("CREATE VIEW v AS SELECTA a")).toBeNull();
});
