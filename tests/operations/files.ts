/** Files for these tests, each in a folder of its own that goes when the test file is done. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { afterEachFile } from "../support/after-file.ts";

const folders: string[] = [];
afterEachFile(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function freshPath(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-environment-"));
  folders.push(folder);
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

export function sqliteFile(sql: string, path = freshPath("data.db")): string {
  const db = new Database(path);
  db.pragma("foreign_keys = OFF");
  db.exec(sql === "" ? "PRAGMA user_version = 0; VACUUM" : sql);
  db.close();
  return path;
}

/** A page in the middle is overwritten. */
export function damagedFile(path = freshPath("damaged.db")): string {
  sqliteFile(
    `CREATE TABLE t(a, b); CREATE INDEX i ON t(b);
     WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000) INSERT INTO t SELECT x, hex(randomblob(20)) FROM n`,
    path,
  );
  const bytes = readFileSync(path);
  bytes.fill(0xaa, 4096 * 5, 4096 * 6);
  writeFileSync(path, bytes);
  return path;
}
