/** Functions of the library beside a run's own: what they answer, and what they refuse. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { relations, shop, value, workspace } from "../cli/workspace.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { library } from "./built.ts";

const { check, copy, copySettings, cutover, down, exportData, importData, init, load, onlyTables, query } = library;
const { readPipeline, report, rollback, run, status, up, validate } = library;

type Space = ReturnType<typeof workspace>;

async function inDatabase(work: (database: TestDatabase, space: Space) => Promise<void>, sql = shop): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  space.sqlite(sql);
  try {
    await work(database, space);
  } finally {
    await database.drop();
  }
}

describe("the library's functions", () => {
  it("a pipeline goes phase by phase, and each says how far it came", () =>
    inDatabase(async (database, space) => {
      const settings = readPipeline(space.pipeline(database.url));
      expect(await check(settings)).toEqual({
        ...{ run: null, stage: null, plan: null, folder: null },
        ...{ outcome: "go", summary: "go" },
      });
      await expect(cutover(settings)).rejects.toMatchObject({ code: "NOT_VALIDATED" });
      expect(await run(settings, { dryRun: true })).toMatchObject({
        outcome: "dry run",
        summary: "dry run: nothing was changed",
        stage: "planned",
      });
      expect(await load(settings)).toMatchObject({ outcome: "loaded", summary: "240 rows in 2 tables: loaded" });
      expect(await relations(database.pool)).toEqual([]);
      expect(await validate(settings)).toMatchObject({ outcome: "validated", summary: "validated" });
      expect(await cutover(settings)).toMatchObject({
        outcome: "done",
        summary: "240 rows in 2 tables: moved and proven",
      });
      expect(await relations(database.pool)).toContain("orders");
    }));

  it("settings that were changed are those of another run", () =>
    inDatabase(async (database, space) => {
      const settings = readPipeline(space.pipeline(database.url));
      expect((await load(settings)).outcome).toBe("loaded");
      const changed = { ...settings, exclude: ["orders", "big_orders"] };
      await expect(run(changed)).rejects.toMatchObject({ code: "PIPELINE_CHANGED" });
      expect((await run(changed, { fresh: true })).plan?.tables.map(({ source }) => source)).toEqual(["customers"]);
    }));

  it("what is accepted in settings is in the report", () =>
    inDatabase(async (database, space) => {
      const settings = copySettings(space.path("app.db"), database.url, { folder: space.folder });
      await expect(run(settings)).rejects.toMatchObject({ code: "HAZARDS_NOT_ACCEPTED", exit: 2 });
      const accept = [{ code: "NUL_IN_TEXT", at: "t.a", policy: "strip", why: "a log" }] as const;
      expect((await run({ ...settings, accept })).outcome).toBe("done");
      expect(await value(database.pool, "SELECT a FROM t")).toBe("xy");
      expect(report(settings)?.hazards).toMatchObject([{ code: "NUL_IN_TEXT", accepted: "pipeline", why: "a log" }]);
    }, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x' || char(0) || 'y')"));

  it("some of the tables are moved alone, with what their settings say", () =>
    inDatabase(async (database, space) => {
      const pipeline = space.pipeline(database.url, 'tables: { customers: { as: clients }, orders: {}, "*": {} }');
      const some = onlyTables(readPipeline(pipeline), ["cust*"]);
      expect(some.digest).not.toBe(readPipeline(pipeline).digest);
      expect((await run(some)).plan?.tables.map(({ target }) => target)).toEqual(["clients"]);
    }));

  it("copies and imports are told apart, and go back by their settings", () =>
    inDatabase(async (database, space) => {
      const { folder } = space;
      await exportData(space.path("app.db"), space.path("out"), {
        tables: ["customers"],
        where: { customers: "id < 4" },
      });
      const imported = await importData(space.path("out"), database.url, { folder, schema: "imported" });
      expect(imported.summary).toBe("3 rows in 1 table: moved and proven");
      const copied = await copy(space.path("app.db"), database.url, {
        folder,
        schema: "copied",
        tables: ["customers"],
      });
      expect(copied.summary).toBe("40 rows in 1 table: moved and proven; not moved: 200 rows of 1 table");
      const settings = copySettings(space.path("out"), database.url, { folder, schema: "imported", verb: "import" });
      expect(status(settings)).toMatchObject([{ run: imported.run, stage: "done" }]);
      expect((await rollback(settings)).outcome).toBe("rolled back");
      expect(await relations(database.pool, "imported")).toEqual([]);
      expect(await relations(database.pool, "copied")).toContain("customers");
    }, `${shop} DROP VIEW big_orders;`));

  it("an export of a pipeline refuses what only a store has", () =>
    inDatabase(async (database, space) => {
      const pipeline = space.pipeline(database.url);
      const refused = exportData(pipeline, space.path("out"), { schema: "public" });
      await expect(refused).rejects.toMatchObject({ code: "USAGE" });
      const root = { table: "customers", where: "id = 1" };
      const { tables } = await exportData(pipeline, space.path("out"), { root });
      expect(tables.map(({ table, rows }) => [table, rows])).toEqual([
        ["customers", 1],
        ["orders", 5],
      ]);
    }));

  it("a drafted pipeline file is written once", () =>
    inDatabase(async (_, space) => {
      const output = space.path("drafted.yaml");
      const draft = await init(space.path("app.db"), { output });
      expect(draft.path).toBe(output);
      expect(readFileSync(output, "utf8")).toBe(draft.text);
      await expect(init(space.path("app.db"), { output })).rejects.toMatchObject({ code: "USAGE" });
    }));

  it("a query only reads, and texts come back", () =>
    inDatabase(async ({ url }) => {
      expect(await query("SELECT 1 + 1 AS two, NULL AS none", { url })).toEqual({
        columns: ["two", "none"],
        rows: [["2", null]],
      });
      await expect(query("CREATE TABLE t ()", { url })).rejects.toMatchObject({ code: "QUERY_FAILED" });
    }));

  it("an embedded server starts, stops, and goes with its data only when that is confirmed", async () => {
    const { folder } = workspace();
    const nothing = { folder, directory: expect.any(String), stopped: false, removed: false };
    expect(await down(folder)).toEqual(nothing);
    const never = async (): Promise<boolean> => expect.fail("there is nothing to ask about");
    expect(await down(folder, { remove: true, confirm: never })).toEqual(nothing);
    await expect(query("SELECT 1", { folder })).rejects.toMatchObject({ code: "USAGE" });
    await expect(up(`${folder}/nowhere`)).rejects.toMatchObject({ code: "USAGE" });
    const server = await up(folder);
    try {
      expect(await query("SHOW server_version", { url: server.url })).toMatchObject({ rows: [[server.version]] });
      expect((await up(`${folder}/app.yaml`)).alreadyRunning).toBe(true);
      await server.stop();
      expect((await query("SELECT 1", { folder })).rows).toEqual([["1"]]);
      const asked: string[] = [];
      const confirm = async (of: string): Promise<boolean> => asked.push(of) === 0;
      await expect(down(folder, { remove: true, confirm })).rejects.toMatchObject({ code: "NOT_CONFIRMED" });
      expect(asked).toEqual([folder]);
      expect(existsSync(server.directory)).toBe(true);
    } finally {
      expect(await down(folder, { remove: true })).toMatchObject({ stopped: false, removed: true });
    }
    expect(existsSync(server.directory)).toBe(false);
  });
});
