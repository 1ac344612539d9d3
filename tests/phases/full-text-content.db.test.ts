/** FTS5 tables of every kind through a whole run: what was found before is found after, with the same scores. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { schemas } from "../cli/workspace.ts";
import {
  expectSame,
  hits,
  inDatabase,
  inSqlite,
  library,
  list,
  ofPostgres,
  questions,
  succeed,
  unproven,
} from "./full-text-application.ts";

const long = "l".repeat(70);

describe.concurrent("every kind of full-text table", () => {
  it("is proven where rowid is a key of another name, and where FTS4 has texts in late columns", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`
        CREATE TABLE notes (_id INTEGER PRIMARY KEY, t TEXT);
        INSERT INTO notes VALUES (3, 'alpha beta'), (7, 'beta');
        CREATE VIRTUAL TABLE notes_fts USING fts5(t, content=notes);
        CREATE VIRTUAL TABLE notes_old USING fts4(t, content=notes);
        CREATE TABLE loose (t TEXT);
        INSERT INTO loose VALUES ('alpha'), ('beta alpha');
        CREATE VIRTUAL TABLE loose_fts USING fts5(t, content=loose);
        INSERT INTO notes_fts(notes_fts) VALUES ('rebuild');
        INSERT INTO notes_old(notes_old) VALUES ('rebuild');
        INSERT INTO loose_fts(loose_fts) VALUES ('rebuild');
        CREATE VIRTUAL TABLE late USING fts4(a, b, c, d);
        INSERT INTO late VALUES ('x y', 'y z', 'hello world', 'last column'), (NULL, NULL, 'three', 'four');
        CREATE VIRTUAL TABLE older USING fts3(a, b, c, d);
        INSERT INTO older SELECT * FROM late;`);
      space.pipeline(database.url);
      const { all } = await succeed(space, "run");
      expect(all).toMatch(/queries on notes_fts and loose_fts: the same hits, the same order/);
      expect(all).toMatch(/queries on notes_old, late and older: the same hits, the same order/);
      expect(await hits(database.pool, "notes_fts", "beta")).toEqual([3, 7]);
      expect(await hits(database.pool, "late", "four OR world")).toEqual([1, 2]);
    }));

  it("content modes, tokenizers, big rows, empty rows and all that a cell can hold", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`
        CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
        CREATE VIRTUAL TABLE docs_fts USING fts5(title, body, content=docs, content_rowid=id, tokenize='porter unicode61');
        CREATE VIRTUAL TABLE second USING fts5(body, content=docs, content_rowid=id);
        CREATE TABLE keyed (k TEXT PRIMARY KEY, t TEXT);
        CREATE VIRTUAL TABLE keyed_fts USING fts5(t, content=keyed);
        CREATE VIRTUAL TABLE own USING fts5(a, b UNINDEXED, c, tokenize="unicode61 tokenchars '-'");
        CREATE VIRTUAL TABLE less USING fts5(x, y, content='');
        CREATE VIRTUAL TABLE sizeless USING fts5(x, columnsize=0);
        CREATE VIRTUAL TABLE no_positions USING fts5(x, y, detail=none);
        CREATE VIRTUAL TABLE few_positions USING fts5(x, y, detail=column);
        CREATE VIRTUAL TABLE trigrams USING fts5(x, tokenize=trigram);
        CREATE VIRTUAL TABLE weighted USING fts5(x, y, z);
        INSERT INTO docs_fts(docs_fts, rank) VALUES ('automerge', 4);
        INSERT INTO weighted(weighted, rank) VALUES ('rank', 'bm25(10.0, 2)');
        INSERT INTO keyed VALUES ('x', 'gone'), ('y', 'dog'), ('z', 'beta'); DELETE FROM keyed WHERE k = 'x'; INSERT INTO keyed VALUES ('w', 'alpha dog');
        INSERT INTO keyed_fts(keyed_fts) VALUES ('rebuild');
        INSERT INTO less(rowid, x, y) VALUES (1, 'alpha dog', 'beta'), (2, 'dog', 'alpha'), (-3, '', '');
        INSERT INTO sizeless(x) VALUES ('alpha dog'), ('dog'), (NULL);
        INSERT INTO no_positions VALUES ('alpha dog', 'beta'), ('dog', 'alpha'); INSERT INTO few_positions SELECT * FROM no_positions;
        INSERT INTO trigrams VALUES ('alphabet dog'), ('dogma');
        INSERT INTO weighted VALUES ('dog', 'x', 'x x x'), ('x', 'dog', 'x x'), ('x x', 'x', 'dog dog');`);
      inSqlite(space, (db) => {
        const doc = db.prepare("INSERT INTO docs VALUES (?, ?, ?)");
        doc.run(1, "alpha beta", "running dogs and alpha");
        doc.run(2, null, `the dog ran ${Array.from({ length: 20_000 }, (_, i) => `w${i % 977}`).join(" ")}`);
        doc.run(-5, `dog ${"alpha ".repeat(300)}`, "x");
        doc.run(2n ** 63n - 1n, "dog max", "alpha");
        doc.run(-(2n ** 63n), "dog min", "alpha beta");
        doc.run(7, "", null);
        db.exec("INSERT INTO docs_fts(docs_fts) VALUES ('rebuild'); INSERT INTO second(second) VALUES ('rebuild')");
        const own = db.prepare("INSERT INTO own(rowid, a, b, c) VALUES (?, ?, ?, ?)");
        own.run(1, "alpha-beta dog", "dog", 1.5);
        own.run(2, 5n, "x", 1e20);
        own.run(3, Buffer.from("alpha blob"), null, -0.5);
        own.run(-9, null, null, null);
        own.run(2n ** 63n - 1n, "dog", "", "alpha");
        own.run(10, `dog ${"alpha ".repeat(300)}`, "", "dog");
        own.run(11, "2024-01-01", null, '{"a": 1}');
      });
      space.pipeline(database.url, unproven, "accept: [{ code: MIXED_CLASSES, table: own, policy: envelope }]");
      await succeed(space, "run");
      const file = space.path("app.db");
      const everywhere = ["dog", "alpha", "alp*", "alpha AND dog", "dog OR beta", "dog NOT alpha", "5", "1"];
      const positional = ['"alpha dog"', "w5 + w6", "^alpha", "NEAR(alpha dog, 3)"];
      const plain = ["docs_fts", "second", "keyed_fts", "own", "less", "sizeless", "trigrams", "weighted"];
      const found = await expectSame(database.pool, file, plain, [...everywhere, ...positional]);
      expect(Object.values(found).every((count) => count > 0)).toBe(true);
      await expectSame(database.pool, file, ["no_positions", "few_positions"], everywhere);
      await expectSame(database.pool, file, ["few_positions"], ["x: alpha", "y: alpha", "- x: dog"]);
      await expectSame(database.pool, file, ["own"], ["20", "e", "0", "a: 2024*", "c: a", "blob"]);
      expect(await list(database.pool, "SELECT id FROM docs WHERE id < -6 OR id > 7 ORDER BY id")).toEqual([
        String(-(2n ** 63n)),
        String(2n ** 63n - 1n),
      ]);
    }));

  it("names of any kind", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`
        CREATE TABLE "Do.cs ""x"" " (id INTEGER PRIMARY KEY, "Ti tle" TEXT, rank TEXT, tsv TEXT, "rowid " TEXT);
        CREATE VIRTUAL TABLE "Do.cs ""x"" _fts" USING fts5("Ti tle", tsv, "rowid ", content='Do.cs "x" ', content_rowid=id);
        INSERT INTO "Do.cs ""x"" " VALUES (1, 'alpha dog', 'r', 'beta', 'alpha'), (2, 'dog', 'alpha', '', '');
        INSERT INTO "Do.cs ""x"" _fts"("Do.cs ""x"" _fts") VALUES ('rebuild');
        CREATE VIRTUAL TABLE "a$b" USING fts5("$fts5$", "$do$", "x'y\\z", tsv, LEN, big, id, vector);
        INSERT INTO "a$b" VALUES ('alpha dog', 'beta', 'dog', 'dog', '', 'alpha', '7', 'x');
        CREATE VIRTUAL TABLE "UPPER" USING fts5("COL"); INSERT INTO "UPPER" VALUES ('alpha dog');
        CREATE VIRTUAL TABLE "ünï" USING fts5("çol"); INSERT INTO "ünï" VALUES ('alpha dog');
        CREATE VIRTUAL TABLE ${long}1 USING fts5(x); INSERT INTO ${long}1 VALUES ('one dog');
        CREATE VIRTUAL TABLE ${long}2 USING fts5(${long}a, ${long}b); INSERT INTO ${long}2 VALUES ('two', 'dog two');`);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      const tables = ['Do.cs "x" _fts', "a$b", "UPPER", "ünï"];
      await expectSame(database.pool, space.path("app.db"), tables, questions);
      await expectSame(
        database.pool,
        space.path("app.db"),
        ["a$b"],
        ["tsv: dog", '"$fts5$": alpha', "len: dog", "{big id}: alpha"],
      );
      const cut = await list(database.pool, "SELECT relation FROM fts5.indexes WHERE relation::text LIKE '%lll%'");
      expect(cut).toHaveLength(2);
      const answers = await Promise.all(cut.map((name) => ofPostgres(database.pool, name, "one OR two")));
      expect(answers.map((rows) => rows.length)).toEqual([1, 1]);
      await database.pool.query(
        `INSERT INTO "a$b" VALUES (9, 'new', 'x', 'y', 'newer'); INSERT INTO "Do.cs ""x"" " VALUES (9, 'new', 'x', 'y', 'z')`,
      );
      expect(await hits(database.pool, '"a$b"', "new AND newer")).toEqual([9]);
      expect(await hits(database.pool, '"Do.cs ""x"" _fts"', '"Ti tle": new')).toEqual([9]);
    }));

  it("a content with generated columns, reals, integers and bytes; later rows are written as SQLite would", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`
        CREATE TABLE g (id INTEGER PRIMARY KEY, a TEXT, b TEXT GENERATED ALWAYS AS (a || ' dog') STORED, v TEXT GENERATED ALWAYS AS (upper(a)) VIRTUAL, n INTEGER, r REAL, bl BLOB);
        CREATE VIRTUAL TABLE g_fts USING fts5(a, b, v, n, r, bl, content=g, content_rowid=id);
        INSERT INTO g(id, a, n, r, bl) VALUES (1, 'alpha', 5, 1.0, x'616c706861'), (2, 'beta', 6, 1e20, NULL);
        INSERT INTO g_fts(g_fts) VALUES ('rebuild');`);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      const queries = [
        "dog",
        "5",
        "1",
        "20",
        "v: alpha",
        "b: dog",
        "bl: alpha",
        "zebra",
        "v: zebra",
        "bl: zebra",
        "2",
        "r: 25",
      ];
      await expectSame(database.pool, space.path("app.db"), ["g_fts"], queries);
      await database.pool.query(
        "INSERT INTO g(id, a, n, r, bl) VALUES (3, 'zebra', 55, 2.5, '\\x7a65627261'), (4, 'x', -7, 1e25, NULL)",
      );
      space.sqlite(
        "INSERT INTO g(id, a, n, r, bl) VALUES (3, 'zebra', 55, 2.5, x'7a65627261'), (4, 'x', -7, 1e25, NULL); INSERT INTO g_fts(g_fts) VALUES ('rebuild')",
      );
      const found = await expectSame(database.pool, space.path("app.db"), ["g_fts"], queries);
      expect(found.g_fts).toBeGreaterThan(10);
    }));

  it("an index that is behind its content is carried as it is, and comes true row by row", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`
        CREATE TABLE st (id INTEGER PRIMARY KEY, a TEXT);
        CREATE VIRTUAL TABLE st_fts USING fts5(a, content=st, content_rowid=id);
        INSERT INTO st VALUES (1, 'alpha'), (2, 'dog'), (3, 'alpha dog'); INSERT INTO st_fts(st_fts) VALUES ('rebuild');
        INSERT INTO st_fts(rowid, a) VALUES (50, 'ghost dog alpha');
        UPDATE st SET a = 'beta' WHERE id = 1; DELETE FROM st WHERE id = 2; INSERT INTO st VALUES (9, 'alpha unindexed');`);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      await expectSame(database.pool, space.path("app.db"), ["st_fts"], ["alpha", "dog", "ghost", "beta", "unindexed"]);
      expect(await hits(database.pool, "st_fts", "alpha OR dog")).toEqual([1, 2, 3, 50]);
      await database.pool.query(
        "UPDATE st SET a = 'beta two' WHERE id = 1; UPDATE st SET a = 'alpha now' WHERE id = 9; DELETE FROM st WHERE id = 3",
      );
      expect(await hits(database.pool, "st_fts", "alpha")).toEqual([9, 50]);
      expect(await hits(database.pool, "st_fts", "two")).toEqual([1]);
    }));

  it("a UTF-16 database", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`PRAGMA encoding = 'UTF-16be';
        CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT);
        CREATE VIRTUAL TABLE u_fts USING fts5(a, content=u, content_rowid=id);
        CREATE VIRTUAL TABLE o_fts USING fts5(a);
        INSERT INTO u VALUES (1, 'alpha é dog 漢字'), (2, 'dog 🦩 beta ${"é ".repeat(300)}');
        INSERT INTO u_fts(u_fts) VALUES ('rebuild'); INSERT INTO o_fts SELECT a FROM u;`);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      const queries = ["dog", "é", "e", "漢字", "🦩", '"é é é"', "^alpha"];
      const found = await expectSame(database.pool, space.path("app.db"), ["u_fts", "o_fts"], queries);
      expect(found).toEqual({ u_fts: 10, o_fts: 10 });
    }));

  it("FTS4 and FTS3, whose rows have no scores to compare", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`
        CREATE TABLE c (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
        CREATE VIRTUAL TABLE c4 USING fts4(content="c", a, b); CREATE VIRTUAL TABLE all4 USING fts4(content="c");
        CREATE VIRTUAL TABLE f3 USING fts3(a, b); CREATE VIRTUAL TABLE f4 USING fts4(a, b, notindexed=b, tokenize=unicode61);
        INSERT INTO c VALUES (1, 'Alpha dog', 'beta'), (7, 'É', 'dog');
        INSERT INTO c4(c4) VALUES ('rebuild'); INSERT INTO all4(all4) VALUES ('rebuild');
        INSERT INTO f3(docid, a, b) VALUES (1, 'running dogs dog', 'alpha'); INSERT INTO f4(docid, a, b) VALUES (-7, 'dog É', 'alpha');`);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      expect(await hits(database.pool, "c4", "dog")).toEqual([1, 7]);
      expect(await hits(database.pool, "all4", "7")).toEqual([7]);
      expect(await hits(database.pool, "f3", "a: dog AND b: alpha")).toEqual([1]);
      expect(await hits(database.pool, "f4", "e")).toEqual([-7]);
      expect(await hits(database.pool, "f4", "alpha")).toEqual([]);
    }));
});

it("committed rows of a database in WAL mode, while somebody writes", () =>
  inDatabase(async (database, space) => {
    space.sqlite(`PRAGMA journal_mode = WAL; ${library}`);
    const writer = new Database(space.path("app.db"));
    try {
      writer.exec(
        "INSERT INTO own(rowid, a) VALUES (50, 'committed dog'); BEGIN; INSERT INTO own(rowid, a) VALUES (51, 'open dog')",
      );
      space.pipeline(database.url, unproven);
      await succeed(space, "load");
      writer.exec("COMMIT");
      await succeed(space, "validate");
    } finally {
      writer.close();
    }
    const staging = (await schemas(database.pool)).find((name) => name.startsWith("rowhaul_staging_"));
    expect(await hits(database.pool, `${staging}.own`, "dog")).toEqual([1, 2, 50]);
  }));

it("an empty library is a library too", () =>
  inDatabase(async (database, space) => {
    space.sqlite(
      `${library} DELETE FROM docs; INSERT INTO docs_fts(docs_fts) VALUES ('rebuild'); DELETE FROM own; INSERT INTO less(less) VALUES ('delete-all')`,
    );
    space.pipeline(database.url, unproven);
    await succeed(space, "run");
    for (const table of ["docs_fts", "own", "less"]) expect(await hits(database.pool, table, "dog")).toEqual([]);
    await database.pool.query(
      "INSERT INTO docs VALUES (1, 'dogs', ''); INSERT INTO own(rowid, a) VALUES (1, 'dog'); SELECT fts5.put('less', 1, 'dog')",
    );
    for (const table of ["docs_fts", "own", "less"]) expect(await hits(database.pool, table, "dog")).toEqual([1]);
  }));
