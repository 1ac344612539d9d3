/** LIKE, GLOB and NOCASE against SQLite, by the builders and by the functions in the database. */
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fragment } from "../../../src/search/query/fragment.ts";
import { glob, like, nocase } from "../../../src/search/query/text-match.ts";
import { useDatabase } from "../../support/database.ts";
import { installSql } from "./sql.ts";

const database = useDatabase();
const sqlite = new Database(":memory:");
afterAll(() => sqlite.close());

beforeAll(async () => {
  await installSql(database.pool, ["like.sql"]);
  await database.pool.query('CREATE TABLE "my texts" (id int PRIMARY KEY, "the text" text)');
});

/** Few letters, so that patterns and texts meet; those whose case folds outside ASCII among them. */
const letters = [..."aAbBkK\u212aéÉßẞİiıσΣςａＡ日\u{1f600}é%_\\*?[]^-!x \n.$"];
const text = fc.array(fc.constantFrom(...letters), { maxLength: 5 }).map((list) => list.join(""));
const likePattern = fc.array(fc.constantFrom(...letters, "%", "_", "%", "_"), { maxLength: 5 }).map((l) => l.join(""));
const globPattern = fc
  .array(fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...letters, "*", "?", "[", "]", "-") }, globClass()), {
    maxLength: 5,
  })
  .map((list) => list.join(""));

function globClass(): fc.Arbitrary<string> {
  const inside = fc.array(fc.constantFrom(..."aAbBcé日\u{1f600}-^]z!"), { minLength: 1, maxLength: 4 });
  return fc.tuple(fc.constantFrom("[", "[^"), inside).map(([open, list]) => `${open}${list.join("")}]`);
}

const texts = fc.sample(text, { numRuns: 150, seed: 7 });

/** What SQLite says, text by text. */
function bySqlite(condition: string, pattern: string): (boolean | null)[] {
  const select = sqlite.prepare<[string, string], number>(`SELECT ${condition} FROM (SELECT ? AS t, ? AS p)`).pluck();
  return texts.map((one) => select.get(one, pattern) === 1);
}

async function byPostgres(condition: Fragment): Promise<boolean[]> {
  const { rows } = await database.pool.query<{ found: boolean }>(
    `SELECT coalesce(${condition.text}, false) AS found FROM "my texts" ORDER BY id`,
    condition.values,
  );
  return rows.map((row) => row.found);
}

beforeAll(async () => {
  await database.pool.query('INSERT INTO "my texts" SELECT n, t FROM unnest($1::text[]) WITH ORDINALITY AS u(t, n)', [
    texts,
  ]);
});

describe("like", () => {
  it.each([undefined, "\\", "x", "X", "%", "_", "日", "^"])(
    "matches as SQLite does with escape %s",
    async (escapedBy) => {
      const sqliteEscape = escapedBy === undefined ? "" : ` ESCAPE '${escapedBy}'`;
      const arbitrary = escapedBy === undefined ? likePattern : withEscape(escapedBy);
      for (const pattern of fc.sample(arbitrary, { numRuns: 100, seed: 11 })) {
        const wanted = bySqlite(`t LIKE p${sqliteEscape}`, pattern);
        expect([pattern, await byPostgres(like("the text", pattern, escapedBy))]).toEqual([pattern, wanted]);
        const values = [pattern, escapedBy ?? null];
        expect([pattern, await byPostgres({ text: 'fts5.like("the text", $1, $2)', values })]).toEqual([
          pattern,
          wanted,
        ]);
      }
    },
  );

  it("is the form that an index is made for", () => {
    expect(like(["d", 'ti"tle'], "a%", undefined, 3)).toEqual({
      text: `lower("d"."ti""tle" COLLATE "C") LIKE lower($3 COLLATE "C") ESCAPE ''`,
      values: ["a%"],
    });
    expect(() => like("a", "b", "!!")).toThrow("ESCAPE expression must be a single character");
  });

  it("uses an index, as a builder and as a function", async () => {
    const client = await database.pool.connect();
    try {
      await client.query(
        "CREATE TABLE words AS SELECT n AS id, md5(n::text) AS word FROM generate_series(1, 3000) AS n",
      );
      await client.query(`CREATE INDEX ON words (lower(word COLLATE "C") text_pattern_ops); ANALYZE words`);
      await client.query("SET enable_seqscan = off");
      for (const condition of [`fts5.like(word, 'C4ca%')`, `fts5.like(word, 'C4ca!%%', '!')`]) {
        const { rows } = await client.query<{ "QUERY PLAN": string }>(
          `EXPLAIN SELECT id FROM words WHERE ${condition}`,
        );
        expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toContain("Index");
      }
      const { text: condition, values } = like("word", "C4ca%");
      const { rows } = await client.query(`SELECT id FROM words WHERE ${condition}`, values);
      expect(rows).toEqual([{ id: 1 }]);
    } finally {
      client.release(true);
    }
  });

  it("is null for null", async () => {
    const { rows } = await database.pool.query(
      `SELECT fts5.like(NULL, 'a') AS a, fts5.like('a', NULL) AS b, fts5.like(NULL, 'a!', '!') AS c, fts5.glob(NULL, 'a') AS d`,
    );
    expect(rows).toEqual([{ a: null, b: null, c: null, d: null }]);
  });
});

describe("glob", () => {
  it("matches as SQLite does", async () => {
    const edges = [
      "[]",
      "[^]",
      "[]a]",
      "[^]a]",
      "[]-a]",
      "[]--a]",
      "[b-a]",
      "[a-",
      "[a",
      "[a-c-e]",
      "*[-]*",
      "^",
      "$",
      "[^^]",
    ];
    for (const pattern of [...edges, ...fc.sample(globPattern, { numRuns: 400, seed: 13 })]) {
      const wanted = bySqlite("t GLOB p", pattern);
      const found = await byPostgres({ text: 'fts5.glob("the text", $1)', values: [pattern] });
      expect([pattern, await byPostgres(glob("the text", pattern))]).toEqual([pattern, wanted]);
      expect([pattern, found]).toEqual([pattern, wanted]);
    }
  });
});

describe("nocase", () => {
  it("compares and sorts as SQLite does", async () => {
    const { rows } = await database.pool.query<{ id: number }>(
      `SELECT id FROM "my texts" ORDER BY ${nocase("the text")}, id`,
    );
    sqlite.exec("CREATE TABLE n (id INTEGER PRIMARY KEY, t TEXT COLLATE NOCASE)");
    for (const one of texts) sqlite.prepare("INSERT INTO n (t) VALUES (?)").run(one);
    expect(rows.map((row) => row.id)).toEqual(sqlite.prepare("SELECT id FROM n ORDER BY t, id").pluck().all());
  });
});

function withEscape(escapedBy: string): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...letters, "%", "_", ...Array.from({ length: 15 }, () => escapedBy)), { maxLength: 5 })
    .map((list) => list.join(""));
}
