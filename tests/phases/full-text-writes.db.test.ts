/** The application writes after the move: every index stays true. And sources, or settings, that are not as usual. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schemas } from "../cli/workspace.ts";
import { useDatabase } from "../support/database.ts";
import {
  command,
  expectSame,
  hits,
  inDatabase,
  library,
  list,
  questions,
  succeed,
  unproven,
} from "./full-text-application.ts";

const admin = useDatabase();
const role = `rowhaul_app_${process.pid}`;
const owner = `rowhaul_owner_${process.pid}`;
beforeAll(async () => void (await admin.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; CREATE ROLE ${owner}`)));
afterAll(async () => void (await admin.pool.query(`DROP ROLE ${role}; DROP ROLE ${owner}`)));

describe.concurrent("the application", () => {
  const fed = `${library}
    CREATE TABLE posts (id INTEGER PRIMARY KEY, t TEXT); CREATE VIRTUAL TABLE posts_fts USING fts5(t);
    CREATE TRIGGER p1 AFTER INSERT ON posts BEGIN REPLACE INTO posts_fts(rowid, t) VALUES (new.id, new.t); END;
    CREATE TRIGGER p2 AFTER DELETE ON posts BEGIN DELETE FROM posts_fts WHERE rowid = old.id; END;
    CREATE TRIGGER p3 AFTER UPDATE ON posts BEGIN UPDATE posts_fts SET t = new.t WHERE rowid = old.id; END;
    INSERT INTO posts VALUES (1, 'alpha dog');`;

  it("without any privilege but the pipeline's grants reads and writes, and every index stays true", () =>
    inDatabase(async (database, space) => {
      const { pool } = database;
      await pool.query(`GRANT ALL ON SCHEMA public TO ${owner}; GRANT USAGE ON SCHEMA public TO ${role}`);
      space.sqlite(fed);
      const grants = `{ privileges: [select, insert, update, delete], to: ${role} }`;
      space.pipeline(
        database.url,
        unproven,
        `target: { kind: postgres, url: "${database.url}", owner: ${owner}, grants: [${grants}] }`,
      );
      await succeed(space, "run");
      const owners = await list(
        pool,
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT EXISTS (SELECT FROM fts5.indexes i WHERE i.relation = c.oid AND i.content IS NOT NULL)",
      );
      expect(owners).toEqual([owner]);
      // Triggers write to these as whoever installed them: nobody else may write to them or put triggers on them.
      const others = await list(
        pool,
        `SELECT DISTINCT p FROM fts5.indexes i, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRIGGER']) p, unnest(ARRAY['${owner}', '${role}']) r
         WHERE i.content IS NOT NULL AND has_table_privilege(r, i.relation, p)`,
      );
      expect(others).toEqual([]);
      const url = new URL(database.url);
      url.username = role;
      url.password = "x";
      const app = new pg.Pool({ connectionString: url.href, max: 1 });
      try {
        await app.query(`
          INSERT INTO docs VALUES (20, 'zebra', 'x'), (21, repeat('zebra ', 300), 'x'); UPDATE docs SET title = 'zebra z' WHERE id = 1; DELETE FROM docs WHERE id = 4;
          INSERT INTO own(rowid, a) VALUES (20, repeat('zebra ', 300)); UPDATE own SET a = 'zebra' WHERE rowid = 1; DELETE FROM own WHERE rowid = 2;
          SELECT fts5.put('less', 9, 'zebra'), fts5.remove('less', 1);
          INSERT INTO posts VALUES (2, 'zebra'), (3, 'zebra'); UPDATE posts SET t = 'zebra two' WHERE id = 1; DELETE FROM posts WHERE id = 2`);
        expect(await hits(app, "docs_fts", "zebra OR alpha")).toEqual([1, 2, 20, 21]);
        expect(await hits(app, "docs_fts", '"zebra zebra"')).toEqual([21]);
        expect(await hits(app, "own", "zebra OR dog")).toEqual([1, 20]);
        expect(await hits(app, "less", "zebra OR alpha")).toEqual([9]);
        expect(await hits(app, "posts_fts", "zebra OR dog")).toEqual([1, 3]);
        expect(await hits(app, "posts_fts", "two")).toEqual([1]);
        for (const forbidden of [
          "TRUNCATE docs",
          "DELETE FROM fts5.indexes",
          "DELETE FROM fts5.positions",
          "SELECT fts5.sweep()",
        ])
          await expect(app.query(forbidden)).rejects.toThrow("permission denied");
      } finally {
        await app.end();
      }
      // Counted by whoever wrote: what ranking rests on is what is there.
      for (const table of ["docs_fts", "own", "less", "posts_fts"]) {
        const counted = await list(
          pool,
          `SELECT sum(rows), sum(tokens) FROM fts5.statistics WHERE relation = '${table}'::regclass`,
        );
        expect(counted).toEqual(await list(pool, `SELECT count(*), sum(len) FROM ${table}`));
      }
      await succeed(space, "rollback", "--discard-new-writes");
      await succeed(space, "clean", "--yes");
      await pool.query(`DROP OWNED BY ${role}; DROP OWNED BY ${owner}`);
    }));

  it("writes as it did in SQLite, and finds the same", () =>
    inDatabase(async (database, space) => {
      const sync = `
        CREATE TRIGGER ai AFTER INSERT ON docs BEGIN INSERT INTO docs_fts(rowid, title, body) VALUES (new.id, new.title, new.body); END;
        CREATE TRIGGER ad AFTER DELETE ON docs BEGIN INSERT INTO docs_fts(docs_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END;
        CREATE TRIGGER au AFTER UPDATE ON docs BEGIN INSERT INTO docs_fts(docs_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); INSERT INTO docs_fts(rowid, title, body) VALUES (new.id, new.title, new.body); END;`;
      space.sqlite(`${fed}${sync}`);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      const writes = `
        INSERT INTO docs VALUES (30, 'zebra alpha', NULL), (31, NULL, 'Zebra, dogs & well-known'), (32, '', ''), (-1, 'beta', 'beta');
        UPDATE docs SET body = body || ' zebra' WHERE id IN (1, 2, 4); UPDATE docs SET id = 40 WHERE id = 3; DELETE FROM docs WHERE id = 2;
        UPDATE docs SET title = 'small now' WHERE id = 4;
        INSERT INTO own(rowid, a, b) VALUES (30, 'zebra alpha', 'dog'); UPDATE own SET a = 'zebra dog' WHERE rowid = 1; DELETE FROM own WHERE rowid = 2;
        INSERT INTO posts VALUES (30, 'zebra'), (31, 'dog zebra'); UPDATE posts SET t = 'beta zebra' WHERE id = 30; DELETE FROM posts WHERE id = 1;`;
      space.sqlite(writes);
      await database.pool.query(writes);
      const found = await expectSame(
        database.pool,
        space.path("app.db"),
        ["docs_fts", "own", "posts_fts"],
        [...questions, "zebra", "zebra NOT alpha", '"alpha zebra"', "small"],
      );
      expect(Object.values(found).every((count) => count > 3)).toBe(true);
    }));
});

describe.concurrent("a source that is not as it should be", () => {
  it.each([
    ["its postings are gone", "DELETE FROM docs_fts_data WHERE id > 10"],
    ["its postings are garbage", "UPDATE docs_fts_data SET block = x'00000004ffffffff' WHERE id > 10"],
    ["a text is gone", "DELETE FROM own_content WHERE id = 1"],
    ["a table of its own is gone", "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'own_idx'"],
  ])("%s: refused before anything is made", (_, damage) =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.sqlite(damage);
      space.pipeline(database.url, unproven);
      const refused = await command(space, "run");
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringMatching(/SOURCE_CORRUPT: .*(own|docs_fts)/s)]);
      expect(await schemas(database.pool)).toEqual(["public"]);
    }),
  );
});

describe.concurrent("search.mode", () => {
  it("native: PostgreSQL's own search, kept true by the same triggers", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`${library} DROP TABLE less`);
      space.pipeline(database.url, unproven, "search: { mode: native }");
      await succeed(space, "run");
      await database.pool.query("INSERT INTO docs VALUES (9, 'Cats were running', '')");
      const asked = (table: string, query: string): Promise<string[]> =>
        list(
          database.pool,
          `SELECT rowid FROM ${table} WHERE tsv @@ websearch_to_tsquery('english', '${query}') ORDER BY 1`,
        );
      expect(await asked("docs_fts", "run")).toEqual(["2", "9"]);
      expect(await asked("own", "dogs")).toEqual(["1", "2"]);
    }));

  it("off: full-text tables are given up, and said to be", () =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.pipeline(database.url, unproven, "search: { mode: 'off' }");
      const refused = await command(space, "run");
      expect([refused.exit, refused.stderr.match(/code: VIRTUAL_TABLE_LOST, object: \w+/g)]).toEqual([
        2,
        ["docs_fts", "own", "less"].map((name) => `code: VIRTUAL_TABLE_LOST, object: ${name}`),
      ]);
      await succeed(space, "run", "--accept-all");
      expect(await schemas(database.pool)).toEqual(["public", "rowhaul"]);
      expect(await list(database.pool, "SELECT count(*) FROM docs")).toEqual(["4"]);
    }));
});
