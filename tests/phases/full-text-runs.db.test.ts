/** Full-text tables through what becomes of a run: killed, repeated, rolled back, cleaned up, beside others, and used by an application. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schemas, workspace } from "../cli/workspace.ts";
import { startRowhaul } from "../support/cli.ts";
import { type TestDatabase, useDatabase } from "../support/database.ts";
import {
  command,
  expectSame,
  hits,
  inDatabase,
  indexes,
  library,
  list,
  ofPostgres,
  ofSqlite,
  questions,
  type Space,
  succeed,
  unproven,
} from "./full-text-application.ts";

const admin = useDatabase();
const role = `rowhaul_app_${process.pid}`;
const owner = `rowhaul_owner_${process.pid}`;
beforeAll(async () => void (await admin.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; CREATE ROLE ${owner}`)));
afterAll(async () => void (await admin.pool.query(`DROP ROLE ${role}; DROP ROLE ${owner}`)));

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

const kept = (space: Space): string[] => [...space.kept().keys()].filter((path) => path.includes("search.db"));

describe.concurrent("kill -9", () => {
  const killedAt = async (space: Space, when: string): Promise<void> => {
    const hook = space.write(
      "kill.mjs",
      `import { createRequire } from "node:module";
import { existsSync, readdirSync } from "node:fs";
const require = createRequire(${JSON.stringify(join(process.cwd(), "package.json"))});
const pg = require("pg");
const query = pg.Client.prototype.query;
let seen = 0;
pg.Client.prototype.query = function (...args) {
  const text = typeof args[0] === "string" ? args[0] : String(args[0]?.text ?? args[0]?.cursor?.text ?? "");
  const found = new RegExp(${JSON.stringify(when)}).test(text + " " + JSON.stringify(args[1] ?? ""));
  if (found) process.kill(process.pid, "SIGKILL");
  return query.apply(this, args);
};`,
    );
    const running = startRowhaul(["run", "pipeline.yaml"], {
      cwd: space.folder,
      env: { NODE_OPTIONS: `--import ${hook}` },
    });
    expect((await running.ended).signal).toBe("SIGKILL");
  };

  it.each([
    ["while rows are loaded, positions written already", "load/small tables 2"],
    ["before the registry", "INSERT INTO fts5\\.indexes"],
    ["before the first statistics", "DELETE FROM fts5\\.statistics"],
    ["after the last trigger", "status = |loaded"],
  ])("%s: the next run goes on, and nothing is doubled", (_, when) =>
    inDatabase(async (database, space) => {
      space.sqlite(
        `${library} CREATE VIRTUAL TABLE made USING fts4(t); INSERT INTO made VALUES ('dog ${"alpha ".repeat(300)}')`,
      );
      space.pipeline(database.url, unproven);
      await killedAt(space, when);
      await succeed(space, "run");
      await expectSame(database.pool, space.path("app.db"), indexes, questions);
      expect(
        await list(
          database.pool,
          "SELECT relation, sum(rows), sum(tokens) FROM fts5.statistics GROUP BY 1 ORDER BY relation::text",
        ),
      ).toEqual(["docs_fts 4 311", "less 2 3", "made 1 301", "own 2 3"]);
      expect(
        await list(database.pool, "SELECT relation, count(*) FROM fts5.positions GROUP BY 1 ORDER BY relation::text"),
      ).toEqual(["docs_fts 2", "made 2"]);
      // The copy of the index is of no use after the load.
      expect(kept(space)).toEqual([]);
      await succeed(space, "rollback");
      await succeed(space, "clean", "--yes");
      expect(await schemas(database.pool)).toEqual(["public"]);
    }),
  );

  it("keeps the copy of the source's index for the next run", () =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.pipeline(database.url, unproven);
      await killedAt(space, "load/small tables 2");
      const [file] = kept(space);
      expect(kept(space)).toHaveLength(1);
      expect(existsSync(join(space.folder, ".rowhaul", file ?? ""))).toBe(true);
      await succeed(space, "run");
      expect(kept(space)).toEqual([]);
    }));
});

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
      await succeed(space, "rollback");
      expect(await hits(pool, "docs_fts", "fourth OR zebra OR alpha")).toEqual([1, 2, 11]);
      await succeed(space, "rollback", "--discard-new-writes");
      await succeed(space, "clean", "--yes");
      expect(await schemas(pool)).toEqual(["public"]);
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
});

describe.concurrent("the application", () => {
  const fed = `${library}
    CREATE TABLE posts (id INTEGER PRIMARY KEY, t TEXT); CREATE VIRTUAL TABLE posts_fts USING fts5(t);
    CREATE TRIGGER p1 AFTER INSERT ON posts BEGIN INSERT INTO posts_fts(rowid, t) VALUES (new.id, new.t); END;
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
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
      );
      expect(owners).toEqual([owner]);
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
