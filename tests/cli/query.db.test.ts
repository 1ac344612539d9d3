/** `rowhaul query` runs one statement, and changes nothing, whatever is asked. */
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { relations, value } from "./workspace.ts";

const database = useDatabase();
const query = (sql: string, ...more: readonly string[]) => rowhaul(["query", sql, database.url, ...more]);

describe("several statements are refused as such, and none of them runs", () => {
  it.each([
    "commit; create table written (a int)",
    "rollback; begin; create table written (a int); commit",
    "end; set default_transaction_read_only = off; create table written (a int)",
    "select 1; select 2",
    "abort/**/;/* ; */create table written (a int);",
  ])("%s", async (sql) => {
    const result = await query(sql);
    expect(result.exit).toBe(1);
    expect(result.stderr).toContain("Error QUERY_FAILED: The text holds several statements, and");
    expect(result.stderr).toMatch(/^Try: Give one statement at a time\./m);
    expect(result.stdout).toBe("");
    expect(await relations(database.pool)).toEqual([]);
  });
});

describe("one statement", () => {
  it.each([
    ["create table written (a int)", "only reads"],
    ["create temporary table written (a int)", "only reads"],
    ["with w as (insert into there values (2) returning 1) select * from w", "only reads"],
    ["do $$ begin commit; create table written (a int); end $$", "invalid transaction termination"],
    ["set transaction read write", "must be set before any query"],
    ["select setval('numbers', 7)", "only reads"],
    ["select lo_create(4711)", "only reads"],
    ["vacuum there", "transaction block"],
  ])("that would write is refused: %s", async (sql, says) => {
    await database.pool.query("CREATE TABLE there (a int); CREATE SEQUENCE numbers");
    try {
      const result = await query(sql);
      expect([result.exit, result.stdout]).toEqual([1, ""]);
      expect(result.stderr).toContain(says);
      expect(await relations(database.pool)).toEqual(["numbers", "there"]);
      expect(await value(database.pool, "SELECT count(*)::int FROM there")).toBe(0);
      expect(await value(database.pool, "SELECT is_called FROM numbers")).toBe(false);
    } finally {
      await database.pool.query("DROP TABLE there; DROP SEQUENCE numbers");
    }
  });

  it.each([
    ["commit", []],
    ["/* nothing at all */", []],
    ["select ';commit' as text, 1 as n;", [[";commit", "1"]]],
    [
      "select 1.50::numeric as x, true as t, null as n, '{1,2}'::int[] as a, '2024-01-02'::date as d",
      [["1.50", "t", null, "{1,2}", "2024-01-02"]],
    ],
  ])("that reads says what PostgreSQL says: %s", async (sql, rows) => {
    const result = await query(sql, "--json");
    expect([result.exit, JSON.parse(result.stdout)]).toEqual([0, expect.objectContaining({ type: "rows", rows })]);
  });

  it("COPY to standard output ends too", async () => {
    const result = await query("copy (select 1) to stdout");
    expect(result.exit).toBeLessThan(2);
  });
});
