import { expect, test } from "vitest";
import { search } from "../../../../src/validators/postgres/search/search.ts";
import { useDatabase } from "../../../support/database.ts";
import { fillTarget, integer, integerKey, prepare, tablePlan, text } from "../../fixture.ts";

const database = useDatabase();
const values = [
  "Éclair",
  "éclair",
  "50%",
  "a_b",
  "a\\b",
  "it's",
  'say "hi"',
  "KELVIN",
  "\u212aelvin",
  "İstanbul",
  "straße",
  "",
];

const prepared = () =>
  prepare(database.pool, {
    source: (db) => {
      db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
      for (const value of values) db.prepare("INSERT INTO t(v) VALUES (?)").run(value);
    },
    target: `CREATE TABLE "T"(id bigint PRIMARY KEY, "V" text);
      INSERT INTO "T" SELECT n, v FROM json_array_elements_text('${JSON.stringify(values).replaceAll("'", "''")}') WITH ORDINALITY AS s(v, n)`,
    tables: [tablePlan("t", integerKey, { id: integer, v: text }, { target: "T" })],
    plan: {
      search: {
        ...{ schema: "fts5", mode: "exact", config: "english" },
        like: [{ table: "t", column: "v", targetTable: "T", targetColumn: "V" }],
        check: { queries: 200, seed: 3, files: [], thresholds: { sets: 1, order10: 1, order50: null } },
      },
    },
  });

test("LIKE and NOCASE find the same values", async () => {
  const result = await search(await prepared());
  expect(result.findings).toEqual([]);
  expect(result.search.like).toMatchObject([{ table: "t", column: "v", patterns: 400, equal: 400 }]);
  expect(result.summary).toBe("LIKE and NOCASE on t.v: 400 patterns, all equal");
});

test("a value that differs is found by its patterns", async () => {
  const input = await prepared();
  await fillTarget(database.pool, `UPDATE "T" SET "V" = 'ÉCLAIR' WHERE "V" = 'Éclair'`);
  const result = await search(input);
  expect(result.passed).toBe(false);
  expect(result.differences).toBeGreaterThan(5);
  expect(result.findings[0]).toMatchObject({ level: "difference", table: "t", column: "v" });
});

test("nothing to search", async () => {
  const input = await prepare(database.pool, { source: "CREATE TABLE t(id)", target: "", tables: [] });
  expect(await search(input)).toMatchObject({ passed: true, summary: "nothing is searched", checked: { objects: 0 } });
});
