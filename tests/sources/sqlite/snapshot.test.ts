import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { samePages, takeSnapshot } from "../../../src/sources/sqlite/snapshot.ts";
import { sqliteSource } from "../../../src/sources/sqlite/source.ts";
import { fingerprint } from "../../../src/sqlite/fingerprint.ts";
import { codeOf, errorOf, freshPath, makeDatabase, openWriter } from "../../support/scratch-database.ts";

const never = new AbortController().signal;
const nothing = () => {};

/** Two tables whose balances add up to the same in every committed state, and enough pages for many steps. */
function bank(mode: "wal" | "delete"): string {
  const db = openWriter(freshPath(), mode);
  db.exec(
    `CREATE TABLE one(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
     CREATE TABLE two(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
     CREATE TABLE log(amount INTEGER NOT NULL, note TEXT);
     CREATE TABLE ballast(b BLOB);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO one SELECT i, 1000 FROM n;
     INSERT INTO two SELECT id, 1000 FROM one`,
  );
  for (let i = 0; i < 40; i++) db.prepare("INSERT INTO ballast VALUES (randomblob(1000000))").run();
  db.close();
  return db.name;
}

function sums(path: string): { one: number; two: number; log: number; integrity: unknown } {
  const db = new Database(path, { readonly: true });
  const sum = (sql: string): number => db.prepare(sql).pluck().get() as number;
  const found = {
    one: sum("SELECT sum(balance) FROM one"),
    two: sum("SELECT sum(balance) FROM two"),
    log: sum("SELECT coalesce(sum(amount), 0) FROM log"),
    integrity: db.pragma("integrity_check", { simple: true }),
  };
  db.close();
  return found;
}

