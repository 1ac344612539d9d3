import { linkSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { recentBackup } from "../../src/backups/recent-backup.ts";
import { environmentOf } from "../../src/pipeline/file/environment-of.ts";
import { environmentsSchema } from "../../src/pipeline/file/environment-settings.ts";
import { exportFolder } from "../operations/export-fixture.ts";
import { damagedFile, freshPath, sqliteFile } from "../operations/files.ts";

const now = new Date("2030-05-05T12:00:00Z");
const hour = 3_600_000;

function aged(path: string, hours: number): string {
  const time = new Date(now.getTime() - hours * hour);
  utimesSync(path, time, time);
  return path;
}

async function answers(settings: Record<string, unknown>, base: string, source: string | null = null) {
  const environment = environmentOf(environmentsSchema.parse({ production: settings }), "production");
  const scratch = join(dirname(freshPath("x")), "scratch");
  const signal = new AbortController().signal;
  const found = await recentBackup({ environment, base, source, facts: null, scratch, signal, now });
  expect(readdirSync(dirname(scratch)).includes("scratch") ? readdirSync(scratch) : []).toEqual([]);
  return (
    found?.map(({ outcome, message }) => `${outcome}: ${base === "/" ? message : message.replaceAll(base, "base")}`) ??
    null
  );
}

const sql = "CREATE TABLE t(a); INSERT INTO t VALUES (1)";
const folder = () => dirname(freshPath("backups/x"));

describe("require", () => {
  test("the newest that is recent and can be restored", async () => {
    const base = folder();
    aged(sqliteFile(sql, join(base, "old.db")), 30);
    aged(sqliteFile(sql, join(base, "new.db")), 5);
    expect(await answers({ backups: { folder: "." } }, base)).toEqual([
      "ok: base/new.db, 5h old: restored and checked: 1 row in 1 table",
    ]);
    expect(await answers({ backups: { folder: base, maxAge: "4h" } }, "/")).toEqual([
      `failure: the newest backup, ${join(base, "new.db")}, is 5h old; 4h is allowed`,
    ]);
  });

  test("a broken one is told, and an older good one stands in for it", async () => {
    const base = folder();
    aged(damagedFile(join(base, "new.db")), 1);
    aged(sqliteFile(sql, join(base, "old.db")), 2);
    const [broken, good] = (await answers({ backups: { folder: "." } }, base)) ?? [];
    expect(broken).toMatch(/^warning: base\/new.db cannot be restored: it is damaged: /);
    expect(good).toContain("ok: base/old.db, 2h old");
  });

  test("only broken ones are a failure", async () => {
    const base = folder();
    writeFileSync(join(base, "a.db"), "");
    aged(join(base, "a.db"), 1);
    expect(await answers({ backups: { folder: "." } }, base)).toEqual([
      "failure: no recent backup can be restored; base/a.db: it is empty",
    ]);
  });

  test("the source itself, by whatever name, is no backup", async () => {
    const base = folder();
    const source = sqliteFile(sql, join(base, "live.db"));
    linkSync(source, join(base, "linked.db"));
    symlinkSync(source, join(base, "symbolic.db"));
    writeFileSync(join(base, "live.db-wal"), "");
    expect(await answers({ backups: { folder: "." } }, base, source)).toEqual(["failure: there is no backup in ."]);
  });

  test("patterns, and exports among the files", async () => {
    const base = folder();
    aged(sqliteFile(sql, join(base, "kb-1.db")), 3);
    aged(sqliteFile(sql, join(base, "other.db")), 1);
    expect(await answers({ backups: { files: "kb-*.db" } }, base)).toEqual([
      expect.stringContaining("ok: base/kb-1.db, 3h old"),
    ]);
    expect(await answers({ backups: { files: ["none", "kb.*"] } }, base)).toEqual([
      "failure: there is no backup in none, kb.*",
    ]);
    aged(exportFolder([{ table: "t", columns: ["a"], lines: ['{"a":1}'] }], true, join(base, "export")), 0.5);
    expect(await answers({ backups: { folder: "." } }, base)).toEqual([
      "ok: base/export, 30m old: every file as its manifest says: 1 row in 1 table",
    ]);
  });

  test("no setting, and no folder, are failures", async () => {
    expect(await answers({}, "/")).toEqual(["failure: nothing says where the backups are"]);
    expect(await answers({ backups: { folder: "/no/such/folder" } }, "/")).toEqual([
      "failure: there is no backup in /no/such/folder",
    ]);
  });

  test("what cannot be verified is a warning", async () => {
    const base = folder();
    aged(join(writeFile(join(base, "kb.enc"))), 1);
    expect(await answers({ backups: { folder: "." } }, base)).toEqual([
      expect.stringContaining("warning: base/kb.enc, 1h old: cannot be verified"),
    ]);
  });
});

test("make and skip need none", async () => {
  expect(await answers({ backup: "make" }, "/")).toEqual(["ok: one is made before anything is changed"]);
  expect(await answers({ backup: "skip" }, "/")).toBeNull();
});

function writeFile(path: string): string {
  writeFileSync(path, "\u0001 encrypted");
  return path;
}
