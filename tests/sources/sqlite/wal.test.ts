import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { checkWal } from "../../../src/sources/sqlite/wal.ts";
import { errorOf, freshPath, makeDatabase, openWriter } from "../../support/scratch-database.ts";
import { sharedData } from "../../support/shared-data.ts";

/** A database with its log and index as they lie there while an application is running. */
function liveCopy(): string {
  const from = freshPath();
  const to = freshPath();
  const db = openWriter(from, "wal");
  db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)");
  for (const suffix of ["", "-wal", "-shm"]) copyFileSync(from + suffix, to + suffix);
  db.close();
  return to;
}

describe("the write-ahead log", () => {
  it("is whole beside a running application", async () => {
    expect(await checkWal(liveCopy())).toBeNull();
  });

  it("does not matter to a rollback-journal database", async () => {
    const path = makeDatabase("CREATE TABLE t(a)");
    writeFileSync(`${path}-wal`, "left over");
    expect(await checkWal(path)).toBeNull();
  });

  it("may be empty", async () => {
    const path = makeDatabase("PRAGMA journal_mode = WAL; CREATE TABLE t(a)");
    writeFileSync(`${path}-wal`, "");
    expect(await checkWal(path)).toBeNull();
  });

  it("cut in the middle of a frame is refused", async () => {
    const path = liveCopy();
    rmSync(`${path}-shm`);
    truncateSync(`${path}-wal`, statSync(`${path}-wal`).size - 100);
    const error = await errorOf(() => checkWal(path));
    expect(error.code).toBe("SOURCE_WAL_INCOMPLETE");
    expect(error.message).toBe(`${path}-wal is cut short: it ends inside a frame of 4096 bytes.`);
  });

  it("cut between frames is refused when its index knows better", async () => {
    const path = liveCopy();
    const frames = (statSync(`${path}-wal`).size - 32) / 4120;
    truncateSync(`${path}-wal`, statSync(`${path}-wal`).size - 4120);
    const error = await errorOf(() => checkWal(path));
    expect(error.message).toBe(
      `${path}-wal is cut short: its index lists ${frames} frames, the file holds ${frames - 1}.`,
    );
  });

  it("missing beside its index is refused", async () => {
    const path = liveCopy();
    rmSync(`${path}-wal`);
    const error = await errorOf(() => checkWal(path));
    expect([error.code, error.message]).toEqual([
      "SOURCE_WAL_INCOMPLETE",
      `${path}-shm is there, but ${path}-wal is not: commits are missing.`,
    ]);
  });

  it("missing after a clean close is only a warning", async () => {
    const path = makeDatabase("PRAGMA journal_mode = WAL; CREATE TABLE t(a)");
    expect(await checkWal(path)).toMatch(/^a WAL database without .*-wal: .*row counts/);
  });
});

describe("real files", () => {
  const copied = (name: string, suffixes: readonly string[]): string | null => {
    const from = sharedData(`sqlite-wal/${name}`);
    if (from === null) return null;
    const path = freshPath();
    for (const suffix of suffixes) writeFileSync(path + suffix, readFileSync(from + suffix));
    return path;
  };

  it.each([
    ["wal_database.db", ["", "-wal", "-shm"]],
    ["electric-strict.sqlite", ["", "-wal"]],
  ])("%s is whole", async (name, suffixes) => {
    const path = copied(name, suffixes);
    if (path === null) return console.info(`skipped: ${name} is not beside the repository`);
    expect(await checkWal(path)).toBeNull();
    const db = new Database(path, { readonly: true });
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    db.close();
  });

  it.each([["wal_database.db", ["", "-shm"]]])("%s without its log is refused", async (name, suffixes) => {
    const path = copied(name, suffixes);
    if (path === null) return console.info(`skipped: ${name} is not beside the repository`);
    expect((await errorOf(() => checkWal(path))).code).toBe("SOURCE_WAL_INCOMPLETE");
  });

  it.each(["wal_database.db", "electric-strict.sqlite"])("%s with half its log is refused", async (name) => {
    const path = copied(name, ["", "-wal"]);
    if (path === null) return console.info(`skipped: ${name} is not beside the repository`);
    truncateSync(`${path}-wal`, Math.floor(statSync(`${path}-wal`).size / 2));
    expect((await errorOf(() => checkWal(path))).code).toBe("SOURCE_WAL_INCOMPLETE");
  });
});
