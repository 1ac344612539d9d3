/** The state file's version: made, upgraded, refused, and left alone where it is right. */
import { existsSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { RunRow } from "../../../../src/core/session.ts";
import { cleanRun } from "../../../../src/targets/sqlite/state/clean.ts";
import { acquireLease, checkLease, releaseLease } from "../../../../src/targets/sqlite/state/lease.ts";
import { tables } from "../../../../src/targets/sqlite/state/migrations/001-tables.ts";
import type { Migration } from "../../../../src/targets/sqlite/state/migrations/migration.ts";
import { migrations } from "../../../../src/targets/sqlite/state/migrations/registry.ts";
import { createState, insertRun, readRun, withState } from "../../../../src/targets/sqlite/state/state.ts";
import { ensureState, hasState } from "../../../../src/targets/sqlite/state/upgrade.ts";
import { errorOf, freshPath, makeDatabase } from "../../../support/scratch-database.ts";

const row: Omit<RunRow, "createdAt"> = {
  run: "r1",
  pipeline: "app",
  schema: "main",
  staging: "rowhaul_staging_r1",
  aside: null,
  plan: "digest",
  status: "loading",
};
/** As a later version might add it: fails when it is applied twice. */
const second: Migration = { version: 2, sql: "ALTER TABLE runs ADD COLUMN host TEXT DEFAULT 'here'" };
const later = [...migrations, second];

/** As a rowhaul left it that knew of no versions, with a run in it. */
function unnumbered(): string {
  return makeDatabase((db) => {
    db.exec(tables.sql);
    insertRun(db, row, null);
  });
}

function open<T>(file: string, work: (db: Database.Database) => T): T {
  const db = new Database(file, { timeout: 5000 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

const upgrade = (file: string, to: readonly Migration[]): void => open(file, (db) => ensureState(db, file, to));
const versionOf = (file: string): unknown => open(file, (db) => db.pragma("user_version", { simple: true }));
const columns = (file: string): unknown =>
  open(file, (db) => db.prepare("SELECT name FROM pragma_table_info('runs')").pluck().all());

describe("a state file that is not there", () => {
  it("is made with its version", () => {
    const file = freshPath("new.db.rowhaul");
    createState(file);
    expect(versionOf(file)).toBe(1);
    withState(file, (db) => insertRun(db, row, null));
    expect(readRun(file, "r1")).toMatchObject(row);
  });

  it("is not made by whoever only looks, nor is anything in an empty one", () => {
    const file = freshPath("new.db.rowhaul");
    expect([readRun(file, "r1"), existsSync(file)]).toEqual([null, false]);
    const empty = makeDatabase("");
    expect([readRun(empty, "r1"), readFileSync(empty).length]).toEqual([null, 0]);
  });
});

describe("a state file from before there were versions", () => {
  it("is read as it is, and numbered by the next run", () => {
    const file = unnumbered();
    checkLease(file, "new.db", null);
    expect(readRun(file, "r1")).toMatchObject(row);
    expect(versionOf(file)).toBe(0);
    releaseLease(acquireLease(file, "new.db", "r1"));
    expect(versionOf(file)).toBe(1);
    expect(readRun(file, "r1")).toMatchObject(row);
  });

  it("comes to a later version by the migrations that it lacks", () => {
    const file = unnumbered();
    upgrade(file, later);
    expect([versionOf(file), open(file, (db) => db.prepare("SELECT run, host FROM runs").all())]).toEqual([
      2,
      [{ run: "r1", host: "here" }],
    ]);
  });

  it("comes there also for whoever only reads", () => {
    const file = unnumbered();
    expect(open(file, (db) => hasState(db, file, later))).toBe(true);
    expect(versionOf(file)).toBe(2);
  });
});

it("an upgrade that fails half way leaves the old state as it was, and usable", () => {
  const file = unnumbered();
  const before = readFileSync(file);
  const failing: Migration = {
    version: 3,
    sql: "ALTER TABLE runs ADD COLUMN more TEXT; ALTER TABLE nowhere ADD COLUMN more TEXT",
  };
  expect(() => upgrade(file, [...later, failing])).toThrow("no such table: nowhere");
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readRun(file, "r1")).toMatchObject(row);
  upgrade(file, later);
  expect(versionOf(file)).toBe(2);
});

it("of two upgrades at once the second waits, and finds it done", async () => {
  const file = unnumbered();
  const other = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     const Database = require("better-sqlite3");
     const db = new Database(workerData.file);
     db.exec("BEGIN IMMEDIATE; " + workerData.sql + "; PRAGMA user_version = 2");
     parentPort.postMessage("under way");
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
     db.exec("COMMIT");
     db.close();`,
    { eval: true, workerData: { file, sql: second.sql } },
  );
  const ended = new Promise((resolve, reject) => other.once("exit", resolve).once("error", reject));
  await new Promise((resolve, reject) => other.once("message", resolve).once("error", reject));
  upgrade(file, later);
  expect(await ended).toBe(0);
  expect([versionOf(file), open(file, (db) => db.prepare("SELECT run, host FROM runs").all())]).toEqual([
    2,
    [{ run: "r1", host: "here" }],
  ]);
  expect(columns(file)).toEqual([
    ..."run pipeline schema staging aside plan status created_at copied switched".split(" "),
    "host",
  ]);
});

it("a state file of a newer rowhaul is refused by name, and left as it is", async () => {
  const target = freshPath("new.db");
  const file = `${target}.rowhaul`;
  open(file, (db) => ensureState(db, file, later));
  const before = readFileSync(file);
  for (const work of [
    () => createState(file),
    () => readRun(file, "r1"),
    () => checkLease(file, target, null),
    () => acquireLease(file, target, "r1"),
    () => cleanRun(target, "r1"),
  ]) {
    const error = await errorOf(work);
    expect([error.code, error.message]).toEqual([
      "STATE_NEWER",
      `${file} has version 2 of the state of runs; this rowhaul knows only up to version 1.`,
    ]);
  }
  expect(readFileSync(file).equals(before)).toBe(true);
});

it("migrations are numbered from 1, without a gap", () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
});
