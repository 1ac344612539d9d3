/** A source that cannot be read or locked, or goes away while a run is under way: named as what it is. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { copySettings, cutover, readPipeline, run, type Settings, validate } from "../../../src/index.ts";
import { sqliteSource } from "../../../src/sources/sqlite/source.ts";
import { errorOf, freshPath } from "../../support/scratch-database.ts";

function folderWith(sql: string, mode = "DELETE"): string {
  const folder = freshPath("lost");
  mkdirSync(folder);
  const db = new Database(join(folder, "app.db"));
  db.pragma(`journal_mode = ${mode}`);
  db.exec(sql);
  db.close();
  return folder;
}

const table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a');";

function pipeline(folder: string, ...lines: string[]): Settings {
  const text = [
    "name: app",
    "source: { kind: sqlite, path: app.db }",
    "target: { kind: sqlite, path: new.db }",
    ...lines,
  ];
  writeFileSync(join(folder, "p.yaml"), text.join("\n"));
  return readPipeline(join(folder, "p.yaml"));
}

it("a journal that must be rolled back first is named before anything is copied", async () => {
  const folder = folderWith(table);
  const path = join(folder, "app.db");
  const db = new Database(path);
  db.pragma("cache_size = 2");
  db.exec(
    "WITH RECURSIVE n(i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO t SELECT i, hex(randomblob(200)) FROM n",
  );
  db.exec("BEGIN; UPDATE t SET v = 'half ' || v");
  // What a crash leaves: nobody holds a lock any more.
  const hot = join(folder, "hot.db");
  copyFileSync(path, hot);
  copyFileSync(`${path}-journal`, `${hot}-journal`);
  // A writer at work has such a journal, too.
  expect(await sqliteSource(path).check()).toEqual([]);
  db.exec("ROLLBACK");
  db.close();
  const before = readFileSync(hot);
  const error = await errorOf(() => sqliteSource(hot).check());
  expect([error.code, error.exit]).toEqual(["SOURCE_UNREADABLE", 2]);
  expect([error.message, error.hint]).toEqual([
    expect.stringContaining(`${hot}-journal`),
    expect.stringContaining(`sqlite3 ${hot} "PRAGMA quick_check"`),
  ]);
  expect(readFileSync(hot)).toEqual(before);
  expect((await errorOf(() => run(copySettings(hot, join(folder, "out.db"))))).code).toBe("SOURCE_UNREADABLE");
});

it("a log on read-only media is refused before the run, where a cutover needs a lock", async ({ skip }) => {
  const folder = folderWith(table, "WAL");
  const media = join(folder, "media");
  mkdirSync(media);
  const sh = (script: string): boolean => spawnSync("/bin/sh", ["-c", script], { stdio: "ignore" }).status === 0;
  if (!sh(`mount -t tmpfs tmpfs '${media}'`)) skip("this user may mount nothing");
  try {
    for (const name of ["app.db", "rollback.db"]) copyFileSync(join(folder, "app.db"), join(media, name));
    const plain = new Database(join(media, "rollback.db"));
    plain.pragma("journal_mode = DELETE");
    plain.close();
    if (!sh(`mount -o remount,ro '${media}'`)) skip("this user may remount nothing");
    const error = await errorOf(() => sqliteSource(join(media, "app.db")).checkLockable());
    expect([error.code, error.exit]).toEqual(["SOURCE_NOT_LOCKABLE", 2]);
    expect(error.message).toContain("in WAL mode on read-only media");
    sqliteSource(join(media, "rollback.db")).checkLockable();
  } finally {
    sh(`umount '${media}'`);
  }
});

it.each([
  ["removed", "SOURCE_NOT_FOUND", (path: string) => rmSync(path)],
  [
    "replaced",
    "SOURCE_CHANGED",
    (path: string) => {
      const other = join(folderWith(`${table} INSERT INTO t VALUES (2, 'b')`), "app.db");
      renameSync(other, path);
    },
  ],
  ["replaced by something else", "SOURCE_NOT_SQLITE", (path: string) => writeFileSync(path, "x".repeat(5000))],
] as const)("a source that is %s after the snapshot is not switched away from", async (_, code, lose) => {
  const folder = folderWith(table);
  writeFileSync(join(folder, ".env"), "DATABASE_URL=old\n");
  const settings = pipeline(folder, "cutover:", '  - { file: .env, set: { DATABASE_URL: "${target.url}" } }');
  await run(settings, { until: "validate" });
  lose(join(folder, "app.db"));
  const error = await errorOf(() => cutover(settings));
  expect([error.code, error.exit]).toEqual([code, 2]);
  expect(error.message).toContain(join(folder, "app.db"));
  expect(readFileSync(join(folder, ".env"), "utf8")).toBe("DATABASE_URL=old\n");
});

it("what arrived is proven without its source, and a run that is done stays done", async () => {
  const folder = folderWith(table);
  const settings = pipeline(folder);
  expect((await run(settings)).stage).toBe("done");
  rmSync(join(folder, "app.db"));
  const notices: string[] = [];
  const onEvent = (event: { readonly type: string; readonly message?: string }): void => {
    if (event.type === "notice") notices.push(event.message ?? "");
  };
  expect((await validate(settings, { onEvent })).outcome).toBe("validated");
});

it("damage to a full-text index is named with its table", async () => {
  const folder = folderWith(
    "CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES ('one two three'), ('two three four')",
  );
  const path = join(folder, "app.db");
  const db = new Database(path);
  db.unsafeMode(true);
  db.exec("UPDATE f_data SET block = x'0102' WHERE id > 10");
  db.close();
  const error = await errorOf(() => run(copySettings(path, join(folder, "out.db"))));
  expect([error.code, error.exit]).toEqual(["SOURCE_CORRUPT", 2]);
  expect(error.message).toContain('table "f"');
});
