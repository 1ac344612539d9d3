import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../../../src/core/session.ts";
import { sha256OfFile } from "../../../src/system/file-digest.ts";
import { processText, thisProcess } from "../../../src/system/process.ts";
import { acquireLease } from "../../../src/targets/sqlite/state/lease.ts";
import { stateFile } from "../../../src/targets/sqlite/switch/places.ts";
import { never } from "../../support/never.ts";
import { codeOf, freshPath, makeDatabase } from "../../support/scratch-database.ts";
import { switchNow } from "../postgres/switch/switching.ts";
import { differences, type Prepared, prepare, prove, runAll, stepsOf } from "./run.ts";

const fill = `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); INSERT INTO t (a) VALUES ('one'), ('two');
  CREATE INDEX ta ON t (a); CREATE VIEW v AS SELECT a FROM t;
  CREATE VIRTUAL TABLE f USING fts5(a, content='t', content_rowid='id'); INSERT INTO f (f) VALUES ('rebuild');
  CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO f (rowid, a) VALUES (new.id, new.a); END;`;
let source: string;
beforeAll(() => {
  source = makeDatabase(fill);
});

const rows = (path: string, sql = "SELECT a FROM t"): unknown[] => {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return db.prepare(sql).pluck().all();
  } finally {
    db.close();
  }
};
const beside = (path: string): string[] =>
  readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path)))
    .map((name) => name.slice(basename(path).length))
    .sort();
const write = (path: string, sql: string): void => {
  const db = new Database(path);
  db.exec(sql);
  db.close();
};

/** A process that took the lease and is gone. */
function dieHolding(path: string, run: string): void {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const lease = acquireLease(stateFile(path), path, run);
  const db = new Database(stateFile(path));
  const dead = processText({ ...thisProcess(), pid });
  db.prepare("UPDATE lease SET owner = ? WHERE token = ?").run(dead, lease.token);
  db.close();
}

/** What stood there before every run. */
async function standing(existing: Prepared["existing"]): Promise<Prepared> {
  const path = freshPath();
  if (existing !== "refuse") makeDatabase("CREATE TABLE old (x); INSERT INTO old VALUES ('before')", path);
  return prepare(source, path, { existing });
}

