/** The proof of rows in an application's tables: what the loader, or anybody, did to the copy besides shows. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { SqliteExisting } from "../../../src/targets/sqlite/settings.ts";
import { stagingFile } from "../../../src/targets/sqlite/switch/places.ts";
import { never } from "../../support/never.ts";
import { errorOf, makeDatabase } from "../../support/scratch-database.ts";
import { differences, prepare, prove, runAll, stepsOf } from "./run.ts";

const live =
  "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n REAL DEFAULT 7); CREATE INDEX t_v ON t (v); CREATE TRIGGER tr AFTER DELETE ON t BEGIN SELECT 1; END; INSERT INTO t VALUES (1, 'old one', 1), (9, 'old nine', 2)";
const rows = (first: number): string =>
  `CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (${first}, 'new'), (2, 5), (3, NULL)`;
const respell = { accept: [{ code: "TARGET_RESPELLS", at: "t.v", policy: "respell", why: null }] } as const;

/** What the validators say when `harm` was done to the copy before they looked. */
async function harmed(existing: SqliteExisting, first: number, harm: string): Promise<string[]> {
  const path = makeDatabase(live);
  const prepared = await prepare(makeDatabase(rows(first)), path, { existing, settings: respell });
  const session = await prepared.target.acquire("r1", prepared.plan, never);
  try {
    for (const step of stepsOf(prepared).slice(0, -2)) await step.act(session);
    expect(differences(await prove(prepared, prepared.plan.target.staging))).toEqual([]);
    const file = new Database(stagingFile(path, "r1"));
    file.exec(harm);
    file.close();
    return differences(await prove(prepared, prepared.plan.target.staging));
  } finally {
    await session.release();
    prepared.frozen.close();
  }
}

describe("the proof of rows in tables that were there", () => {
  it.each([
    ["append", 4, "UPDATE t SET v = 'other' WHERE id = 4", /^parity \| t \| id=4 \| v \| "new" \| "other"/],
    ["append", 4, "UPDATE t SET v = '6' WHERE id = 2", /^parity \| t \| id=2 \| v \| "5" \| "6"/],
    ["append", 4, "UPDATE t SET v = '' WHERE id = 3", /^parity \| t \| id=3 \| v \| NULL \| ""/],
    ["append", 4, "DELETE FROM t WHERE id = 3", /^parity \| t \| id=3 \| The row is not in the target/],
    ["append", 4, "UPDATE t SET n = 3 WHERE id = 9", /^parity \| t \| id=9 \| A row that was there is not as it was/],
    ["append", 4, "DELETE FROM t WHERE id = 1", /^parity \| t \| id=1 \| A row that was there is not as it was/],
    ["append", 4, "INSERT INTO t VALUES (77, 'x', 1)", /^counts \| t \| 3 rows \| 6 rows/],
    ["merge", 1, "UPDATE t SET v = 'old one' WHERE id = 1", /^parity \| t \| id=1 \| v \| "new" \| "old one"/],
    ["merge", 1, "UPDATE t SET v = 'x' WHERE id = 9", /^parity \| t \| id=9 \| A row that was there is not as it was/],
    ["skip", 1, "UPDATE t SET v = 'new' WHERE id = 1", /^parity \| t \| id=1 \| A row that was there is not as it was/],
    ["skip", 1, "UPDATE t SET v = 'x' WHERE id = 2", /^parity \| t \| id=2 \| v \| "5" \| "x"/],
    ["replace", 1, "INSERT INTO t VALUES (9, 'old nine', 2)", /^parity \| t \| id=9 \| The target has a row/],
    ["replace", 1, "UPDATE t SET v = 'x' WHERE id = 1", /^parity \| t \| (row)?id=1 \| v \| "new" \| "x"/],
    ["replace", 1, "DROP INDEX t_v", /^schema \| t \| The index t_v of the application's is gone/],
    ["append", 4, "DROP TRIGGER tr", /^schema \| t \| The trigger tr of the application's is gone/],
    [
      "merge",
      1,
      "ALTER TABLE t ADD COLUMN more",
      /^schema \| t \| The table t of the application's is not what it was/,
    ],
    ["skip", 1, "CREATE INDEX more ON t (n)", /^schema \| t \| The index more was not there before/],
  ] as const)("%s: %i, then %s", async (existing, first, harm, expected) => {
    const found = await harmed(existing, first, harm);
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it("needs both files in one text encoding", async () => {
    const path = makeDatabase((db) => {
      db.pragma("encoding = 'UTF-16le'");
      db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n)");
    });
    const error = await errorOf(() => runAll(makeDatabase(rows(4)), path, { existing: "append", settings: respell }));
    expect([error.code, error.message]).toEqual([
      "TARGET_MISMATCH",
      expect.stringContaining("are UTF-16le, those of the rows that come UTF-8"),
    ]);
  });
});
