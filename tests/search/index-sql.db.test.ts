import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { fillSql } from "../../src/search/index-sql.ts";
import { useDatabase } from "../support/database.ts";
import { instances } from "./install/support/fts5.ts";
import { column, createIndex, fullText, install, transaction } from "./install/support/install.ts";
import { counted, vectorTokens } from "./install/support/vector-tokens.ts";

const database = useDatabase();
beforeAll(async () => {
  await install(database.pool);
  await database.pool.query("CREATE SCHEMA work");
});

const long = "the quick fox ".repeat(300);
const columns = ["title", "note", "body"];

/** The same statements on both sides; columns title, note (UNINDEXED) and body. */
const writes = [
  "INSERT INTO t (rowid, title, note, body) VALUES (1, 'Hopping foxes', 'unseen', '3rd 1e5x running'), (2, NULL, 'n', 'Ünï façade'), (3, '', '', '')",
  `INSERT INTO t (rowid, title, note, body) VALUES (4, 'long', 'x', '${long}'), (5, '${long}', NULL, 'b')`,
  "UPDATE t SET body = 'changed it''s' WHERE rowid = 1",
  "UPDATE t SET note = 'only this' WHERE rowid IN (2, 4)",
  "UPDATE t SET title = 'short now' WHERE rowid = 5",
  `UPDATE t SET title = '${long}' WHERE rowid = 2`,
  "DELETE FROM t WHERE rowid = 3",
  "UPDATE t SET rowid = rowid + 100 WHERE rowid IN (2, 4)",
  "INSERT INTO t (rowid, title, note, body) SELECT rowid + 1000, body, note, title FROM t",
  "DELETE FROM t WHERE rowid = 102",
];

describe.each(["porter unicode61", "unicode61"])("by %s", (tokenize) => {
  const suffix = tokenize.slice(0, 1);

  it("keeps a table with its own texts as FTS5 does", async () => {
    const name = `own_${suffix}`;
    const fts5 = new Database(":memory:");
    fts5.exec(`CREATE VIRTUAL TABLE t USING fts5(title, note UNINDEXED, body, tokenize='${tokenize}')`);
    await createIndex(
      database.pool,
      fullText(name, [column("title"), column("note", "text", false), column("body")], { kind: "own" }, tokenize),
    );
    for (const sql of writes) {
      fts5.exec(sql);
      await database.pool.query(sql.replaceAll(/\bt\b(?= |$)/g, `public.${name}`));
      expect(await vectorTokens(database.pool, `public.${name}`, [0, 2])).toEqual(instances(fts5, columns));
      const { kept, actual } = await counted(database.pool, `public.${name}`);
      expect(kept).toBe(actual);
    }
    await database.pool.query(
      `INSERT INTO public.${name} (rowid, title) VALUES (1, 'upserted') ON CONFLICT (rowid) DO UPDATE SET title = EXCLUDED.title`,
    );
    await database.pool.query(`UPDATE public.${name} SET tsv = NULL, len = 77, big = true WHERE rowid = 1`);
    fts5.exec("UPDATE t SET title = 'upserted' WHERE rowid = 1");
    expect(await vectorTokens(database.pool, `public.${name}`, [0, 2])).toEqual(instances(fts5, columns));
    await database.pool.query(`TRUNCATE public.${name}`);
    expect(await counted(database.pool, `public.${name}`)).toEqual({ kept: "0/0", actual: "0/0" });
    expect(await vectorTokens(database.pool, `public.${name}`, [0, 2])).toEqual([]);
  });

  it("keeps a table beside its content as FTS5 does", async () => {
    const docs = `docs_${suffix}`;
    const name = `${docs}_fts`;
    const fts5 = new Database(":memory:");
    fts5.exec(`CREATE VIRTUAL TABLE t USING fts5(title, note UNINDEXED, body, tokenize='${tokenize}')`);
    const { pool } = database;
    await pool.query(`CREATE TABLE work.${docs} (rowid bigint PRIMARY KEY, title text, note text, body text)`);
    const content = {
      kind: "external",
      final: { schema: "public", table: docs },
      staging: { schema: "work", table: docs },
      key: "rowid",
    } as const;
    const index = fullText(name, [column("title"), column("note", "text", false), column("body")], content, tokenize);
    await createIndex(pool, index, [docs]);
    for (const sql of writes) {
      fts5.exec(sql);
      await pool.query(sql.replaceAll(/\bt\b(?= |$)/g, `public.${docs}`));
      expect(await vectorTokens(pool, `public.${name}`, [0, 2])).toEqual(instances(fts5, columns));
      const { kept, actual } = await counted(pool, `public.${name}`);
      expect(kept).toBe(actual);
    }
    const before = await pool.query(`SELECT rowid, tsv, len, big, xmin FROM public.${name} ORDER BY rowid`);
    await pool.query(`UPDATE public.${docs} SET note = 'not indexed'`);
    expect((await pool.query(`SELECT rowid, tsv, len, big, xmin FROM public.${name} ORDER BY rowid`)).rows).toEqual(
      before.rows,
    );
    await expect(pool.query(`SELECT fts5.put('public.${name}', 1, 'a', 'b', 'c')`)).rejects.toThrow("follows");
    await pool.query(`TRUNCATE public.${docs}`);
    expect(await counted(pool, `public.${name}`)).toEqual({ kept: "0/0", actual: "0/0" });
    // a full-text table that is gone keeps nobody from writing
    await pool.query(`DROP TABLE public.${name}`);
    await pool.query(`INSERT INTO public.${docs} (rowid, title) VALUES (1, 'a')`);
    await pool.query("SELECT fts5.sweep()");
    await pool.query(`DELETE FROM public.${docs}`);
    expect((await pool.query("SELECT FROM pg_proc WHERE proname LIKE $1", [`index_${name}%`])).rowCount).toBe(0);
  });
});

