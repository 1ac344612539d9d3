import { statSync } from "node:fs";
import type Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { checkUnchanged, lockSource } from "../../src/sources/sqlite/lock.ts";
import { takeSnapshot } from "../../src/sources/sqlite/snapshot.ts";
import { fingerprint } from "../../src/sqlite/fingerprint.ts";
import { openSqlite } from "../../src/sqlite/open.ts";
import { codeOf, freshPath, openWriter } from "../support/scratch-database.ts";

const never = new AbortController().signal;
const changes = [
  "CREATE TABLE t(a)",
  "INSERT INTO t VALUES (1)",
  "INSERT INTO t VALUES (1)",
  "UPDATE t SET a = 2 WHERE rowid = 1",
  "UPDATE t SET a = 1 WHERE rowid = 1",
  "DELETE FROM t WHERE rowid = 2",
  "ALTER TABLE t ADD COLUMN b",
  "PRAGMA user_version = 7",
];

/** Prints of the file before and after each of the changes. */
function prints(db: Database.Database): string[] {
  const found = [fingerprint(db.name)];
  for (const change of changes) {
    db.exec(change);
    found.push(fingerprint(db.name));
  }
  return found;
}

describe.each(["wal", "delete"] as const)("the fingerprint in journal mode %s", (mode) => {
  const opened = (): Database.Database => {
    const db = openWriter(freshPath(), mode);
    db.exec("CREATE TABLE first(a)");
    return db;
  };

  it("changes with every commit", () => {
    const db = opened();
    const found = prints(db);
    db.close();
    expect(new Set(found).size).toBe(changes.length + 1);
  });

  it("stays when someone reads, or rolls back", () => {
    const db = opened();
    db.exec("CREATE TABLE t(a)");
    const before = fingerprint(db.name);
    const reader = openSqlite(db.name);
    reader.prepare("SELECT * FROM t").all();
    reader.close();
    db.exec("BEGIN; INSERT INTO t VALUES (1); ROLLBACK");
    expect(fingerprint(db.name)).toBe(before);
    db.close();
  });

  it("finds a commit that is undone by the next one: the pages decide, and they differ", async () => {
    const db = opened();
    const snapshot = await takeSnapshot(db.name, freshPath(), () => {}, never);
    db.exec("CREATE TABLE t(a)");
    await expect(codeOf(() => checkUnchanged(db.name, snapshot.fingerprint, snapshot.path, never))).resolves.toBe(
      "SOURCE_CHANGED",
    );
    db.close();
  });
});

describe("commits in the write-ahead log", () => {
  it("are seen when the log is gone, though they left the header as it was", async () => {
    const path = freshPath();
    const first = openWriter(path, "wal");
    first.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    first.close();
    const snapshot = await takeSnapshot(path, freshPath(), () => {}, never);
    const before = fingerprint(path);
    const again = openWriter(path, "wal");
    again.exec("INSERT INTO t VALUES (2)");
    again.close();
    expect(fingerprint(path)).not.toBe(before);
    await expect(codeOf(() => checkUnchanged(path, snapshot.fingerprint, snapshot.path, never))).resolves.toBe(
      "SOURCE_CHANGED",
    );
  });

  it("are seen behind frames that a rolled-back transaction left there", () => {
    const db = openWriter(freshPath(), "wal");
    db.exec("CREATE TABLE t(a); CREATE TABLE big(a)");
    db.pragma("cache_size = 5");
    db.exec("BEGIN");
    for (let i = 0; i < 200; i++) db.prepare("INSERT INTO big VALUES (?)").run("x".repeat(3000));
    db.exec("ROLLBACK");
    expect(statSync(`${db.name}-wal`).size).toBeGreaterThan(400_000);
    const found = [fingerprint(db.name)];
    for (let i = 0; i < 5; i++) {
      db.exec(`INSERT INTO t VALUES (${i})`);
      found.push(fingerprint(db.name));
    }
    db.close();
    expect(new Set(found).size).toBe(6);
  });

  it("are seen after the log was restarted", () => {
    const db = openWriter(freshPath(), "wal");
    db.exec("CREATE TABLE t(a)");
    for (let i = 0; i < 20; i++) db.exec(`INSERT INTO t VALUES (${i})`);
    db.pragma("wal_checkpoint(RESTART)");
    const found = [fingerprint(db.name)];
    for (let i = 0; i < 5; i++) {
      db.exec(`INSERT INTO t VALUES (${i})`);
      found.push(fingerprint(db.name));
    }
    db.close();
    expect(new Set(found).size).toBe(6);
  });
});

describe("unchanged since the snapshot", () => {
  it.each([
    ["a checkpoint", (db: Database.Database) => db.pragma("wal_checkpoint(TRUNCATE)")],
    ["a clean close", (db: Database.Database) => db.close()],
    ["leaving WAL mode", (db: Database.Database) => db.pragma("journal_mode = DELETE")],
  ])("%s alters the fingerprint but no page", async (_, alter) => {
    const db = openWriter(freshPath(), "wal");
    db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");
    const snapshot = await takeSnapshot(db.name, freshPath(), () => {}, never);
    alter(db);
    expect(fingerprint(db.name)).not.toBe(snapshot.fingerprint);
    await checkUnchanged(db.name, snapshot.fingerprint, snapshot.path, never);
    const writer = openWriter(db.name, "wal");
    writer.exec("UPDATE t SET a = 3 WHERE a = 2");
    expect(await codeOf(() => checkUnchanged(db.name, snapshot.fingerprint, snapshot.path, never))).toBe(
      "SOURCE_CHANGED",
    );
    writer.close();
    db.close();
  });
});

describe.each(["wal", "delete"] as const)("the lock in journal mode %s", (mode) => {
  it("keeps writers out, lets readers in, and gives way", async () => {
    const db = openWriter(freshPath(), mode);
    db.exec("CREATE TABLE t(a)");
    const snapshot = await takeSnapshot(db.name, freshPath(), () => {}, never);
    const lock = lockSource(db.name);
    db.pragma("busy_timeout = 0");
    expect(() => db.exec("INSERT INTO t VALUES (1)")).toThrow(/locked/);
    expect(db.prepare("SELECT count(*) FROM t").pluck().get()).toBe(0);
    await checkUnchanged(db.name, snapshot.fingerprint, snapshot.path, never);
    lock.release();
    lock.release();
    db.exec("INSERT INTO t VALUES (1)");
    expect(db.prepare("SELECT count(*) FROM t").pluck().get()).toBe(1);
    expect(await codeOf(() => checkUnchanged(db.name, snapshot.fingerprint, snapshot.path, never))).toBe(
      "SOURCE_CHANGED",
    );
    db.close();
  });
});

describe("the lock", () => {
  it("is not had while a writer is at work", async () => {
    const db = openWriter(freshPath(), "wal");
    db.exec("CREATE TABLE t(a); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)");
    const start = Date.now();
    expect(await codeOf(() => lockSource(db.name))).toBe("SOURCE_BUSY");
    expect(Date.now() - start).toBeGreaterThan(4000);
    db.exec("COMMIT");
    lockSource(db.name).release();
    db.close();
  }, 20_000);

  it("creates no file", async () => {
    expect(await codeOf(() => lockSource(freshPath()))).toBe("SOURCE_NOT_FOUND");
  });
});
