/** Exit status 2 because of the source: it is never written to, never created, and the target stays empty. */
import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { numbers, schemas, shop, workspace } from "./workspace.ts";

const database = useDatabase();

async function refused(space: ReturnType<typeof workspace>, code: string): Promise<string> {
  const result = await rowhaul(["run", space.pipeline(database.url)], { cwd: space.folder });
  expect(result.stderr).toContain(`Error ${code}:`);
  expect(result.stderr).toMatch(/^Try: /m);
  expect(result.exit).toBe(2);
  expect(await schemas(database.pool)).toEqual(["public"]);
  return result.stderr;
}

describe("a source that is", () => {
  it("not there is not created", async () => {
    const space = workspace();
    const output = await refused(space, "SOURCE_NOT_FOUND");
    expect(output).toContain(space.path("app.db"));
    expect(existsSync(space.path("app.db"))).toBe(false);
    const copied = await rowhaul(["copy", "file:no.db?mode=ro", database.url], { cwd: space.folder });
    expect(copied.exit).toBe(2);
    const drafted = await rowhaul(["init", "no.db"], { cwd: space.folder });
    expect(drafted.exit).toBe(2);
    expect(Object.keys(space.hashes())).toEqual(["pipeline.yaml"]);
  });

  it("a folder", async () => {
    const space = workspace();
    space.write("app.db/file", "");
    expect(await refused(space, "SOURCE_UNREADABLE")).toContain("is a folder, and not a file");
  });

  it("no SQLite database", async () => {
    const space = workspace();
    space.write("app.db", "x".repeat(8192));
    expect(await refused(space, "SOURCE_NOT_SQLITE")).toContain("is a text file, and no SQLite database");
    writeFileSync(space.path("app.db"), Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 167 + 1) % 251)));
    expect(await refused(space, "SOURCE_NOT_SQLITE")).toContain("or it is encrypted");
  });

  it("an empty file", async () => {
    const space = workspace();
    space.write("app.db", "");
    await refused(space, "SOURCE_EMPTY");
    expect(readFileSync(space.path("app.db")).length).toBe(0);
  });

  it("without tables", async () => {
    const space = workspace();
    space.sqlite("PRAGMA user_version = 3");
    await refused(space, "SOURCE_EMPTY");
  });

  it("damaged inside a b-tree page", async () => {
    const space = workspace();
    space.sqlite(`${shop} CREATE TABLE more (id INTEGER PRIMARY KEY, text TEXT);
      INSERT INTO more SELECT n, hex(randomblob(100)) FROM (${numbers(2000)});`);
    const bytes = readFileSync(space.path("app.db"));
    const page = bytes.readUInt16BE(16);
    // the cell pointers of a page in the middle of the largest table
    const at = page * Math.floor(bytes.length / page / 2);
    bytes.fill(0xff, at + 8, at + 60);
    writeFileSync(space.path("app.db"), bytes);
    await refused(space, "SOURCE_CORRUPT");
    expect(readFileSync(space.path("app.db")).equals(bytes)).toBe(true);
  });

  it("cut off at the end", async () => {
    const space = workspace();
    space.sqlite(shop);
    truncateSync(space.path("app.db"), 8192);
    await refused(space, "SOURCE_CORRUPT");
  });

  it("a copy whose -wal was cut short", async () => {
    const space = workspace();
    copyOfWal(space, 100);
    expect(await refused(space, "SOURCE_WAL_INCOMPLETE")).toContain("app.db-wal");
  });

  it("a copy with -shm but without -wal", async () => {
    const space = workspace();
    copyOfWal(space, null);
    await refused(space, "SOURCE_WAL_INCOMPLETE");
    expect(existsSync(space.path("app.db-wal"))).toBe(false);
  });

  it("asked for something it does not have: all of it named, with what it has", async () => {
    const space = workspace();
    space.sqlite(shop);
    space.pipeline(database.url, "tables: { customers: { rename: { nmae: name2 } } }");
    const column = await rowhaul(["plan", "pipeline.yaml"], { cwd: space.folder });
    expect(column.exit).toBe(2);
    expect(column.stderr).toContain("nmae");
    expect(column.stderr).toMatch(/id, name, email/);
    space.pipeline(database.url, "tables: { custmers: {} }", "exclude: [nothing]");
    const table = await rowhaul(["plan", "pipeline.yaml"], { cwd: space.folder });
    expect(table.exit).toBe(2);
    expect(table.stderr).toMatch(/PLAN_INVALID.*"custmers", "nothing"/);
    expect(table.stderr).toContain("It has: customers, orders");
  });

  it("full of hazards nobody has accepted: the lines that would accept them are printed", async () => {
    const space = workspace();
    space.sqlite(`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (7, 'x' || char(0) || 'y');
      CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;`);
    const output = await refused(space, "HAZARDS_NOT_ACCEPTED");
    expect(output).toContain("id=7");
    expect(output).toContain("  - { code: NUL_IN_TEXT, column: t.a");
    expect(output).toContain("  - { code: TRIGGER_LOST, object: tr");
  });
});

/** The files of a database under work, copied as somebody does who does not know better: `keep` bytes of its -wal, or none of it. */
function copyOfWal(space: ReturnType<typeof workspace>, keep: number | null): void {
  const live = new Database(space.path("live.db"));
  live.pragma("journal_mode = WAL");
  live.exec(shop);
  for (const end of keep === null ? ["", "-shm"] : ["", "-wal"])
    copyFileSync(space.path(`live.db${end}`), space.path(`app.db${end}`));
  if (keep !== null) truncateSync(space.path("app.db-wal"), 32 + 4120 * 2 + keep);
  live.close();
}
