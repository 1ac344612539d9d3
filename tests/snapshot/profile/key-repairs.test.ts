import { expect, it } from "vitest";
import { readCatalog } from "../../../src/snapshot/catalog/read-file-catalog.ts";
import { profileTables } from "../../../src/snapshot/profile/profile.ts";
import { openSqlite } from "../../../src/sqlite/open.ts";
import { makeDatabase } from "../../support/scratch-database.ts";

const hooks = { progress() {}, signal: new AbortController().signal };

/** By column, for those that have any. */
async function repairsMeet(sql: string, where: string | null = null): Promise<Record<string, readonly string[]>> {
  const db = openSqlite(makeDatabase(sql));
  try {
    const catalog = readCatalog(db);
    const requests = catalog.tables.map((table) => ({ table, where, kinds: new Map() }));
    const { tables } = await profileTables(db, null, catalog, requests, hooks);
    return Object.fromEntries(
      Object.entries(tables).flatMap(([table, { columns }]) =>
        Object.entries(columns).flatMap(([name, column]) =>
          column.repairsMeet === undefined ? [] : [[`${table}.${name}`, column.repairsMeet]],
        ),
      ),
    );
  } finally {
    db.close();
  }
}

it.each<[what: string, sql: string, found: Record<string, string[]>]>([
  [
    "one key is the other without its NUL",
    "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('a' || char(0)), ('a')",
    { "t.k": ["strip"] },
  ],
  [
    "one key has the sign that stands for NUL",
    "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('a' || char(0)), ('a' || char(0x2400))",
    { "t.k": ["escape"] },
  ],
  [
    "other keys",
    "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('a' || char(0)), ('b'), (NULL), (x'61')",
    {},
  ],
  ["no key", "CREATE TABLE t (k TEXT); INSERT INTO t VALUES ('a' || char(0)), ('a')", {}],
  [
    "a NULL beside them",
    "CREATE TABLE t (k TEXT, l, UNIQUE (k, l)); INSERT INTO t VALUES ('a' || char(0), NULL), ('a', NULL)",
    {},
  ],
  [
    "several columns",
    `CREATE TABLE t (k TEXT, l TEXT, n); CREATE UNIQUE INDEX i ON t (k, n, l);
     INSERT INTO t VALUES ('a' || char(0), 'b', 1), ('a', 'b' || char(0), 1)`,
    { "t.k": ["strip"], "t.l": ["strip"] },
  ],
  [
    "a key without case",
    "CREATE TABLE t (k TEXT COLLATE NOCASE UNIQUE); INSERT INTO t VALUES ('a' || char(0)), ('A')",
    { "t.k": ["strip"] },
  ],
  [
    "texts that are no UTF-8",
    "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES (CAST(x'61ff' AS TEXT)), (CAST(x'61fe' AS TEXT)), ('aþ')",
    { "t.k": ["replace", "windows-1252", "latin1"] },
  ],
])("%s", async (_, sql, found) => {
  expect(await repairsMeet(sql)).toEqual(found);
});

it("of the rows that move", async () => {
  const sql = "CREATE TABLE t (k TEXT PRIMARY KEY, n); INSERT INTO t VALUES ('a' || char(0), 1), ('a', 2)";
  expect(await repairsMeet(sql, "n < 2 -- one")).toEqual({});
  expect(await repairsMeet(sql, "n < 3 -- both")).toEqual({ "t.k": ["strip"] });
});
