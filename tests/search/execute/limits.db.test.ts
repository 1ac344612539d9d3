/** What searches do at their edges: refusals with FTS5's words, hostile and huge queries, limits, diagnosis. */
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { createIndex } from "./support/index.ts";
import { installSearch } from "./support/install.ts";
import { randomRows, seeded } from "./support/queries.ts";

const database = useDatabase();
const sqlite = new Database(":memory:");
afterAll(() => sqlite.close());

const columns = [
  { name: "x", indexed: true },
  { name: "u", indexed: true },
  { name: "y", indexed: true },
];
const manyWords = Array.from({ length: 10_000 }, (_, n) => `w${n}`);

beforeAll(async () => {
  await installSearch(database.pool);
  const rows = randomRows(seeded(7), 50, 3, ["a", "b", "c", "w1", "w2"]);
  for (const detail of ["full", "column", "none"] as const)
    await createIndex(sqlite, database.pool, { name: `d_${detail}`, columns, detail, rows });
  await createIndex(sqlite, database.pool, {
    name: "long",
    columns: columns.slice(0, 1),
    rows: [[manyWords.join(" ")], ["w1 w2 a b a"], [`${"b ".repeat(300)}a`]],
  });
});

async function ids(table: string, query: string, more = ""): Promise<number[]> {
  const { rows } = await database.pool.query(`SELECT rowid FROM fts5.search($1, $2${more})`, [table, query]);
  return rows.map((r) => Number(r.rowid));
}

test.each([
  ["d_column", '"a b"'],
  ["d_column", "a + b"],
  ["d_column", "^ a"],
  ["d_column", "NEAR(a b)"],
  ["d_none", '"a b"'],
  ["d_none", "x : a"],
])("%s refuses %s as FTS5 does", async (table, query) => {
  const refusal = messageOf(() => sqlite.prepare(`SELECT 1 FROM ${table} WHERE ${table} MATCH ?`).all(query));
  expect(refusal).toContain("not supported");
  await expect(ids(table, query)).rejects.toThrow(refusal);
});

test.each([
  ["d_column", "x : a b"],
  ["d_column", "NEAR(a)"],
  ["d_none", "a OR b*"],
])("%s answers %s", async (table, query) => {
  const expected = sqlite
    .prepare(`SELECT rowid, bm25(${table}) AS rank FROM ${table} WHERE ${table} MATCH ? ORDER BY 2, 1`)
    .all(query);
  const { rows } = await database.pool.query("SELECT rowid::int, rank FROM fts5.search($1, $2)", [table, query]);
  expect(rows).toEqual(expected);
});

test("a table that is no full-text table", async () => {
  await expect(ids("pg_catalog.pg_class", "a")).rejects.toThrow("table pg_class is not a full-text table");
});

test("limit and offset, also when no row is left", async () => {
  const all = await ids("d_full", "a OR b");
  expect(await ids("d_full", "a OR b", ", NULL, 5")).toEqual(all.slice(0, 5));
  expect(await ids("d_full", "a OR b", ", NULL, 5, 3")).toEqual(all.slice(3, 8));
  expect(await ids("d_full", "a OR b", ", row_offset => 1000")).toEqual([]);
  expect(await ids("d_full", '""')).toEqual([]);
});

test("a token that is SQL or tsquery stays a token", async () => {
  await database.pool.query(`CREATE FUNCTION fts5.raw_tokens(t text) RETURNS text[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[t]';
    CREATE TABLE raw (rowid bigint PRIMARY KEY, tsv tsvector, len int NOT NULL, big boolean NOT NULL);
    INSERT INTO fts5.indexes (relation, tokenize, key, columns, indexed) VALUES ('raw', '', 'raw', '{x}', '{true}');
    INSERT INTO fts5.statistics VALUES ('raw', 1, 1)`);
  const tokens = ["it's", "\\", "a:b*", "'); DROP TABLE raw; --", "$1", "%s", "!a & (b | c)", "é 🦩"];
  for (const [n, token] of tokens.entries()) {
    const lexeme = `'${token.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
    await database.pool.query("INSERT INTO raw VALUES ($1, $2::tsvector, 1, false)", [n, `'\x02^':1A ${lexeme}:2A`]);
  }
  for (const [n, token] of tokens.entries()) expect(await ids("raw", `x : ^ "${token}"`)).toEqual([n]);
});

test("a query of 10,000 words", async () => {
  expect(await ids("long", manyWords.join(" OR "), ", ranked => false")).toEqual([1, 2]);
  expect(await ids("long", manyWords.join(" "), ", ranked => false")).toEqual([1]);
  expect(await ids("d_full", manyWords.slice(0, 500).join(" OR "))).toEqual(
    fts5Ids("d_full", manyWords.slice(0, 500).join(" OR ")),
  );
  await expect(ids("long", manyWords.join(" OR "))).rejects.toThrow(
    "the query has 10000 phrases, and at most 2000 can be ranked",
  );
});

test("a phrase of 10,000 words, and one that is too long", async () => {
  expect(await ids("long", `"${manyWords.join(" ")}"`, ", ranked => false")).toEqual([1]);
  expect(await ids("long", `"${[...manyWords].reverse().join(" ")}"`)).toEqual([]);
  await expect(ids("long", `"${"a b ".repeat(15_000)}"`)).rejects.toThrow(
    "the query has 30000 tokens, and at most 20000",
  );
});

test("a big row whose lexemes do not fit a vector", async () => {
  await database.pool.query("UPDATE long SET tsv = NULL WHERE rowid = 3");
  expect(await ids("long", "b + b + a")).toEqual([3]);
  expect((await ids("long", "a*")).sort()).toEqual([2, 3]);
});

test("the tokens of a row", async () => {
  const tokens = async (table: string, rowid: number) =>
    (await database.pool.query("SELECT * FROM fts5.document_tokens($1, $2)", [table, rowid])).rows.map((r) => [
      r.col,
      r.token_offset,
      r.token,
    ]);
  for (const [table, rowid] of [
    ["d_full", 1],
    ["d_full", 17],
    ["long", 3],
    ["long", 2],
  ] as const) {
    const names = columns.map((c) => c.name);
    const found = sqlite.prepare(`SELECT col, offset, term FROM ${table}_tokens WHERE doc = ?`).all(rowid) as {
      col: string;
      offset: number;
      term: string;
    }[];
    const expected = found
      .map((i) => [names.indexOf(i.col), i.offset, i.term] as const)
      .sort((p, q) => p[0] - q[0] || p[1] - q[1]);
    expect(await tokens(table, rowid)).toEqual(expected);
  }
});

test("the statement explained is the one that is run", async () => {
  const { rows } = await database.pool.query("SELECT fts5.explain('d_full', 'a NOT b') AS sql");
  const direct = await database.pool.query(String(rows[0]?.sql));
  expect(direct.rows.map((r) => Number(r.rowid))).toEqual(await ids("d_full", "a NOT b"));
});

function fts5Ids(table: string, query: string): number[] {
  const rows = sqlite.prepare(`SELECT rowid FROM ${table} WHERE ${table} MATCH ? ORDER BY rank, rowid`).all(query);
  return (rows as { rowid: number }[]).map((r) => r.rowid);
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "";
}
