/** What says how a run switched is gone, in its folder or on the server; and that clean leaves nothing there. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { clean, load, plan, readPipeline, rollback, run, type Settings, validate } from "../../src/index.ts";
import { homeOf } from "../../src/pipeline/home-of.ts";
import { processText, thisProcess } from "../../src/system/process.ts";
import { acquireLease } from "../../src/targets/postgres/state/lease.ts";
import { relations, schemas, value } from "../cli/workspace.ts";
import { useDatabase } from "../support/database.ts";
import { errorOf, freshPath } from "../support/scratch-database.ts";

const database = useDatabase();

/** With a table of the application's that was there before. */
async function scene(): Promise<Settings> {
  await database.pool.query(
    "DROP SCHEMA IF EXISTS rowhaul CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE t (mine int); INSERT INTO t VALUES (7)",
  );
  for (const name of (await schemas(database.pool)).filter((one) => one.startsWith("rowhaul_")))
    await database.pool.query(`DROP SCHEMA "${name}" CASCADE`);
  const folder = freshPath("lost");
  mkdirSync(folder);
  const db = new Database(join(folder, "app.db"));
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  db.close();
  const lines = [
    "name: app",
    "source: { kind: sqlite, path: app.db }",
    `target: { kind: postgres, url: "${database.url}", existing: keep-aside }`,
  ];
  writeFileSync(join(folder, "p.yaml"), lines.join("\n"));
  return readPipeline(join(folder, "p.yaml"));
}

const statements = (details: readonly string[]): string[] =>
  details.flatMap((line) => /^By hand: (.*;)$/.exec(line)?.[1] ?? []);

it("a cutover that was interrupted, without its journal: the printed statements put everything back", async () => {
  const settings = await scene();
  await run(settings);
  const folder = homeOf(settings).latest();
  rmSync(folder?.journalPath ?? "");
  const record = JSON.parse(readFileSync(folder?.file("run.json") ?? "", "utf8"));
  writeFileSync(folder?.file("run.json") ?? "", JSON.stringify({ ...record, stage: "validated" }));
  for (const command of [() => run(settings), () => validate(settings), () => clean(settings)]) {
    const { code, exit } = await errorOf(command);
    expect([code, exit]).toEqual(["STATE_LOST", 6]);
  }
  const error = await errorOf(() => rollback(settings));
  expect([error.code, error.exit]).toEqual(["STATE_LOST", 6]);
  expect(await value(database.pool, "SELECT count(*)::int FROM t")).toBe(2);
  for (const statement of statements(error.details)) await database.pool.query(statement);
  expect(await value(database.pool, "SELECT mine FROM t")).toBe(7);
  // What is left of the run is let go by a fresh one, and goes with it.
  expect((await run(settings, { fresh: true })).stage).toBe("done");
  await rollback(settings);
  await clean(settings);
  expect(await schemas(database.pool)).toEqual(["public"]);
  expect(await value(database.pool, "SELECT mine FROM t")).toBe(7);
});

it("the run's record and its journal are damaged: clean goes by what the server says", async () => {
  const settings = await scene();
  await run(settings);
  const folder = homeOf(settings).latest();
  for (const name of ["run.json", "journal.jsonl"]) writeFileSync(folder?.file(name) ?? "", "x\ny\n");
  await database.pool.query("UPDATE rowhaul.runs SET status = 'switched'");
  const before = await schemas(database.pool);
  const error = await errorOf(() => clean(settings));
  expect([error.code, error.exit, error.hint]).toEqual(["RUN_FILE_DAMAGED", 2, expect.stringContaining("--fresh")]);
  expect(await schemas(database.pool)).toEqual(before);
  await database.pool.query("UPDATE rowhaul.runs SET status = 'done'");
  await clean(settings);
  expect([await schemas(database.pool), await value(database.pool, "SELECT count(*)::int FROM t")]).toEqual([
    ["public"],
    2,
  ]);
});

it("the whole folder: the server remembers the run, and clean does not pass it over", async () => {
  const settings = await scene();
  await run(settings);
  rmSync(homeOf(settings).path, { recursive: true });
  for (const command of [() => rollback(settings), () => clean(settings)]) {
    const error = await errorOf(command);
    expect([error.code, error.exit]).toEqual(["STATE_LOST", 6]);
    expect(statements(error.details)).toContainEqual(
      expect.stringMatching(/^ALTER TABLE "rowhaul_aside_\S+"\."t" SET/),
    );
  }
});

it("a row that was removed while the run is loaded keeps it from switching", async () => {
  const settings = await scene();
  await run(settings, { until: "validate" });
  await database.pool.query("DELETE FROM rowhaul.runs");
  expect((await errorOf(() => run(settings))).code).toBe("LOAD_LOST");
  expect(await value(database.pool, "SELECT mine FROM t")).toBe(7);
  await clean(settings);
  expect([await schemas(database.pool), await relations(database.pool)]).toEqual([["public"], ["t"]]);
});

it("clean leaves nothing of a run that died with its lease, nor of one that never wrote its row", async () => {
  const settings = await scene();
  await plan(settings);
  const id = homeOf(settings).latest()?.id ?? "";
  await load(settings);
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const dead = processText({ ...thisProcess(), pid });
  const die = async (): Promise<void> => {
    await acquireLease(database.pool, "rowhaul", "public", id);
    await database.pool.query("UPDATE rowhaul.leases SET owner = $1", [dead]);
  };
  await die();
  await clean(settings);
  expect(await schemas(database.pool)).toEqual(["public"]);
  await load(settings);
  await database.pool.query("DELETE FROM rowhaul.runs");
  await die();
  await clean(settings);
  expect([await schemas(database.pool), await relations(database.pool)]).toEqual([["public"], ["t"]]);
});
