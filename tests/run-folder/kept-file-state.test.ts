/** What version 0.1 left beside a target that is a SQLite file is understood, and upgraded by the first run on it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { clean, report, rollback, run, status, validate } from "../../src/index.ts";
import { workspace } from "../cli/workspace.ts";
import { type KeptFile, restoreFile } from "./kept-file-state.ts";

function restored(kept: KeptFile) {
  const space = workspace();
  const id = restoreFile(kept, space.folder);
  const pipeline = space.path("pipeline.yaml");
  const ask = (file: string, sql: string): unknown => {
    const db = new Database(space.path(file), { readonly: true });
    try {
      return db.prepare(sql).pluck().get();
    } finally {
      db.close();
    }
  };
  return {
    ...space,
    id,
    pipeline,
    ask,
    version: () => ask("new.db.rowhaul", "SELECT user_version FROM pragma_user_version"),
    record: () => {
      const [home = ""] = readdirSync(space.path(".rowhaul")).filter((name) => name.startsWith("app-"));
      return JSON.parse(readFileSync(join(space.path(".rowhaul"), home, id, "run.json"), "utf8")) as {
        version?: number;
      };
    },
    stages: () => status(pipeline).map(({ run: one, stage, interrupted }) => [one, stage, interrupted]),
  };
}

/** The source's rows, counted and summed. */
const sums = `SELECT (SELECT count(*) FROM customers) || ' ' || (SELECT length(CAST(note AS BLOB)) FROM customers WHERE id = 7) || ' ' ||
  (SELECT count(*) || ' ' || sum(total) || ' ' || max(placed) FROM orders) || ' ' || (SELECT count(*) FROM notes)`;
const wanted = "12 3 30 581.25 2024-01-02 03:04:05 9";

describe("a run of version 0.1 into a SQLite file that is", () => {
  it("done has nothing left to do, and its proof can be repeated", async () => {
    const { pipeline, id, stages, ask, version, record } = restored("done");
    expect([version(), record().version]).toEqual([0, undefined]);
    expect(stages()).toEqual([[id, "done", false]]);
    expect(report(pipeline)?.run).toBe(id);
    // Whoever only looks changes nothing.
    expect([version(), record().version]).toEqual([0, undefined]);
    expect((await run(pipeline)).summary).toContain(`nothing to do: run ${id} is finished`);
    expect((await validate(pipeline)).outcome).toBe("validated");
    expect(ask("new.db", sums)).toBe(wanted);
    expect(record().version).toBe(1);
  });

  it("done can be rolled back", async () => {
    const { pipeline, id, stages, ask, version, read } = restored("done");
    expect(read("app.env")).toMatch(/new\.db/);
    expect((await rollback(pipeline)).outcome).toBe("rolled back");
    expect([read("app.env"), ask("new.db", "SELECT b FROM old"), stages(), version()]).toEqual([
      "DB_FILE=app.db\n",
      "before",
      [[id, "rolled back", false]],
      1,
    ]);
  });

  it("loaded goes on where it was", async () => {
    const { pipeline, id, stages, ask, version, read, record } = restored("loaded");
    expect([stages(), version(), ask("new.db", "SELECT b FROM old")]).toEqual([[[id, "loaded", false]], 0, "before"]);
    const done = await run(pipeline);
    expect([done.run, done.stage]).toEqual([id, "done"]);
    expect([ask("new.db", sums), read("app.env"), version(), record().version]).toEqual([
      wanted,
      expect.stringMatching(/^DB_FILE=.*new\.db\n$/),
      1,
      1,
    ]);
    expect(ask("new.db.rowhaul", "SELECT run || ' ' || status FROM runs")).toBe(`${id} done`);
  });

  it("loaded can be cleaned away", async () => {
    const { pipeline, stages, folder } = restored("loaded");
    await clean(pipeline);
    expect(stages()).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(["app.db", "app.env", "new.db", "pipeline.yaml"]);
  });
});
