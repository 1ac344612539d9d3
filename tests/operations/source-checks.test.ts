import { chmodSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import { runChecklist } from "../../src/operations/checklist.ts";
import { diskCheck } from "../../src/operations/disk-check.ts";
import { sqliteChecks } from "../../src/operations/source-checks.ts";
import { sharedData } from "../support/shared-data.ts";
import { damagedFile, freshPath, sqliteFile } from "./files.ts";

const signal = new AbortController().signal;
const open: Database.Database[] = [];
afterEach(() => {
  for (const db of open.splice(0)) db.close();
});

async function linesOf(path: string): Promise<string[]> {
  const { lines } = await runChecklist(sqliteChecks(path, signal).checks, () => {}, signal);
  return lines.map(({ name, outcome, message }) => `${name} ${outcome}: ${message}`);
}

describe("a SQLite source", () => {
  test("that is well", async () => {
    const path = sqliteFile(`PRAGMA user_version = 7;
      CREATE TABLE schema_version(version TEXT, applied_at); INSERT INTO schema_version VALUES ('001-mvp1-base', 1), ('002', 2);
      CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p); CREATE INDEX i ON c(p);
      CREATE VIEW v AS SELECT 1; INSERT INTO p VALUES (1); INSERT INTO c VALUES (1), (NULL);`);
    expect(await linesOf(path)).toEqual([
      "permissions ok: the file can be read, and locked at cutover",
      "journal mode ok: delete: writers wait for the snapshot",
      "integrity ok: integrity_check found nothing",
      "foreign keys ok: every row has its parent",
      "schema ok: 3 tables, 1 index, 1 view, user_version 7, schema version 002",
    ]);
  });

  test("in WAL mode with a writer, as an application has it open", async () => {
    const path = sqliteFile("CREATE TABLE t(a)");
    const db = new Database(path);
    open.push(db);
    db.pragma("journal_mode = WAL");
    db.exec("INSERT INTO t VALUES (1); BEGIN IMMEDIATE; INSERT INTO t VALUES (2)");
    expect((await linesOf(path))[1]).toBe("journal mode ok: WAL: the application goes on during the snapshot");
    const { facts } = sqliteChecks(path, signal);
    // What is not committed does not count.
    expect([...(await facts()).rows]).toEqual([["t", 1]]);
  });

  test("rows without parent are told by table", async () => {
    const path = sqliteFile(`CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p);
      INSERT INTO c VALUES (5), (6); PRAGMA foreign_keys = OFF`);
    expect((await linesOf(path))[3]).toBe("foreign keys warning: 2 rows without parent, 2 of them in c");
  });

  test("a foreign key that leads nowhere is a warning", async () => {
    const path = sqliteFile("CREATE TABLE p(a); CREATE TABLE c(x REFERENCES p(gone)); INSERT INTO c VALUES (1)");
    expect((await linesOf(path))[3]).toBe("foreign keys warning: foreign_key_check could not be run");
  });

  test("damage, a left-over journal and an empty file", async () => {
    expect((await linesOf(damagedFile()))[2]).toMatch(/^integrity failure: the file is damaged: /);
    const path = sqliteFile("CREATE TABLE t(a)");
    writeFileSync(`${path}-journal`, "left over");
    expect((await linesOf(path))[1]).toMatch(
      /^journal mode failure: .*-journal holds a transaction that was cut short/,
    );
    expect((await linesOf(sqliteFile("")))[4]).toBe("schema failure: there are no tables");
  });

  test("what is no database is told once", async () => {
    const path = freshPath("no.db");
    writeFileSync(path, "this is no database, however long it is".repeat(200));
    const lines = await linesOf(path);
    expect(lines).toEqual([
      "permissions ok: the file can be read, and locked at cutover",
      "integrity failure: file is not a database",
    ]);
    expect((await linesOf(`${path}.gone`)).map((line) => line.split(":")[0])).toEqual([
      "permissions failure",
      "integrity failure",
    ]);
  });

  test("read-only files are a warning", async () => {
    const path = sqliteFile("CREATE TABLE t(a)");
    chmodSync(path, 0o400);
    // Root may write to everything.
    const expected = process.getuid?.() === 0 ? "permissions ok" : "permissions warning";
    expect((await linesOf(path))[0]).toContain(expected);
  });

  const chinook = sharedData("sqlite/chinook.sqlite");
  test.skipIf(chinook === null)("a real database", async () => {
    const lines = await linesOf(chinook ?? "");
    expect(lines[2]).toBe("integrity ok: integrity_check found nothing");
    expect(lines[4]).toContain("11 tables");
  });
});

test("an abort ends the reading", async () => {
  const controller = new AbortController();
  const { facts } = sqliteChecks(sqliteFile("CREATE TABLE t(a)"), controller.signal);
  const reading = facts();
  controller.abort(new Error("stop"));
  await expect(reading).rejects.toThrow("stop");
});

test("disk: three times the source, as strict as the pipeline says", () => {
  const folder = freshPath("not/made/yet");
  expect(diskCheck(folder, 1, true)).toMatchObject({ outcome: "ok", remedy: "" });
  expect(diskCheck(folder, 2 ** 60, true).outcome).toBe("failure");
  expect(diskCheck(folder, 2 ** 60, false).outcome).toBe("warning");
});