async function withWriter(path: string, work: (commits: () => number) => Promise<void>): Promise<void> {
  const child: ChildProcess = fork(fileURLToPath(new URL("writer.mjs", import.meta.url)), [path]);
  let commits = 0;
  child.on("message", (count) => {
    commits = Number(count);
  });
  await once(child, "message");
  try {
    await work(() => commits);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

describe.each(["wal", "delete"] as const)("a snapshot of a database in journal mode %s that is written to", (mode) => {
  it("is one committed state, whole and in a file of its own", async () => {
    const path = bank(mode);
    await withWriter(path, async (commits) => {
      for (let round = 0; round < 3; round++) {
        const before = commits();
        const destination = freshPath();
        const start = Date.now();
        const snapshot = await takeSnapshot(path, destination, nothing, never);
        expect(Date.now() - start).toBeLessThan(10_000);
        const { one, two, log, integrity } = sums(destination);
        expect({ total: one + two, moved: 500_000 - one, integrity }).toEqual({
          total: 1_000_000,
          moved: log,
          integrity: "ok",
        });
        expect(snapshot.bytes).toBe(statSync(destination).size);
        expect(statSync(destination).mode & 0o777).toBe(0o600);
        expect(snapshot.sha256).toBe(createHash("sha256").update(readFileSync(destination)).digest("hex"));
        expect(readFileSync(destination).readUInt16BE(18)).toBe(0x0101);
        for (const left of ["-wal", "-shm", "-journal", ".part"]) expect(existsSync(destination + left)).toBe(false);
        while (commits() <= before) await new Promise((resolve) => setTimeout(resolve, 5));
        expect(await codeOf(() => sqliteSource(path).checkUnchanged(snapshot, never))).toBe("SOURCE_CHANGED");
      }
    });
  }, 40_000);
});

describe("a snapshot", () => {
  it("of a quiet database has its fingerprint and its pages", async () => {
    const path = makeDatabase("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    const snapshot = await takeSnapshot(path, freshPath(), nothing, never);
    expect(snapshot.fingerprint).toBe(fingerprint(path));
    expect(samePages(path, snapshot.path)).toBe(true);
    expect(await sqliteSource(path).verify(snapshot)).toBe(true);
    writeFileSync(snapshot.path, "changed");
    expect(await sqliteSource(path).verify(snapshot)).toBe(false);
    expect(await sqliteSource(path).verify({ ...snapshot, path: freshPath() })).toBe(false);
  });

  it("holds what is only in the log", async () => {
    const db = openWriter(freshPath(), "wal");
    db.pragma("wal_autocheckpoint = 0");
    db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
    const snapshot = await takeSnapshot(db.name, freshPath(), nothing, never);
    db.close();
    const copy = new Database(snapshot.path, { readonly: true });
    expect(copy.prepare("SELECT sum(a) FROM t").pluck().get()).toBe(6);
    copy.close();
  });

  it("takes away a half-written one of before, and replaces one that is there", async () => {
    const destination = freshPath();
    writeFileSync(`${destination}.part`, "half");
    writeFileSync(destination, "old");
    await takeSnapshot(makeDatabase("CREATE TABLE t(a)"), destination, nothing, never);
    expect(existsSync(`${destination}.part`)).toBe(false);
    expect(tablesOf(destination)).toEqual(["t"]);
  });

  it("reports its pages", async () => {
    const seen: [number, number][] = [];
    await takeSnapshot(bank("wal"), freshPath(), (done, total) => seen.push([done, total]), never);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.every(([done, total], i) => done <= total && done >= (seen[i - 1]?.[0] ?? 0))).toBe(true);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const destination = freshPath();
    const stop = new AbortController();
    const taking = takeSnapshot(bank("wal"), destination, () => stop.abort(), stop.signal);
    await expect(taking).rejects.toThrow(/abort/i);
    expect(existsSync(destination) || existsSync(`${destination}.part`)).toBe(false);
  });

  it("of a locked source is refused", async () => {
    const db = openWriter(freshPath(), "delete");
    db.exec("CREATE TABLE t(a); BEGIN EXCLUSIVE");
    expect(await codeOf(() => takeSnapshot(db.name, freshPath(), nothing, never))).toBe("SOURCE_BUSY");
    db.close();
  }, 40_000);

  it("of a log on read-only media copies both files first", async ({ skip }) => {
    const folder = freshPath("media");
    mkdirSync(folder);
    const db = openWriter(join(folder, "file.db"), "wal");
    db.pragma("wal_autocheckpoint = 0");
    db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (42)");
    const media = freshPath("media");
    mkdirSync(media);
    for (const suffix of ["", "-wal"]) writeFileSync(join(media, `file.db${suffix}`), readFileSync(db.name + suffix));
    db.close();
    chmodSync(media, 0o555);
    const root = process.geteuid?.() === 0;
    if (root && process.seteuid === undefined) return skip("root writes everywhere");
    const out = freshPath("out");
    mkdirSync(out);
    chmodSync(out, 0o777);
    if (root) process.seteuid?.(65534);
    try {
      const snapshot = await takeSnapshot(join(media, "file.db"), join(out, "copy.db"), nothing, never);
      const copy = new Database(snapshot.path, { readonly: true });
      expect(copy.prepare("SELECT a FROM t").pluck().get()).toBe(42);
      copy.close();
      expect(readdirSync(out)).toEqual(["copy.db"]);
      expect(readdirSync(media).sort()).toEqual(["file.db", "file.db-wal"]);
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(media, 0o755);
    }
  });
});

describe("a place that cannot be written to", () => {
  it("is a folder that is not there", async () => {
    const destination = join(freshPath("missing"), "copy.db");
    const error = await errorOf(() => takeSnapshot(makeDatabase("CREATE TABLE t(a)"), destination, nothing, never));
    expect([error.code, error.message.includes(destination)]).toEqual(["LOCAL_DISK", true]);
  });

  it("is a full disk; no half file stays", async ({ skip }) => {
    if (!existsSync("/usr/bin/prlimit")) return skip("prlimit is not installed");
    const source = bank("wal");
    const destination = freshPath("full.db");
    const limit = (bytes: string) =>
      execFileSync("/usr/bin/prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:`]);
    limit("5000000");
    try {
      const error = await errorOf(() => takeSnapshot(source, destination, nothing, never));
      expect([error.code, error.message.includes(destination)]).toEqual(["LOCAL_DISK", true]);
    } finally {
      limit("unlimited");
    }
    expect(readdirSync(dirname(destination)).filter((name) => name.includes("full.db"))).toEqual([]);
  });
});

function tablesOf(path: string): unknown[] {
  const db = new Database(path, { readonly: true });
  const names = db.prepare("SELECT name FROM sqlite_schema").pluck().all();
  db.close();
  return names;
}