describe.each(["refuse", "keep-aside"] as const)("with existing: %s", { timeout: 20_000 }, (existing) => {
  it("goes on after a kill between any two steps, each time by another process", async () => {
    const prepared = await standing(existing);
    const { target, run, path, plan } = prepared;
    for (const step of stepsOf(prepared)) {
      const session = await target.acquire(run, plan, never);
      await step.act(session);
      await session.release();
      dieHolding(path, run);
      if (step.name === "loaded") expect(differences(await prove(prepared, plan.target.staging))).toEqual([]);
      if (!["switch", "done"].includes(step.name))
        expect(existsSync(path) ? rows(path, "SELECT x FROM old") : []).toEqual(
          existing === "refuse" ? [] : ["before"],
        );
    }
    prepared.frozen.close();
    expect(rows(path)).toEqual(["one", "two"]);
    expect(differences(await prove(prepared, "main"))).toEqual([]);
    expect((await target.runs.read(run))?.status).toBe("done");
    expect(rows(path, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'rowhaul%'")).toEqual([0]);
  });

  it("repeats a step whose record was lost, whole", async () => {
    const prepared = await standing(existing);
    const { target, run, path, plan } = prepared;
    const session = await target.acquire(run, plan, never);
    const state = new Database(stateFile(path));
    for (const step of stepsOf(prepared)) {
      await step.act(session);
      // What the state said before the last write: killed between the file's rename and its record.
      if (step.name === "create") {
        state.exec("DELETE FROM runs");
        await step.act(session);
      }
      if (step.name === "switch") {
        state.exec("UPDATE runs SET status = 'loaded'");
        await step.act(session);
        expect((await target.runs.read(run))?.status).toBe("switched");
      }
    }
    state.close();
    await session.release();
    prepared.frozen.close();
    expect(rows(path)).toEqual(["one", "two"]);
  });

  it("rolls back and forward again, and cleans up", async () => {
    const { target, run, path, plan } = await runAll(source, freshPathWith(existing), { existing });
    const session = await target.acquire(run, plan, never);
    const back = (discardNewWrites: boolean) =>
      session.switchBack({ discardNewWrites, status: "rolled back", signal: never });
    const kept = existing === "refuse" ? [] : ["before"];
    expect(await target.runs.changedSince(run, plan)).toEqual([]);
    write(path, "PRAGMA journal_mode = WAL");
    expect(await target.runs.changedSince(run, plan)).toEqual([]);
    write(path, "INSERT INTO t (a) VALUES ('three')");
    expect(await target.runs.changedSince(run, plan)).toEqual(["t", "f"]);
    expect(await codeOf(() => back(false))).toBe("ROLLBACK_REFUSED");
    expect(rows(path)).toEqual(["one", "two", "three"]);
    await back(true);
    await back(true);
    expect(existsSync(path) ? rows(path, "SELECT x FROM old") : []).toEqual(kept);
    expect((await target.runs.read(run))?.status).toBe("rolled back");
    expect(beside(path)).toEqual([...(existing === "refuse" ? [] : [""]), ".rowhaul", ".rowhaul-r1"]);
    await switchNow(session);
    expect(rows(path)).toEqual(["one", "two", "three"]);
    await session.release();
    const removed = await target.runs.clean(run);
    expect(removed.length).toBe(existing === "refuse" ? 2 : 3);
    // Logs are left by the reading above, of a file in WAL mode.
    expect(beside(path).filter((name) => !/^-(wal|shm)$/.test(name))).toEqual([""]);
    expect(await target.runs.clean(run)).toEqual([]);
  });
});

function freshPathWith(existing: Prepared["existing"]): string {
  const path = freshPath();
  if (existing !== "refuse") makeDatabase("CREATE TABLE old (x); INSERT INTO old VALUES ('before')", path);
  return path;
}

describe("half a switch", () => {
  it.each(["linked", "renamed"] as const)("is undone when it was %s", async (how) => {
    const { target, run, path, plan } = await runAll(source, freshPathWith("keep-aside"), { existing: "keep-aside" });
    const session = await target.acquire(run, plan, never);
    const state = new Database(stateFile(path));
    const { linkSync, renameSync } = await import("node:fs");
    if (how === "linked") {
      // The old file has its second name, and the new one does not stand in its place yet.
      renameSync(path, `${path}.rowhaul-${run}`);
      linkSync(`${path}.before-${run}`, path);
    }
    state.exec("UPDATE runs SET status = 'loaded'");
    await session.switchBack({ discardNewWrites: true, status: "loaded", signal: never });
    expect(rows(path, "SELECT x FROM old")).toEqual(["before"]);
    expect(rows(`${path}.rowhaul-${run}`)).toEqual(["one", "two"]);
    expect(existsSync(`${path}.before-${run}`)).toBe(false);
    await switchNow(session);
    expect(rows(path)).toEqual(["one", "two"]);
    state.close();
    await session.release();
  });
});

it("the old file's digest is in the state before the file is kept, so that no kept file lacks one", async () => {
  const prepared = await standing("keep-aside");
  const { target, run, path, plan } = prepared;
  const session = await target.acquire(run, plan, never);
  for (const step of stepsOf(prepared).slice(0, -2)) await step.act(session);
  // In the way of keeping it: as far as a kill at that instant comes.
  mkdirSync(`${path}.before-${run}`);
  await expect(switchNow(session)).rejects.toThrow();
  const [switched] = rows(stateFile(path), "SELECT switched FROM runs");
  expect(JSON.parse(String(switched)).kept).toBe(await sha256OfFile(path));
  expect(rows(path, "SELECT x FROM old")).toEqual(["before"]);
  await session.release();
  prepared.frozen.close();
});

describe("the lease", () => {
  it("keeps a second run out, names the first, and is taken over from a dead one", async () => {
    const { target, plan, frozen } = await prepare(source, freshPath());
    frozen.close();
    await target.runs.checkFree(null);
    const session = await target.acquire("first", plan, never);
    await expect(target.acquire("second", plan, never)).rejects.toThrow(/Run first is at work on .*process/);
    expect(await codeOf(() => target.runs.checkFree("second"))).toBe("RUN_IN_PROGRESS");
    await session.release();
    dieHolding(target.shown, "first");
    const second: Session = await target.acquire("second", plan, never);
    await second.release();
    await target.runs.checkFree(null);
  });

  it("lets nothing be committed by a run that lost it", async () => {
    const prepared = await prepare(source, freshPath());
    const { target, run, path, plan } = prepared;
    const session = await target.acquire(run, plan, never);
    const [create, load] = stepsOf(prepared);
    await create?.act(session);
    write(stateFile(path), "UPDATE lease SET token = token + 1");
    expect(await codeOf(() => load?.act(session))).toBe("LEASE_LOST");
    expect(rows(`${path}.rowhaul-${run}`)).toEqual([]);
    prepared.frozen.close();
  });
});

describe("ledger and quarantine", () => {
  it("are committed with the rows, and stay readable after the switch", async () => {
    const prepared = await prepare(source, freshPath());
    const { target, run, path, plan, frozen } = prepared;
    const session = await target.acquire(run, plan, never);
    const ledger = [{ table: "t", key: "id=1", column: "a", before: "'x'", after: null, rule: "R:null" }];
    const quarantine = [{ table: "t", key: "id=7", row: { id: "7", a: "'y'" }, rule: "R:quarantine" }];
    const [table] = plan.tables;
    const [unit] = plan.units;
    if (table === undefined || unit === undefined) throw new Error("nothing planned");
    const part = { table: "t", from: null, to: null, rows: 2 };
    const steps = stepsOf(prepared);
    await steps[0]?.act(session);
    const parts = [{ table, part, snapshot: frozen.path, batches: [], ledger, quarantine, positions: [] }];
    const signal = new AbortController().signal;
    expect(await session.loadUnit(unit.id, parts, { progress() {}, signal })).toBe(2);
    const expected = { ledger, quarantine, changed: 1, quarantined: 1 };
    expect(await target.runs.ledger(run, 10)).toEqual(expected);
    for (const step of steps.slice(1)) await step.act(session);
    expect(await target.runs.ledger(run, 10)).toEqual(expected);
    expect(await target.runs.ledger(run, 0)).toEqual({ ...expected, ledger: [], quarantine: [] });
    expect(rows(path)).toEqual(["one", "two"]);
    await session.release();
    frozen.close();
  });
});

it("whoever lost the target writes no status", { timeout: 20_000 }, async () => {
  const prepared = await standing("refuse");
  const { target, run, path, plan } = prepared;
  const session = await target.acquire(run, plan, never);
  for (const step of stepsOf(prepared).filter(({ name }) => name !== "done")) await step.act(session);
  write(stateFile(path), "UPDATE lease SET token = token + 1");
  expect(await codeOf(() => session.setStatus("done"))).toBe("LEASE_LOST");
  expect((await target.runs.read(run))?.status).toBe("switched");
  write(stateFile(path), "UPDATE lease SET token = token - 1; DELETE FROM runs");
  expect(await codeOf(() => session.setStatus("done"))).toBe("LOAD_LOST");
  await session.release();
  prepared.frozen.close();
});
