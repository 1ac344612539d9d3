import { expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { installSearch } from "./support/both.ts";
const database = useDatabase();
it("x", async () => {
  await installSearch(database.pool);
  const q = async (sql: string) => console.log(JSON.stringify((await database.pool.query(sql)).rows));
  await q(`SELECT fts5.parse('"日本語" "one" ""', '{a,b}')`);
  await q(`SELECT * FROM fts5.instances('trigram', '{a,b}', ARRAY['ab 日本語 x1', 'one'], '"日本語" "one" ""', null)`);
  await q(`SELECT * FROM fts5.instances('unicode61_1', '{a,b}', ARRAY['ab 日本語 x1', 'one'], '"日本語"', null)`);
  await q(`SELECT * FROM fts5.instances('unicode61_1', '{a,b}', ARRAY['ab x x1', 'one'], 'one OR x1', null)`);
  await q(`SELECT * FROM fts5.instances_node(fts5.parse('one OR x1','{a,b}'), '{"one":["one"],"x1":["x1"]}', ARRAY['x1','one'], ARRAY[2,4294967296], '{}')`);
  await q(`SELECT jsonb_agg(value) from jsonb_array_elements(fts5.parse('one OR x1','{a,b}') -> 'or')`);
  expect(1).toBe(1);
});
