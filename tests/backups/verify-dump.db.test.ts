import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyBackup } from "../../src/backups/verify.ts";
import { freshPath } from "../operations/files.ts";
import { debianPostgres15 } from "../support/database.ts";

const bin = "/usr/lib/postgresql/15/bin";
const there = spawnSync(join(bin, "pg_dump"), ["--version"]).status === 0;

function verdict(path: string) {
  const scratch = join(dirname(path), "scratch");
  mkdirSync(scratch, { recursive: true });
  const pgRestore = join(bin, "pg_restore");
  return verifyBackup(path, { source: null, scratch, pgRestore, signal: new AbortController().signal });
}

describe.skipIf(!there)("PostgreSQL's own dumps", () => {
  test("are read to their end by pg_restore; cut ones are bad", async ({ skip }) => {
    const server = await debianPostgres15();
    if (server === null) return skip("PostgreSQL 15 is not installed");
    try {
      const run = (program: string, ...args: string[]) =>
        execFileSync(join(bin, program), args, { encoding: "buffer" });
      const rows =
        "CREATE TABLE t AS SELECT g AS id, md5(g::text) AS x FROM generate_series(1, 20000) AS g; CREATE TABLE u AS SELECT 1 AS a";
      run("psql", "--quiet", "--command", rows, server.url);
      for (const format of ["custom", "tar", "directory"]) {
        const path = freshPath(format);
        run("pg_dump", `--format=${format}`, `--file=${path}`, server.url);
        const found = await verdict(path);
        expect(found, format).toEqual({
          quality: "good",
          message: "read to its end by pg_restore: the rows of 2 tables",
        });
        if (format === "directory") continue;
        // The list of contents stands in front and is whole; the rows are not.
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
        expect((await verdict(path)).quality, `${format}, cut`).toBe("bad");
      }
      const plain = freshPath("plain.sql");
      run("pg_dump", `--file=${plain}`, server.url);
      expect((await verdict(plain)).message).toContain("complete by its last line");
    } finally {
      await server.stop();
    }
  });
});
