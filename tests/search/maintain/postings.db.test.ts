/** Tables of postings: true after every write, and ranking by them is FTS5's and that by vectors, bit for bit. */
import Database from "better-sqlite3";
import type pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import type { FullTextContent, FullTextIndex } from "../../../src/search/full-text-index.ts";
import { postingsTableSql } from "../../../src/search/maintain/postings.ts";
import { useDatabase } from "../../support/database.ts";
import { type Random, randomRows, seeded } from "../execute/support/queries.ts";
import { column, createIndex, fullText, install } from "../install/support/install.ts";

const seed = Number(process.env.ROWHAUL_SEARCH_SEED ?? 1);
const rounds = Number(process.env.ROWHAUL_SEARCH_QUERIES ?? 12);
const words = ["a", "b", "c", "ab", "ba", "w", "zzz"];
const vocabulary = ["a", "a", "b", "b", "c", "ab", "ba"];

const database = useDatabase();
beforeAll(async () => {
  await install(database.pool);
  await database.pool.query("CREATE SCHEMA work");
});

const shapes = [
  { kind: "own", names: ["x", "u", "y"] },
  { kind: "external", names: ["x", "u", "y"] },
  { kind: "own", names: ["x", "u", "y", "z", "p", "q"] },
  { kind: "contentless", names: ["x", "u", "y", "z", "p", "q"] },
] as const;

describe.each(shapes)("$kind content, columns $names", ({ kind, names }) => {
  it("ranks as FTS5 does, whatever is written", async () => {
    const { pool } = database;
    const name = `${kind}_${names.length}`;
    const random = seeded(seed + names.length);
    const sqlite = new Database(":memory:");
    sqlite.exec(
      `CREATE VIRTUAL TABLE t USING fts5(${names.map((n) => (n === "u" ? "u UNINDEXED" : n)).join(", ")}, tokenize=ascii)`,
    );
    const index = await create(pool, name, kind, names);
    const written = kind === "external" ? `${name}_docs` : name;
    const write = async (sql: string, values: (string | number | null)[]) => {
      sqlite.prepare(sql.replace("$t", "t")).run(...values);
      let n = 0;
      const numbered = sql.replace("$t", `public.${written}`).replaceAll("?", () => `$${++n}`);
      await pool.query(numbered, values);
    };
    const put = async (rowid: number, texts: readonly string[]) => {
      if (kind !== "contentless")
        return write(`INSERT INTO $t (rowid, ${names.join(", ")}) VALUES (?${", ?".repeat(names.length)})`, [
          rowid,
          ...texts,
        ]);
      sqlite.prepare("DELETE FROM t WHERE rowid = ?").run(rowid);
      sqlite
        .prepare(`INSERT INTO t (rowid, ${names.join(", ")}) VALUES (?${", ?".repeat(names.length)})`)
        .run(rowid, ...texts);
      await pool.query("SELECT fts5.put($1, $2, VARIADIC $3)", [`public.${name}`, rowid, texts]);
    };
    const check = async () => {
      expect(await contents(pool, name)).toEqual(await rebuilt(pool, { ...index, staging: index.final }));
      await same(pool, sqlite, name, names, random);
    };

    for (const [i, texts] of randomRows(random, 40, names.length, vocabulary).entries()) await put(i + 1, texts);
    const large = names.map((_, i) => (i === 0 ? "w a ".repeat(300) : "b c"));
    await put(101, large);
    await put(
      102,
      names.map(() => "w c w"),
    );
    await check();
    if (kind === "contentless") {
      await put(
        101,
        names.map(() => "small w"),
      );
      await put(102, large);
      await put(3, large);
      await put(3, ["w zzz ".repeat(260), ...names.slice(1).map(() => "a")]);
      await put(
        4,
        names.map(() => "b"),
      );
    } else {
      await write("UPDATE $t SET x = ? WHERE rowid = 101", ["small w"]);
      await write("UPDATE $t SET x = ? WHERE rowid IN (102, 3)", ["w a ".repeat(300)]);
      await write("UPDATE $t SET x = ? WHERE rowid = 3", ["w zzz ".repeat(260)]);
      await write("UPDATE $t SET u = ? WHERE rowid < 1000", ["a b c"]);
      await write("UPDATE $t SET y = ? WHERE rowid % 5 = 0", ["zzz ab"]);
      await write("UPDATE $t SET rowid = rowid + 1000 WHERE rowid IN (7, 102)", []);
    }
    await check();
    await write("DELETE FROM $t WHERE rowid IN (3, 9, 10, 101)", []);
    await check();
    await pool.query(`TRUNCATE public.${written}`);
    expect(await contents(pool, name)).toEqual([]);
    sqlite.close();
  });
});

it("is made of what a run has brought, and goes with its table", async () => {
  const { pool } = database;
  const index = { ...fullText("brought", [column("x")], { kind: "own" }), postings: true };
  await createIndex(pool, { ...index, suffix: "first" });
  await pool.query("INSERT INTO brought (rowid, x) VALUES (1, 'b a b'), (2, $1)", ["w ".repeat(300)]);
  await pool.query("DROP TABLE fts5.first_postings CASCADE");
  await pool.query(postingsTableSql({ ...index, staging: index.final }, "first_postings"));
  expect(await contents(pool, "first")).toEqual([
    ["a", "1", 1, 3],
    ["b", "1", 2, 3],
    ["w", "2", 300, 300],
  ]);
  await pool.query("DROP TABLE brought; SELECT fts5.sweep()");
  expect((await pool.query("SELECT to_regclass('fts5.first_postings') AS gone")).rows).toEqual([{ gone: null }]);
});

