import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { checkIntegrity } from "../../src/snapshot/integrity.ts";
import { openSqlite, readHeader } from "../../src/sqlite/open.ts";
import { codeOf, errorOf, freshPath, makeDatabase } from "../support/scratch-database.ts";

const never = new AbortController().signal;

describe("a path that is no database", () => {
  it("is not created when missing", async () => {
    const path = freshPath();
    const error = await errorOf(() => openSqlite(path));
    expect([error.code, error.exit, error.message]).toEqual(["SOURCE_NOT_FOUND", 2, `There is no file at ${path}.`]);
    expect(existsSync(path)).toBe(false);
  });

  it("is not taken for a URI", async () => {
    const path = makeDatabase("CREATE TABLE t(a)");
    expect(await codeOf(() => openSqlite(`file:${path}?mode=ro`))).toBe("SOURCE_NOT_FOUND");
    expect(existsSync(`file:${path}?mode=ro`)).toBe(false);
  });

  it("may lie below a file", async () => {
    expect(await codeOf(() => openSqlite(`${makeDatabase("CREATE TABLE t(a)")}/x.db`))).toBe("SOURCE_NOT_FOUND");
  });

  it.each([
    ["empty", "", "SOURCE_EMPTY"],
    ["short", "SQLite", "SOURCE_NOT_SQLITE"],
    ["a text", "not a database ".repeat(100), "SOURCE_NOT_SQLITE"],
  ])("%s", async (_, content, code) => {
    const path = freshPath();
    writeFileSync(path, content);
    expect(await codeOf(() => openSqlite(path))).toBe(code);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("may be a folder", async () => {
    const path = freshPath();
    mkdirSync(path);
    expect(await codeOf(() => openSqlite(path))).toBe("SOURCE_UNREADABLE");
  });

  it("cannot be read without the right to", async ({ skip }) => {
    const path = makeDatabase("CREATE TABLE t(a)");
    chmodSync(path, 0o000);
    const root = process.geteuid?.() === 0;
    if (root && process.seteuid === undefined) return skip("root reads everything");
    if (root) process.seteuid?.(65534);
    try {
      expect(await codeOf(() => openSqlite(path))).toBe("SOURCE_UNREADABLE");
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});

describe("the header", () => {
  it.each([512, 4096, 65536])("tells pages of %i bytes", (size) => {
    const path = makeDatabase(`PRAGMA page_size = ${size}; CREATE TABLE t(a)`);
    expect(readHeader(path)).toEqual({ pageSize: size, wal: false, bytes: size * 2 });
  });

  it("tells the write-ahead log", () => {
    const path = makeDatabase("PRAGMA journal_mode = WAL; CREATE TABLE t(a)");
    expect(readHeader(path).wal).toBe(true);
  });
});

describe("an open database", () => {
  it("cannot be written to", () => {
    const db = openSqlite(makeDatabase("CREATE TABLE t(a)"));
    expect(() => db.exec("INSERT INTO t VALUES (1)")).toThrow(/readonly/);
    db.close();
  });

  it("gives integers exactly", () => {
    const db = openSqlite(makeDatabase("CREATE TABLE t(a); INSERT INTO t VALUES (9007199254740993)"));
    expect(db.prepare("SELECT a FROM t").pluck().get()).toBe(9007199254740993n);
    db.close();
  });
});

describe("integrity", () => {
  const damaged = (at: number): string => {
    const path = makeDatabase((db) => {
      db.exec("PRAGMA page_size = 512; CREATE TABLE t(a INTEGER PRIMARY KEY, b); CREATE INDEX i ON t(b)");
      for (let i = 0; i < 200; i++) db.prepare("INSERT INTO t(b) VALUES (?)").run(`value ${i}`);
    });
    const bytes = readFileSync(path);
    bytes.fill(0xff, at, at + 200);
    writeFileSync(path, bytes);
    return path;
  };

  it("finds a damaged page", async () => {
    const path = damaged(512 * 6);
    const error = await errorOf(() => checkIntegrity(path, path, never));
    expect(error.code).toBe("SOURCE_CORRUPT");
    expect(error.message.startsWith(`${path} is damaged: `)).toBe(true);
  });

  it("finds a full-text index that is not that of its texts", async () => {
    const path = makeDatabase("CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('one two')");
    const db = new Database(path);
    db.unsafeMode(true);
    db.pragma("writable_schema = ON");
    db.exec("DELETE FROM f_data WHERE id > 10");
    db.close();
    const error = await errorOf(() => checkIntegrity(path, path, never));
    expect([error.code, error.message]).toEqual(["SOURCE_CORRUPT", expect.stringMatching(/is damaged: .*\bf\b/)]);
  });

  it("finds a damaged schema page on opening", async () => {
    expect(await codeOf(() => openSqlite(damaged(100)))).toBe("SOURCE_CORRUPT");
  });

  it("says what SQLite said when it cannot be asked", async () => {
    const path = freshPath();
    const error = await errorOf(() => checkIntegrity(path, path, never));
    expect([error.code, error.message]).toEqual([
      "SOURCE_UNREADABLE",
      `${path} cannot be read: unable to open database file (SQLITE_CANTOPEN).`,
    ]);
  });

  it("does not call broken constraints damage", async () => {
    const path = makeDatabase((db) => {
      db.exec("CREATE TABLE t(a NOT NULL, b CHECK (b > 0)); INSERT INTO t VALUES (1, 1)");
      db.pragma("ignore_check_constraints = ON");
      db.exec("UPDATE t SET b = -1");
      db.unsafeMode(true);
      db.exec(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a NOT NULL, b CHECK (b > 0), c NOT NULL)'",
      );
    });
    await checkIntegrity(path, path, never);
  });
});
