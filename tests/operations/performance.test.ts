import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { PerformanceSettings } from "../../src/core/environment.ts";
import {
  type Ask,
  baselineLines,
  comparePerformance,
  type Measurement,
  measureBaseline,
  measureTarget,
  refuseSlower,
} from "../../src/operations/performance.ts";
import { sqliteFile } from "./files.ts";

const signal = new AbortController().signal;
const settings: PerformanceSettings = {
  queries: [
    { name: "rows", source: "SELECT a FROM t WHERE a > 1", target: null },
    { name: "search", source: "SELECT rowid FROM f WHERE f MATCH 'vsam'", target: "SELECT 2" },
  ],
  factor: 2,
  limitMs: 1000,
  runs: 3,
};
const two: PerformanceSettings = { ...settings, limitMs: null };

function measured(name: string, medianMs: number, rows = 1): Measurement {
  return { name, rows, medianMs };
}

describe("baseline", () => {
  const path = sqliteFile(`CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3);
    CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('VSAM status 35'), ('JCL')`);

  test("is measured on the snapshot, with the rows that each query finds", async () => {
    const before = await measureBaseline(settings, path, signal);
    expect(before).toEqual([
      { name: "rows", rows: 2, medianMs: expect.any(Number) },
      { name: "search", rows: 1, medianMs: expect.any(Number) },
    ]);
    expect(baselineLines(before).map(({ name, outcome }) => [name, outcome])).toEqual([
      ["performance of rows", "ok"],
      ["performance of search", "ok"],
    ]);
  });

  test("a query that fails, or that writes, is a failure and stops no other", async () => {
    const queries = ["SELECT gone FROM t", "DELETE FROM t", "SELECT 1"].map((source, i) => ({
      name: `q${i}`,
      source,
      target: null,
    }));
    const before = await measureBaseline({ ...settings, queries }, path, signal);
    expect(
      baselineLines(before).map(({ outcome, message }) => `${outcome}: ${message}`.replace(/[\d.]+ms/, "…")),
    ).toEqual([
      "failure: the query fails on the source: no such column: gone",
      "failure: the query fails on the source: the statement does not read",
      "ok: …, 1 row",
    ]);
  });

  test("a query that goes on for ever can be stopped", async () => {
    const source = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("stop")), 100);
    const run = measureBaseline(
      { ...settings, queries: [{ name: "a", source, target: null }] },
      path,
      controller.signal,
    );
    await expect(run).rejects.toThrow("stop");
  });
});

describe("target", () => {
  test("is asked the given SQL, or the translated", async () => {
    const asked: string[] = [];
    const ask: Ask = async (sql) => {
      asked.push(sql);
      await sleep(2);
      return [1, 2];
    };
    const after = await measureTarget(settings, ask, (sql) => ({ ok: true, sql: `${sql} /* translated */` }), signal);
    expect(asked).toEqual([
      ...Array<string>(3).fill("SELECT a FROM t WHERE a > 1 /* translated */"),
      ...Array<string>(3).fill("SELECT 2"),
    ]);
    expect(after).toEqual([
      { name: "rows", rows: 2, medianMs: expect.any(Number) },
      { name: "search", rows: 2, medianMs: expect.any(Number) },
    ]);
  });

  test("what cannot be translated or answered is told", async () => {
    const ask: Ask = () => Promise.reject(new Error("syntax error"));
    const after = await measureTarget(settings, ask, () => ({ ok: false, reason: "a call of glob()" }), signal);
    expect(after).toEqual([
      { name: "rows", error: "it cannot be translated (a call of glob()); give `target`" },
      { name: "search", error: "syntax error" },
    ]);
  });
});

describe("comparison", () => {
  function outcome(before: Measurement, after: Measurement, by = settings): string {
    const [line] = comparePerformance({ ...by, queries: settings.queries.slice(0, 1) }, [before], [after]);
    return `${line?.outcome}: ${line?.message}`;
  }

  test("slower than the factor, beyond what is noise", () => {
    expect(outcome(measured("rows", 100), measured("rows", 200))).toBe("ok: 200ms, 100ms before, 1 row");
    expect(outcome(measured("rows", 100), measured("rows", 201))).toBe(
      "failure: 201ms, 100ms before; 2 times as long is allowed",
    );
    expect(outcome(measured("rows", 0.1), measured("rows", 9))).toBe("ok: 9ms, 0ms before, 1 row");
  });

  test("slower than the limit, however slow it was before", () => {
    const [before, after] = [measured("rows", 900), measured("rows", 1100)];
    expect(outcome(before, after)).toBe("failure: 1.1s, 900ms before; 1s is allowed");
    expect(outcome(before, after, two)).toBe("ok: 1.1s, 900ms before, 1 row");
  });

  test("other rows are a warning, no answer a failure", () => {
    expect(outcome(measured("rows", 1, 12), measured("rows", 1, 11))).toBe(
      "warning: 1ms, 1ms before, but 11 rows instead of 12",
    );
    expect(outcome({ name: "rows", error: "e" }, measured("rows", 1))).toBe("failure: there is no baseline: e");
    expect(outcome(measured("rows", 1), { name: "rows", error: "e" })).toBe(
      "failure: the target does not answer it: e",
    );
  });

  test("failures are refused together", () => {
    const before = [measured("rows", 10), measured("search", 10)];
    const lines = comparePerformance(settings, before, [measured("rows", 500), measured("search", 600)]);
    expect(() => refuseSlower(lines)).toThrow(
      expect.objectContaining({
        code: "TARGET_SLOWER",
        message: "2 queries are not as fast as it must be:",
        exit: 4,
        details: [
          "performance of rows: 500ms, 10ms before; 2 times as long is allowed",
          "performance of search: 600ms, 10ms before; 2 times as long is allowed",
        ],
      }),
    );
    refuseSlower(comparePerformance(settings, before, before));
  });
});
