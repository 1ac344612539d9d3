import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { VerifyContext } from "../../src/backups/verdict.ts";
import { verifyBackup } from "../../src/backups/verify.ts";
import { exportFolder } from "../operations/export-fixture.ts";
import { damagedFile, freshPath, sqliteFile } from "../operations/files.ts";

const three =
  "CREATE TABLE a(id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1), (2); CREATE TABLE b(x); INSERT INTO b VALUES (9)";

function verdict(path: string, changes: Partial<VerifyContext> = {}) {
  const scratch = dirname(freshPath("x"));
  const signal = new AbortController().signal;
  return verifyBackup(path, { source: null, scratch, pgRestore: "pg_restore", signal, ...changes });
}

function source(rows: Record<string, number>, orphans = 0): Partial<VerifyContext> {
  return { source: { rows: new Map(Object.entries(rows)), orphans } };
}

describe("a SQLite file", () => {
  test("is restored, checked and counted", async () => {
    const path = sqliteFile(three);
    expect(await verdict(path)).toEqual({ quality: "good", message: "restored and checked: 3 rows in 2 tables" });
    expect(await verdict(path, source({ A: 2, b: 1 }))).toEqual({
      quality: "good",
      message: "restored and checked: 3 rows in 2 tables, as many as in the source",
    });
  });

  test("the application went on since: told, not judged", async () => {
    expect(await verdict(sqliteFile(three), source({ a: 1005, b: 1 }))).toEqual({
      quality: "good",
      message: "restored and checked: 3 rows in 2 tables; a has 2 of 1,005 rows",
    });
  });

  test("a table that is missing or empty in it is doubtful, one of something else is bad", async () => {
    expect(await verdict(sqliteFile(three), source({ a: 2, b: 1, c: 1 }))).toMatchObject({
      quality: "doubtful",
      message: "restored and checked: 3 rows in 2 tables; without the source's c",
    });
    expect((await verdict(sqliteFile(`${three}; DELETE FROM b`), source({ a: 2, b: 1 }))).quality).toBe("doubtful");
    expect(await verdict(sqliteFile(three), source({ c: 1 }))).toMatchObject({ quality: "bad" });
  });

  test("commits in a WAL beside it belong to it, and it is only read", async () => {
    const live = sqliteFile("CREATE TABLE t(a)");
    const db = new Database(live);
    db.pragma("journal_mode = WAL");
    db.exec("INSERT INTO t VALUES (1), (2)");
    const path = freshPath("copy.db");
    for (const suffix of ["", "-wal"]) copyFileSync(`${live}${suffix}`, `${path}${suffix}`);
    db.close();
    const before = [readFileSync(path), readFileSync(`${path}-wal`)];
    expect((await verdict(path)).message).toBe("restored and checked: 2 rows in 1 table");
    expect([readFileSync(path), readFileSync(`${path}-wal`)]).toEqual(before);
  });

  test("damage, a cut end, an empty file and rows without parent are bad", async () => {
    expect((await verdict(damagedFile())).message).toMatch(/^it is damaged: /);
    const cut = freshPath("cut.db");
    writeFileSync(cut, readFileSync(sqliteFile(three)).subarray(0, 5000));
    expect((await verdict(cut)).quality).toBe("bad");
    const empty = freshPath("empty.db");
    writeFileSync(empty, "");
    expect(await verdict(empty)).toEqual({ quality: "bad", message: "it is empty" });
    const orphans = sqliteFile(
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p); INSERT INTO c VALUES (1)",
    );
    expect(await verdict(orphans, source({ p: 0, c: 1 }))).toEqual({
      quality: "bad",
      message: "1 row without parent; the source has 0 such rows",
    });
    expect((await verdict(orphans, source({ p: 0, c: 1 }, 1))).quality).toBe("good");
  });

  test("gzipped, and cut in the middle", async () => {
    const path = freshPath("a.db.gz");
    const bytes = gzipSync(readFileSync(sqliteFile(three)));
    writeFileSync(path, bytes);
    expect((await verdict(path)).quality).toBe("good");
    writeFileSync(path, bytes.subarray(0, bytes.length - 20));
    expect(await verdict(path)).toMatchObject({
      quality: "bad",
      message: "it cannot be unpacked: unexpected end of file",
    });
  });
});

