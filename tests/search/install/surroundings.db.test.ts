/** Full-text tables among other people's names, settings, tables and publications. */
import pg from "pg";
import { beforeAll, expect, it } from "vitest";
import { indexSql } from "../../../src/search/index-sql.ts";
import { useDatabase } from "../../support/database.ts";
import { column, createIndex, fullText, install, transaction } from "./support/install.ts";
import { counted } from "./support/vector-tokens.ts";

const database = useDatabase();
beforeAll(async () => {
  await install(database.pool);
  await install(database.pool, "Suche");
  await database.pool.query("CREATE SCHEMA work");
});

const beside = (table: string) =>
  ({ kind: "external", final: { schema: "public", table }, staging: { schema: "work", table }, key: "id" }) as const;

it.each(["x$name$y", "fts5.docs", "'fts5.x' \"fts5.y", "100%s \\ $fts5$"])(
  "names that look like SQL: %s",
  async (name) => {
    const { pool } = database;
    const quoted = `"${name.replaceAll('"', '""')}"`;
    for (const schema of ["fts5", "Suche"]) {
      await pool.query(`DROP TABLE IF EXISTS public.${quoted}, public.found CASCADE;
      CREATE TABLE public.${quoted} (id bigint PRIMARY KEY, ${quoted} text)`);
      const index = {
        ...fullText("found", [column(name)], beside(name)),
        suffix: `s_${schema.toLowerCase()}`,
        staging: { schema: "public", table: "found" },
        content: { ...beside(name), staging: { schema: "public", table: name } },
      };
      const { table, finish } = indexSql(index, schema);
      await transaction(pool, [table, ...finish.map(({ sql }) => sql)]);
      await pool.query(`INSERT INTO public.${quoted} VALUES (1, 'hello world'), (2, repeat('hello ', 300))`);
      await pool.query(`UPDATE public.${quoted} SET id = id + 10`);
      const { rows } = await pool.query(
        `SELECT rowid FROM "${schema}".search('public.found', 'hello', ranked => false)`,
      );
      expect(rows).toEqual([{ rowid: "11" }, { rowid: "12" }]);
    }
  },
);

it("whatever standard_conforming_strings says", async () => {
  const odd = "3rd cats it's is 1e5x a\\b Ünï";
  const ask = (client: pg.Pool | pg.Client) =>
    client.query<{ made: string; told: string; parsed: string; like: boolean; glob: boolean }>(
      `SELECT fts5.porter_unicode61_1_doc(ARRAY[$1])::text || fts5.trigram_doc(ARRAY[$1, '', '', '', 'x'])::text AS made,
         fts5.porter_unicode61_1_vector($1)::text AS told, fts5.parse($2, '{t}')::text AS parsed,
         fts5.like('a%c', 'a!%c', '!') AS like, fts5.glob('a]c', 'a[]-]?') AS glob`,
      [odd, '{t} : a OR "b\\c"'],
    );
  const expected = (await ask(database.pool)).rows;
  // a session of its own: another would have functions that are compiled already
  const client = new pg.Client({ connectionString: database.url, options: "-c standard_conforming_strings=off" });
  await client.connect();
  try {
    expect((await ask(client)).rows).toEqual(expected);
  } finally {
    await client.end();
  }
  expect(expected[0]).toMatchObject({ like: true, glob: true });
});

it("writes to no table that somebody has put in its place", async () => {
  const { pool } = database;
  await pool.query("CREATE TABLE work.kept (id bigint PRIMARY KEY, t text)");
  await createIndex(pool, fullText("kept_fts", [column("t")], beside("kept")), ["kept"]);
  await pool.query(`DROP TABLE kept_fts; CREATE TABLE kept_fts (rowid bigint PRIMARY KEY, tsv tsvector, len int, big boolean);
    INSERT INTO kept VALUES (1, 'hello'); UPDATE kept SET t = 'x'; DELETE FROM kept; TRUNCATE kept`);
  expect((await pool.query("SELECT * FROM kept_fts")).rows).toEqual([]);
});

it("a row that was written past the triggers is searched after any update of it", async () => {
  const { pool } = database;
  await createIndex(pool, fullText("past", [column("t")], { kind: "own" }));
  await transaction(pool, [
    "SET LOCAL session_replication_role = replica",
    "INSERT INTO past (rowid, t) VALUES (1, 'hello'), (2, repeat('hello ', 300))",
  ]);
  await pool.query("UPDATE past SET t = t");
  const { rows } = await pool.query("SELECT rowid FROM fts5.search('past', 'hello OR \"hello hello\"') ORDER BY rowid");
  expect(rows).toEqual([{ rowid: "1" }, { rowid: "2" }]);
});

it("statistics are folded under a publication of all tables", async () => {
  const { pool } = database;
  await createIndex(pool, fullText("published", [column("t")], { kind: "own" }));
  await pool.query("CREATE PUBLICATION everything FOR ALL TABLES");
  for (let i = 0; i < 5; i++) await pool.query("INSERT INTO published (rowid, t) VALUES ($1, 'hello')", [i]);
  await pool.query("SELECT fts5.fold_statistics('published')");
  await pool.query("DROP PUBLICATION everything");
  expect((await pool.query("SELECT rows FROM fts5.statistics WHERE relation = 'published'::regclass")).rowCount).toBe(
    1,
  );
  expect(await counted(pool, "published")).toEqual({ kept: "5/5", actual: "5/5" });
});
