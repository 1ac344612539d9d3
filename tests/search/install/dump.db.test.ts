import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import type pg from "pg";
import { expect, it } from "vitest";
import { debianPostgres15, freshDatabase } from "../../support/database.ts";
import { column, createIndex, fullText, install } from "./support/install.ts";
import { counted } from "./support/vector-tokens.ts";

const bin = "/usr/lib/postgresql/15/bin";

it.skipIf(!existsSync(`${bin}/pg_dump`))("survives a dump and a restore", async () => {
  const server = await debianPostgres15();
  if (server === null) throw new Error("not installed");
  const from = await freshDatabase(server.url);
  const to = await freshDatabase(server.url);
  try {
    await install(from.pool);
    await from.pool.query("CREATE SCHEMA work; CREATE TABLE work.docs (id integer PRIMARY KEY, t text)");
    const content = {
      kind: "external",
      final: { schema: "public", table: "docs" },
      staging: { schema: "work", table: "docs" },
      key: "id",
    } as const;
    await createIndex(from.pool, fullText("docs_fts", [column("t")], content, "porter"), ["docs"]);
    await createIndex(from.pool, { ...fullText("own", [column("t")], { kind: "own" }), postings: true });
    const fill = async (pool: pg.Pool, first: number) => {
      for (const table of ["docs (id, t)", "own (rowid, t)"])
        await pool.query(`INSERT INTO public.${table} VALUES ($1, 'running js 3rd'), ($1 + 1, $2)`, [
          first,
          "the ".repeat(300),
        ]);
    };
    await fill(from.pool, 1);
    await to.pool.query("DROP SCHEMA public");
    const dump = execFileSync(`${bin}/pg_dump`, ["-n", "public", "-n", "fts5", "-d", from.url], { maxBuffer: 1e9 });
    execFileSync(`${bin}/psql`, ["-q", "-v", "ON_ERROR_STOP=1", "-d", to.url], { input: dump });
    await fill(from.pool, 11);
    await fill(to.pool, 11);
    for (const sql of [
      "SELECT * FROM public.docs_fts ORDER BY rowid",
      "SELECT * FROM public.own ORDER BY rowid",
      "SELECT * FROM fts5.own_postings ORDER BY term, rowid",
      "SELECT * FROM fts5.search('public.own', 'the OR running')",
      "SELECT relation::text, rowid, lexeme, col, pos FROM fts5.positions ORDER BY 1, 2, 3",
    ]) {
      const expected = (await from.pool.query(sql)).rows;
      expect(expected.length).toBeGreaterThan(3);
      expect((await to.pool.query(sql)).rows).toEqual(expected);
    }
    const { kept, actual } = await counted(to.pool, "public.own");
    expect(kept).toBe(actual);
  } finally {
    await from.drop();
    await to.drop();
    await server.stop();
  }
});
