import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { makeBackup } from "../../src/backups/make-backup.ts";
import { freshPath, sqliteFile } from "../operations/files.ts";

const signal = new AbortController().signal;

function snapshotOf(path: string) {
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { path, sha256, takenAt: "2030-05-05T12:34:56.789Z" };
}

test("a dated copy of the snapshot, private, that can be restored", async () => {
  const snapshot = snapshotOf(sqliteFile("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)"));
  const base = dirname(freshPath("x"));
  const request = { snapshot, name: "kb", folder: null, base, signal };
  const { path } = await makeBackup(request);
  expect(path).toBe(join(base, "backups", `kb-20300505T123456Z-${snapshot.sha256.slice(0, 8)}.db`));
  expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
  const db = new Database(path, { readonly: true });
  expect(db.prepare("SELECT count(*) FROM t").pluck().get()).toBe(2);
  db.close();
  // The same again leaves one file and nothing beside it.
  expect((await makeBackup(request)).path).toBe(path);
  expect(readdirSync(dirname(path))).toHaveLength(1);
});

test("a snapshot that is not the one that was taken makes no backup", async () => {
  const snapshot = snapshotOf(sqliteFile("CREATE TABLE t(a)"));
  appendFileSync(snapshot.path, "x");
  const folder = dirname(freshPath("x"));
  const made = makeBackup({ snapshot, name: "kb", folder, base: "/", signal });
  await expect(made).rejects.toMatchObject({ code: "BACKUP_FAILED", exit: 2 });
  expect(readdirSync(folder)).toEqual([]);
});

test("a snapshot that cannot be restored makes no backup", async () => {
  const path = sqliteFile("CREATE TABLE t(a)");
  const db = new Database(path);
  db.exec("DROP TABLE t");
  db.close();
  const folder = dirname(freshPath("x"));
  const made = makeBackup({ snapshot: snapshotOf(path), name: "kb", folder, base: "/", signal });
  await expect(made).rejects.toThrow("The backup cannot be restored: it holds no tables.");
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder that cannot be made", async () => {
  const snapshot = snapshotOf(sqliteFile("CREATE TABLE t(a)"));
  const file = freshPath("file");
  writeFileSync(file, "");
  const made = makeBackup({ snapshot, name: "kb", folder: join(file, "backups"), base: "/", signal });
  await expect(made).rejects.toMatchObject({ code: "BACKUP_FAILED" });
});

test("an existing folder keeps its permissions", async () => {
  const folder = freshPath("shared");
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  const snapshot = snapshotOf(sqliteFile("CREATE TABLE t(a)"));
  const { path } = await makeBackup({ snapshot, name: "kb", folder, base: "/", signal });
  expect(existsSync(path)).toBe(true);
  expect(statSync(folder).mode & 0o777).toBe(0o755);
});
