/** The catalog beside a snapshot: of that file and that run alone, and nothing in it is taken as it is. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type Database from "better-sqlite3";
import { expect, it } from "vitest";
import { catalogPath } from "../../../src/core/schema/catalog.ts";
import { isSnapshot, keepCatalog, keptCatalog } from "../../../src/snapshot/catalog/kept-catalog.ts";
import { openSnapshot } from "../../../src/snapshot/frozen.ts";
import { codeOf, errorOf, freshPath, makeDatabase } from "../../support/scratch-database.ts";

/** What an older version kept inside the data's file. */
const planted = JSON.stringify({
  encoding: "UTF-8",
  userVersion: 0,
  applicationId: 0,
  tables: [],
  views: [],
  triggers: [],
  virtualTables: [],
  internal: [],
});

function catalogIn(path: string, written: "written" | null = null) {
  const frozen = openSnapshot(path, "test", written);
  try {
    return frozen.catalog();
  } finally {
    frozen.close();
  }
}

const source = "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p (id))";

async function kept(): Promise<{ path: string; sha256: string }> {
  const path = makeDatabase(source);
  return { path, sha256: await keepCatalog(path, catalogIn(path)) };
}

/** In the file's text; what is to be changed must be there. */
function change(path: string, from: string, to: string): void {
  const text = readFileSync(catalogPath(path), "utf8");
  expect(text).toContain(from);
  writeFileSync(catalogPath(path), text.replace(from, to));
}

it("a table of the database's own is a table, whatever it is called", () => {
  const path = makeDatabase((db: Database.Database) => {
    db.exec(`${source}; CREATE TABLE rowhaul_catalog (catalog)`);
    db.prepare("INSERT INTO rowhaul_catalog VALUES (?)").run(planted);
  });
  expect(catalogIn(path).tables.map(({ name }) => name)).toEqual(["p", "c", "rowhaul_catalog"]);
});

it("is readable by its owner alone, and belongs to one file", async () => {
  const { path, sha256 } = await kept();
  expect(statSync(catalogPath(path)).mode & 0o777).toBe(0o600);
  expect(keptCatalog(path).tables.map(({ name }) => name)).toEqual(["p", "c"]);
  expect(await isSnapshot({ path, sha256 })).toBe(true);
  expect(await isSnapshot({ path, sha256: sha256.replace(/./g, "0") })).toBe(false);
  change(path, sha256, sha256.replace(/./g, "0"));
  expect(await isSnapshot({ path, sha256 })).toBe(false);
});

it("of another run is not taken", async () => {
  const { path } = await kept();
  const other = join(dirname(freshPath()), "another-run", "snapshot.db");
  mkdirSync(dirname(other));
  copyFileSync(path, other);
  copyFileSync(catalogPath(path), catalogPath(other));
  expect((await errorOf(() => keptCatalog(other))).message).toContain("it belongs to the run ");
});

it("is asked for by name where it is lost, or was never kept there", async () => {
  const { path } = await kept();
  rmSync(catalogPath(path));
  expect(await codeOf(() => catalogIn(path, "written"))).toBe("SNAPSHOT_LOST");
  const inside = makeDatabase((db: Database.Database) => {
    db.exec("CREATE TABLE rowhaul_catalog (catalog)");
    db.prepare("INSERT INTO rowhaul_catalog VALUES (?)").run(planted);
  });
  expect((await errorOf(() => catalogIn(inside, "written"))).message).toContain("an older rowhaul took the snapshot");
});

it.each([
  ["an action that is none", '"onDelete":"NO ACTION"', '"onDelete":"CASCADE; DROP TABLE x; --"'],
  ["an action in small letters", '"onUpdate":"NO ACTION"', '"onUpdate":"cascade"'],
  ["a moment that is none", '"deferrable":"no"', '"deferrable":"no) ; --"'],
  ["a type that is none", '"affinity":"INTEGER"', '"affinity":"INTEGER","pgType":"int); DROP TABLE x; --"'],
  ["a kind that is none", '"generated":null', '"generated":{"kind":"x","expression":"1"}'],
  ["a name of the rowid that is none", '"rowidName":"rowid"', '"rowidName":"rowid; --"'],
  ["a position that is none", '"sequence":null', '"sequence":"1; --"'],
  ["an encoding that is none", '"UTF-8"', '"UTF-9"'],
  [
    "a module that is none",
    '"virtualTables":[',
    '"virtualTables":[{"name":"v","module":"a b","sql":"","shadowTables":[]}',
  ],
  ["a dialect that is none", '"encoding":', '"dialect":"oracle","encoding":'],
  ["facts that are none", '"encoding":', '"postgres":{"schema":"public","identities":[]},"encoding":'],
  ["another member", '"version":1', '"version":1,"more":1'],
])("with %s is damaged", async (_, from, to) => {
  const { path } = await kept();
  change(path, from, to);
  const { code, message } = await errorOf(() => keptCatalog(path));
  expect([code, message]).toEqual(["RUN_FILE_DAMAGED", expect.stringContaining(`${catalogPath(path)} is damaged: `)]);
});

it("of a newer version is refused as such", async () => {
  const { path } = await kept();
  change(path, '"version":1', '"version":2');
  expect(await codeOf(() => keptCatalog(path))).toBe("STATE_NEWER");
});
