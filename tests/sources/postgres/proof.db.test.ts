/** The snapshot's proof must fail wherever the file is not what the server holds. */
import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { parseTarget } from "../../../src/postgres/url.ts";
import { readSourceCatalog } from "../../../src/sources/postgres/catalog.ts";
import { sourceDigest } from "../../../src/sources/postgres/digest.ts";
import { compareDigests } from "../../../src/sources/postgres/proof.ts";
import { endSession, openSession } from "../../../src/sources/postgres/session.ts";
import { useDatabase } from "../../support/database.ts";
import { freshPath } from "../../support/scratch-database.ts";
import { none, snapshotOf } from "./move.ts";

describe("the proof of a snapshot", () => {
  const database = useDatabase();

  it("fails for each kind of cell that is another one", async () => {
    await database.pool.query(`CREATE TABLE t (id int PRIMARY KEY, yes bool, n numeric, v text, long text, b bytea);
      INSERT INTO t VALUES (1, true, 1.10, 'é', repeat('é', 3000), '\\x00ff'), (2, NULL, NULL, NULL, NULL, NULL), (3, false, 'NaN', '', '1', '\\x')`);
    const info = await snapshotOf(database.url);
    const session = await openSession(parseTarget(database.url), "testing");
    try {
      const { tables } = await readSourceCatalog(session, "public", () => true);
      const expected = new Map<string, Awaited<ReturnType<typeof sourceDigest>>>();
      for (const read of tables) expected.set(read.table.name, await sourceDigest(session, "public", read, new Map()));
      const digestsAfter = (change: string): boolean => {
        const path = freshPath("changed.db");
        copyFileSync(info.path, path);
        const db = new Database(path);
        db.exec(change);
        db.close();
        return compareDigests(path, tables, expected, 0, none).passed;
      };
      expect([info.proof?.passed, info.proof?.checked, digestsAfter("")]).toEqual([
        true,
        { rows: 3, cells: 18, objects: 1 },
        true,
      ]);
      for (const change of [
        "UPDATE t SET yes = 0 WHERE id = 1",
        "UPDATE t SET yes = 0 WHERE id = 2",
        "UPDATE t SET n = '1.1' WHERE id = 1",
        "UPDATE t SET n = 1.1 WHERE id = 1",
        "UPDATE t SET v = 'e' WHERE id = 1",
        "UPDATE t SET v = '' WHERE id = 2",
        "UPDATE t SET v = NULL WHERE id = 3",
        "UPDATE t SET long = 1 WHERE id = 3",
        "UPDATE t SET long = long || 'x' WHERE id = 1",
        "UPDATE t SET b = CAST(b AS TEXT) WHERE id = 3",
        "UPDATE t SET b = x'00fe' WHERE id = 1",
        "UPDATE t SET id = 4 WHERE id = 3",
        "DELETE FROM t WHERE id = 2",
        "INSERT INTO t SELECT 4, yes, n, v, long, b FROM t WHERE id = 2",
        "UPDATE t SET v = CASE id WHEN 1 THEN (SELECT v FROM t WHERE id = 3) WHEN 3 THEN 'é' ELSE v END",
      ])
        expect([change, digestsAfter(change)]).toEqual([change, false]);
    } finally {
      await endSession(session);
    }
  });
});

describe("what is read", () => {
  const database = useDatabase();

  it("goes by how a type writes itself, not by a cast that somebody made", async () => {
    await database.pool.query(`CREATE TYPE pos AS (x int, y text); CREATE TABLE own (id int, p pos, none pos);
      CREATE FUNCTION pos_text(pos) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'somewhere' $$;
      CREATE CAST (pos AS text) WITH FUNCTION pos_text(pos); INSERT INTO own VALUES (1, (7, 'a'), NULL)`);
    const { path, proof } = await snapshotOf(database.url, { tables: (name) => name === "own" });
    const db = new Database(path, { readonly: true });
    expect([db.prepare("SELECT * FROM own").raw().all(), proof?.passed]).toEqual([[[1, "(7,a)", null]], true]);
    db.close();
  });

  it("names partitions of a table that another schema holds", async () => {
    await database.pool.query(`CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.root (id int) PARTITION BY LIST (id);
      CREATE TABLE part_1 PARTITION OF elsewhere.root FOR VALUES IN (1)`);
    const session = await openSession(parseTarget(database.url), "testing");
    const { catalog } = await readSourceCatalog(session, "public", () => true);
    await endSession(session);
    expect(catalog.postgres.others).toContainEqual({
      object: "table part_1",
      reason: "a partition of elsewhere.root, which another schema holds: its rows move with that",
      hazard: null,
    });
  });

  it("takes no condition that goes on with another statement", async () => {
    await database.pool.query("CREATE TABLE IF NOT EXISTS c (id int); CREATE TABLE victim (id int)");
    const where = { c: "true))) TO STDOUT; COMMIT; DROP TABLE victim; COPY (SELECT 1 WHERE ((true" };
    const taken = snapshotOf(database.url, { tables: (name) => name === "c", where });
    await expect(taken).rejects.toMatchObject({ code: "SOURCE_UNSUPPORTED" });
    expect((await database.pool.query("SELECT to_regclass('victim') AS there")).rows).toEqual([{ there: "victim" }]);
  });
});