describe("an export", () => {
  const tables = [{ table: "a", columns: ["id"], lines: ['{"id":1}', '{"id":2}'] }];

  test.each([false, true])("is what its manifest says (gzip: %s)", async (gzip) => {
    expect(await verdict(exportFolder(tables, gzip), source({ a: 2 }))).toEqual({
      quality: "good",
      message: "every file as its manifest says: 2 rows in 1 table, as many as in the source",
    });
  });

  test("changed, cut or missing files are bad", async () => {
    const folder = exportFolder(tables, false);
    const file = join(folder, "a.ndjson");
    for (const [text, message] of [
      ['{"id":1}\n{"id":3}\n', "its SHA-256 is not the manifest's"],
      ['{"id":1}\n', "has 1 rows in 9 bytes; the manifest says 2 in 18"],
      ['{"id":1}\n{"id":', "ends in the middle of a row"],
    ] as const) {
      writeFileSync(file, text);
      const found = await verdict(folder);
      expect(found.quality).toBe("bad");
      expect(found.message).toContain(message);
    }
    const cut = exportFolder(tables, true);
    const zipped = readFileSync(join(cut, "a.ndjson.gz"));
    writeFileSync(join(cut, "a.ndjson.gz"), zipped.subarray(0, zipped.length - 9));
    expect((await verdict(cut)).message).toContain("ends in the middle");
    const missing = exportFolder(tables, false);
    writeFileSync(
      join(missing, "manifest.json"),
      readFileSync(join(missing, "manifest.json"), "utf8").replace("a.ndjson", "b.ndjson"),
    );
    expect((await verdict(missing)).message).toContain("ENOENT");
    writeFileSync(join(missing, "manifest.json"), '{"format":"rowhaul-export","version":2}');
    expect((await verdict(missing)).quality).toBe("bad");
  });
});

describe("a dump", () => {
  test("as SQL text shows by its last line whether it is whole", async () => {
    const path = freshPath("dump.sql");
    const head = "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n";
    writeFileSync(path, `${head}\n--\n-- PostgreSQL database dump complete\n--\n\n`);
    expect((await verdict(path)).quality).toBe("doubtful");
    writeFileSync(
      path,
      `\\restrict abc\n\n${head}--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n`,
    );
    expect((await verdict(path)).quality).toBe("doubtful");
    writeFileSync(path, head);
    expect(await verdict(path)).toMatchObject({
      quality: "bad",
      message: expect.stringContaining("ends in the middle"),
    });
    writeFileSync(
      path,
      "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\nROLLBACK; -- due to errors\n",
    );
    expect((await verdict(path)).quality).toBe("bad");
    writeFileSync(path, "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\nCOMMIT;\n");
    expect((await verdict(path)).quality).toBe("doubtful");
  });

  test("as an archive cannot be verified without pg_restore, and broken ones are bad", async () => {
    const path = freshPath("a.dump");
    writeFileSync(path, "PGDMP and then nothing that makes sense");
    expect(await verdict(path, { pgRestore: "/no/such/pg_restore" })).toEqual({
      quality: "doubtful",
      message: "cannot be verified: there is no pg_restore here",
    });
    const there = spawnSync("pg_restore", ["--version"]).status === 0;
    if (there) expect((await verdict(path)).quality).not.toBe("good");
  });
});

test("what nobody knows is doubtful", async () => {
  const path = freshPath("a.tgz.enc");
  writeFileSync(path, "\u0001\u0002\u0003");
  expect((await verdict(path)).quality).toBe("doubtful");
  const folder = freshPath("folder");
  mkdirSync(folder);
  expect((await verdict(folder)).quality).toBe("doubtful");
});
