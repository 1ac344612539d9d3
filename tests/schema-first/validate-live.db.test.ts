/** After the rows went into the application's tables, `validate` reads those tables: what was changed there since is found. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { copySettings, RowhaulError, run, validate } from "../../src/index.ts";
import { freshDatabase } from "../support/database.ts";
import { makeDatabase } from "../support/scratch-database.ts";
import { liveRows } from "./pairs/live-rows.ts";
import { playAll } from "./play.ts";

const source =
  "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, at DATETIME); INSERT INTO t VALUES (1, 'a', '2024-01-02T03:04:05Z'), (2, 'b', NULL), (3, 'c', '2024-01-02T03:04:06Z')";
const live =
  "CREATE TABLE t (id int PRIMARY KEY, v varchar(10), at timestamptz, extra int DEFAULT 1); INSERT INTO t VALUES (2, 'old', now(), 7), (50, 'seeded', now(), 8)";

playAll("proved and undone on the live rows", liveRows);

describe.concurrent("validate, after the rows went into live tables", () => {
  it.each(["append", "merge", "replace"] as const)("finds nothing where nothing was changed: %s", (existing) =>
    afterRun(existing, "", async (again) => {
      await again();
    }),
  );

  it.each([
    ["a cell changed", "UPDATE t SET v = 'changed' WHERE id = 1"],
    ["a moment changed by a microsecond", "UPDATE t SET at = at + interval '1 microsecond' WHERE id = 3"],
    ["a NULL filled", "UPDATE t SET at = now() WHERE id = 2"],
    ["a row deleted", "DELETE FROM t WHERE id = 3"],
    ["all rows deleted", "DELETE FROM t"],
    ["a key changed", "UPDATE t SET id = 99 WHERE id = 2"],
  ])("exits 4 after %s", (_, sql) =>
    afterRun("replace", sql, async (again) => {
      const exit = await again().then(
        () => 0,
        (thrown: unknown) => (thrown instanceof RowhaulError ? thrown.exit : thrown),
      );
      expect(exit).toBe(4);
    }),
  );
});

async function afterRun(
  existing: "append" | "merge" | "replace",
  sql: string,
  work: (again: () => ReturnType<typeof validate>) => Promise<void>,
): Promise<void> {
  const db = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-validate-"));
  chmodSync(folder, 0o755);
  try {
    await db.pool.query(existing === "append" ? live.replace("(2, 'old', now(), 7), ", "") : live);
    const settings = copySettings(makeDatabase(source), db.url, { existing, folder });
    await run(settings);
    if (sql !== "") await db.pool.query(sql);
    await work(() => validate(settings));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await db.drop();
  }
}