it("shows nothing to those who may not read every row", async () => {
  const { pool } = database;
  await createIndex(pool, { ...fullText("secret", [column("x")], { kind: "own" }), postings: true });
  await pool.query("INSERT INTO secret (rowid, x) VALUES (1, 'a b'), (2, 'a'), (3, 'c')");
  const role = `reader_${process.pid}`;
  await pool.query(`CREATE ROLE ${role}`);
  const client = await pool.connect();
  const as = async (sql: string) => {
    await client.query(`SET ROLE ${role}`);
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.query("RESET ROLE");
    }
  };
  const search = "SELECT rowid::integer FROM fts5.search('public.secret', 'a')";
  const explain = "SELECT fts5.explain('public.secret', 'a') LIKE '%secret_postings%' AS used";
  const all = "SELECT count(*)::integer AS n FROM fts5.secret_postings";
  try {
    expect(await as(all)).toEqual([{ n: 0 }]);
    await expect(as(search)).rejects.toThrow("permission denied for table secret");
    await client.query(`GRANT SELECT ON secret TO ${role}`);
    expect(await as(all)).toEqual([{ n: 4 }]);
    expect([await as(explain), await as(search)]).toEqual([[{ used: true }], [{ rowid: 2 }, { rowid: 1 }]]);
    await client.query(
      `ALTER TABLE secret ENABLE ROW LEVEL SECURITY; CREATE POLICY one ON secret TO ${role} USING (rowid = 1)`,
    );
    expect(await as(all)).toEqual([{ n: 0 }]);
    expect([await as(explain), await as(search)]).toEqual([[{ used: false }], [{ rowid: 1 }]]);
  } finally {
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    client.release();
  }
});

async function create(
  pool: pg.Pool,
  name: string,
  kind: FullTextContent["kind"],
  names: readonly string[],
): Promise<FullTextIndex> {
  const docs = `${name}_docs`;
  const content: FullTextContent =
    kind === "external"
      ? { kind, final: { schema: "public", table: docs }, staging: { schema: "work", table: docs }, key: "rowid" }
      : { kind };
  const columns = names.map((n) => ({
    ...column(n, "text", n !== "u"),
    ...(kind === "contentless" ? { target: null } : {}),
  }));
  const index = { ...fullText(name, columns, content, "ascii"), postings: true };
  if (kind === "external")
    await pool.query(
      `CREATE TABLE work.${docs} (rowid bigint PRIMARY KEY, ${names.map((n) => `${n} text`).join(", ")})`,
    );
  await createIndex(pool, index, kind === "external" ? [docs] : []);
  return index;
}

/** The same by postings, by vectors and by FTS5; and by postings where it can be. */
async function same(
  pool: pg.Pool,
  sqlite: Database.Database,
  table: string,
  names: readonly string[],
  random: Random,
): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const query = tree(random, i % 4);
    const weights = [[], names.map(() => 2.5), names.map(() => 0.1), names.map((_, n) => n + 1)][i % 4] as number[];
    const expected = sqlite
      .prepare(
        `SELECT rowid, bm25(t${weights.map((w) => `, ${w}`).join("")}) AS rank FROM t WHERE t MATCH ? ORDER BY 2, 1`,
      )
      .all(query);
    const used = await pool.query("SELECT fts5.search_sql($1, $2, $3, NULL, 0, true) LIKE '%p.tf AS f1%' AS used", [
      table,
      query,
      weights,
    ]);
    expect({ query, weights, ...used.rows[0] }).toEqual({ query, weights, used: i % 4 !== 3 });
    expect({ query, weights, rows: await ranked(pool, table, query, weights) }).toEqual({
      query,
      weights,
      rows: expected,
    });
    expect(await byVectors(pool, table, query, weights)).toEqual(expected);
    expect(await ranked(pool, table, query, weights, 3)).toEqual(expected.slice(0, 3));
  }
  // a word's rows are counted by postings, the rest is not theirs
  for (const query of ['a "b c"', "b NOT c", "w AND a*", "x : a OR b", "^ a b"])
    expect({ query, rows: await ranked(pool, table, query, []) }).toEqual({
      query,
      rows: sqlite.prepare("SELECT rowid, bm25(t) AS rank FROM t WHERE t MATCH ? ORDER BY 2, 1").all(query),
    });
}

function tree(random: Random, depth: number): string {
  const word = () => words[Math.floor(random() * words.length)] as string;
  if (depth === 0) return word();
  const parts = Array.from({ length: 2 + Math.floor(random() * 2) }, () => {
    const below = Math.floor(random() * depth);
    return below === 0 ? word() : `(${tree(random, below)})`;
  });
  return parts.join([" AND ", " OR ", " OR "][Math.floor(random() * 3)]);
}

async function ranked(pool: pg.Pool | pg.PoolClient, table: string, query: string, weights: number[], limit?: number) {
  const { rows } = await pool.query("SELECT rowid::integer, rank FROM fts5.search($1, $2, $3, $4)", [
    table,
    query,
    weights,
    limit,
  ]);
  return rows;
}

async function byVectors(pool: pg.Pool, table: string, query: string, weights: number[]) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("UPDATE fts5.indexes SET postings = NULL WHERE relation = $1::regclass", [table]);
    return await ranked(client, table, query, weights);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

async function contents(pool: pg.Pool, suffix: string): Promise<unknown[][]> {
  const { rows } = await pool.query({
    text: `SELECT term, rowid, tf, dl FROM fts5."${suffix}_postings" ORDER BY term, rowid`,
    rowMode: "array",
  });
  return rows;
}

async function rebuilt(pool: pg.Pool, index: FullTextIndex): Promise<unknown[][]> {
  await pool.query(postingsTableSql(index, "again_postings"));
  return contents(pool, "again");
}
