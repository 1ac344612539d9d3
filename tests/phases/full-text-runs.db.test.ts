/** Full-text tables run after run: the indexes of every generation are right, and clean takes those that are gone. */
import { describe, expect, it } from "vitest";
import { schemas, workspace } from "../cli/workspace.ts";
import type { TestDatabase } from "../support/database.ts";
import {
  expectSame,
  hits,
  inDatabase,
  indexes,
  library,
  list,
  ofPostgres,
  ofSqlite,
  questions,
  succeed,
  unproven,
} from "./full-text-application.ts";

const second =
  "INSERT INTO docs VALUES (9, 'second alpha', 'dog'); INSERT INTO docs_fts(rowid, title, body) VALUES (9, 'second alpha', 'dog')";

/** How much there is in the schema of the search functions: tables by kind of record, its functions, all triggers. */
const census = async ({ pool }: TestDatabase): Promise<string> =>
  (
    await list(
      pool,
      `SELECT (SELECT count(*) FROM fts5.indexes), (SELECT count(DISTINCT relation) FROM fts5.statistics), (SELECT count(DISTINCT relation) FROM fts5.positions),
        (SELECT count(*) FROM pg_proc WHERE pronamespace = 'fts5'::regnamespace), (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)`,
    )
  )[0] ?? "";

describe.concurrent("run after run", () => {
  const aside = (database: TestDatabase): string =>
    `target: { kind: postgres, url: "${database.url}", existing: keep-aside }`;

  it("the old index and the new one are both right; so they are after each rollback", () =>
    inDatabase(async (database, space) => {
      const { pool } = database;
      space.sqlite(library);
      space.pipeline(database.url, aside(database), unproven);
      await succeed(space, "run");
      const first = await Promise.all(questions.map((query) => ofPostgres(pool, "docs_fts", query)));
      space.sqlite(second);
      await succeed(space, "run");
      await expectSame(pool, space.path("app.db"), indexes, [...questions, "second"]);
      const old = (await schemas(pool)).find((name) => name.startsWith("rowhaul_aside_")) ?? "";
      expect(await Promise.all(questions.map((query) => ofPostgres(pool, `${old}.docs_fts`, query)))).toEqual(first);
      await pool.query("INSERT INTO docs VALUES (10, 'third', ''); INSERT INTO own(rowid, a) VALUES (10, 'third')");
      expect([await hits(pool, "docs_fts", "third"), await hits(pool, "own", "third")]).toEqual([[10], [10]]);
      expect([await hits(pool, `${old}.docs_fts`, "third"), await hits(pool, `${old}.own`, "third")]).toEqual([[], []]);

      await succeed(space, "rollback", "--discard-new-writes");
      expect(await Promise.all(questions.map((query) => ofPostgres(pool, "docs_fts", query)))).toEqual(first);
      // and its triggers are at work again
      await pool.query(
        "INSERT INTO docs VALUES (11, 'fourth', ''); DELETE FROM docs WHERE id = 4; UPDATE docs SET title = 'zebra' WHERE id = 1",
      );
      expect(await hits(pool, "docs_fts", "fourth OR zebra OR alpha")).toEqual([1, 2, 11]);
      expect(await list(pool, "SELECT count(*) FROM fts5.positions WHERE relation = 'docs_fts'::regclass")).toEqual([
        "0",
      ]);

      await succeed(space, "run", "--discard-new-writes");
      await expectSame(pool, space.path("app.db"), indexes, questions);
    }));

  it("clean takes what belongs to tables that are gone, and leaves the rest at work", () =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.pipeline(database.url, aside(database), unproven);
      await succeed(space, "run");
      const before = await census(database);
      space.sqlite(second);
      await succeed(space, "run");
      expect(await census(database)).not.toBe(before);
      const cleaned = await succeed(space, "clean", "--yes");
      expect(cleaned.stdout).not.toContain("search functions");
      expect(await census(database)).toBe(before);
      await expectSame(database.pool, space.path("app.db"), indexes, questions);
      await database.pool.query("UPDATE docs SET title = 'zebra' WHERE id = 1");
      expect(await hits(database.pool, "docs_fts", "zebra")).toEqual([1]);
    }));

  it("two pipelines share the functions, and one's clean leaves the other's tables alone", () =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      const other = workspace();
      other.sqlite(`${library} ${second}`);
      other.pipeline(database.url, `target: { kind: postgres, url: "${database.url}", schema: other }`, unproven);
      await succeed(other, "run");
      await expectSame(database.pool, space.path("app.db"), indexes, questions);
      expect(await ofPostgres(database.pool, "other.docs_fts", "second")).toEqual(
        ofSqlite(other.path("app.db"), "docs_fts", "second"),
      );
      await database.pool.query(
        "INSERT INTO other.docs VALUES (20, 'only there', ''); INSERT INTO docs VALUES (21, 'only here', '')",
      );
      expect([
        await hits(database.pool, "docs_fts", "only"),
        await hits(database.pool, "other.docs_fts", "only"),
      ]).toEqual([[21], [20]]);
      await succeed(other, "rollback", "--discard-new-writes");
      await succeed(other, "clean", "--yes");
      expect(await hits(database.pool, "docs_fts", "only")).toEqual([21]);
      expect(await list(database.pool, "SELECT relation FROM fts5.indexes ORDER BY relation::text")).toEqual([
        "docs_fts",
        "less",
        "own",
      ]);
    }));
});