it("puts and removes documents of a contentless table", async () => {
  const { pool } = database;
  const bare = [
    { ...column("a"), target: null },
    { ...column("b", "text", false), target: null },
    { ...column("c"), target: null },
  ];
  await createIndex(pool, fullText("bare", bare, { kind: "contentless" }));
  const put = (rowid: number, ...texts: (string | null)[]) =>
    pool.query("SELECT fts5.put('public.bare', $1, VARIADIC $2::text[])", [rowid, texts]);
  const fts5 = new Database(":memory:");
  fts5.exec("CREATE VIRTUAL TABLE t USING fts5(a, b UNINDEXED, c)");
  await put(1, "Hello world", "unseen", "x-y");
  await put(2, long, null, null);
  await put(1, "replaced", null, long);
  await put(3, "gone", null, long);
  await pool.query("SELECT fts5.remove('public.bare', 3)");
  const insert = fts5.prepare("INSERT INTO t (rowid, a, b, c) VALUES (?, ?, ?, ?)");
  insert.run(1, "replaced", null, long);
  insert.run(2, long, null, null);
  expect(await vectorTokens(pool, "public.bare", [0, 2])).toEqual(instances(fts5, ["a", "b", "c"]));
  const { kept, actual } = await counted(pool, "public.bare");
  expect(kept).toBe(actual);
  await expect(put(4, "one text")).rejects.toThrow("has 3 columns");
});

it("tokenises rows that came without vectors", async () => {
  const { pool } = database;
  const index = fullText("filled", [column("a"), column("n", "double precision"), column("blob", "bytea")], {
    kind: "own",
  });
  const fts5 = new Database(":memory:");
  fts5.exec("CREATE VIRTUAL TABLE t USING fts5(a, n, blob)");
  const insert = fts5.prepare("INSERT INTO t (rowid, a, n, blob) VALUES (?, ?, ?, ?)");
  const rows: [number, string, number, Buffer][] = [
    [1, "one two", 1, Buffer.from("bytes here")],
    [2, long, 1e20, Buffer.from("é")],
  ];
  const { indexSql } = await import("../../src/search/index-sql.ts");
  await pool.query(indexSql(index).table);
  for (const [rowid, a, n, blob] of rows) {
    insert.run(rowid, a, n, blob);
    await pool.query("INSERT INTO work.filled (rowid, a, n, blob) VALUES ($1, $2, $3, $4)", [rowid, a, n, blob]);
  }
  for (let again = 0; again < 2; again++)
    await transaction(pool, fillSql(index, "-9223372036854775808", "9223372036854775807"));
  await transaction(
    pool,
    indexSql(index).finish.map((step) => step.sql),
  );
  expect(await vectorTokens(pool, "work.filled", [0, 1, 2])).toEqual(instances(fts5, ["a", "n", "blob"]));
  const { kept, actual } = await counted(pool, "work.filled");
  expect(kept).toBe(actual);
});

it("counts right while many write", async () => {
  const { pool } = database;
  await createIndex(pool, fullText("busy", [column("a")], { kind: "own" }));
  await Promise.all(
    Array.from({ length: 6 }, async (_, writer) => {
      for (let i = 0; i < 60; i++) {
        const rowid = writer * 1000 + i;
        await pool.query("INSERT INTO public.busy (rowid, a) VALUES ($1, 'one two three')", [rowid]);
        if (i % 3 === 0) await pool.query("UPDATE public.busy SET a = 'four' WHERE rowid = $1", [rowid]);
        if (i % 5 === 0) await pool.query("DELETE FROM public.busy WHERE rowid = $1", [rowid]);
      }
    }),
  );
  const { kept, actual } = await counted(pool, "public.busy");
  expect(kept).toBe(actual);
  await pool.query("SELECT fts5.fold_statistics('public.busy')");
  expect((await pool.query("SELECT FROM fts5.statistics WHERE relation = 'public.busy'::regclass")).rowCount).toBe(1);
  expect((await counted(pool, "public.busy")).kept).toBe(actual);
});

it("lets a writer without rights on our tables write", async () => {
  const client = await database.pool.connect();
  try {
    await client.query(
      "BEGIN; CREATE ROLE fts5_writer_test; GRANT INSERT, SELECT ON public.busy TO fts5_writer_test; SET LOCAL ROLE fts5_writer_test",
    );
    await client.query("INSERT INTO public.busy VALUES (-1, $1)", [long]);
    const { rows } = await client.query("SELECT big, len FROM public.busy WHERE rowid = -1");
    expect(rows).toEqual([{ big: true, len: 900 }]);
    await client.query("SAVEPOINT s");
    await expect(client.query("DELETE FROM fts5.positions")).rejects.toThrow("permission denied");
    await client.query("ROLLBACK TO s");
    await expect(client.query("SELECT fts5.put_positions('public.bare', 1, '{x}')")).rejects.toThrow(
      "permission denied",
    );
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
