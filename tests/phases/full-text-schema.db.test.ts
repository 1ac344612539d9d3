/** The schema of the search functions: whose it is, what it is called, and when it goes. */
import { describe, expect, it } from "vitest";
import { schemas } from "../cli/workspace.ts";
import {
  command,
  inDatabase,
  library,
  list,
  ofPostgres,
  ofSqlite,
  questions,
  succeed,
  unproven,
} from "./full-text-application.ts";

describe.concurrent("the schema of the functions", () => {
  it("of another's making is not touched, and the refusal says so", () =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.pipeline(database.url, unproven);
      await database.pool.query("CREATE SCHEMA fts5; CREATE TABLE fts5.mine (i int)");
      const refused = await command(space, "run");
      expect(refused.exit).not.toBe(0);
      expect(refused.stderr).toContain('schema "fts5" exists and was not made by rowhaul');
      expect(
        await list(database.pool, "SELECT relname FROM pg_class WHERE relnamespace = 'fts5'::regnamespace"),
      ).toEqual(["mine"]);
      expect((await schemas(database.pool)).filter((name) => name.startsWith("rowhaul_"))).toEqual([]);
      await succeed(space, "clean", "--yes");
      expect(await schemas(database.pool)).toEqual(["fts5", "public"]);
    }));

  it("may have another name", () =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.pipeline(database.url, unproven, "search: { schema: Such_e }");
      await succeed(space, "run");
      for (const query of questions)
        expect(await ofPostgres(database.pool, "docs_fts", query, "Such_e")).toEqual(
          ofSqlite(space.path("app.db"), "docs_fts", query),
        );
      await database.pool.query("INSERT INTO docs VALUES (10, 'third', '')");
      expect(await ofPostgres(database.pool, "docs_fts", "third", "Such_e")).toHaveLength(1);
      expect(await schemas(database.pool)).toEqual(["Such_e", "public", "rowhaul"]);
      await succeed(space, "rollback", "--discard-new-writes");
      expect((await succeed(space, "clean", "--yes")).stdout).toContain(
        "removed schema Such_e of the search functions",
      );
      expect(await schemas(database.pool)).toEqual(["public"]);
    }));

  it("clean leaves the functions where the application has built on them", () =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      await database.pool.query("CREATE VIEW mine AS SELECT fts5.lexeme('dog') AS word");
      await succeed(space, "rollback");
      expect((await succeed(space, "clean", "--yes")).stdout).not.toContain("search functions");
      expect(await list(database.pool, "SELECT word FROM mine")).toEqual(["dog"]);
      expect(await schemas(database.pool)).toEqual(["fts5", "public"]);
    }));

  it("clean leaves a schema alone that only looks like it", () =>
    inDatabase(async (database, space) => {
      await database.pool.query(
        "CREATE SCHEMA theirs; CREATE TABLE theirs.indexes (a int); CREATE TABLE theirs.statistics (a int); CREATE TABLE theirs.positions (a int); CREATE FUNCTION theirs.version() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      );
      space.sqlite(library);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      await succeed(space, "rollback");
      await succeed(space, "clean", "--yes");
      expect(await schemas(database.pool)).toEqual(["public", "theirs"]);
    }));
});
