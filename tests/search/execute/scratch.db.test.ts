import { appendFileSync } from "node:fs";
import Database from "better-sqlite3";
import { test } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { createIndex } from "./support/index.ts";
import { installSearch } from "./support/install.ts";
import { randomRows, seeded } from "./support/queries.ts";

const database = useDatabase();
test("times", async () => {
  const sqlite = new Database(":memory:");
  await installSearch(database.pool);
  const many = Array.from({ length: 10_000 }, (_, n) => `w${n}`);
  const columns = [{ name: "x", indexed: true }];
  await createIndex(sqlite, database.pool, { name: "long", columns, rows: [[many.join(" ")], ["w1 w2"]] });
  await createIndex(sqlite, database.pool, {
    name: "small",
    columns,
    rows: randomRows(seeded(1), 2000, 1, many.slice(0, 300), 20),
  });
  const c = await database.pool.connect();
  const time = async (label: string, sql: string, params: unknown[] = [], times = 1) => {
    await c.query(sql, params);
    const s = performance.now();
    for (let i = 0; i < times; i++) await c.query(sql, params);
    appendFileSync("/tmp/p4times.txt", `${label} ${((performance.now() - s) / times).toFixed(2)}\n`);
  };
  await c.query("SET statement_timeout = '20s'");
  for (const n of [500, 2000]) {
    const q = many.slice(0, n).join(" OR ");
    await time(`or ${n} sql`, "SELECT length(fts5.search_sql('small', $1, null, null, 0, true))", [q], 0);
    await time(`or ${n} unranked`, "SELECT count(*) FROM fts5.search('small', $1, ranked => false)", [q], 1);
    const s = performance.now();
    await c
      .query("SELECT count(*) FROM fts5.search('small', $1)", [q])
      .catch((e) => appendFileSync("/tmp/p4times.txt", `${n} ${e}\n`));
    appendFileSync("/tmp/p4times.txt", `or ${n} ranked ${performance.now() - s}\n`);
  }
  c.release();
  sqlite.close();
});
