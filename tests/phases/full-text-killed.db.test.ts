/** kill -9 in the middle of a run with full-text tables: the next one goes on, and nothing is doubled. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { schemas } from "../cli/workspace.ts";
import { startRowhaul } from "../support/cli.ts";
import {
  expectSame,
  inDatabase,
  indexes,
  library,
  list,
  questions,
  type Space,
  succeed,
  unproven,
} from "./full-text-application.ts";

const kept = (space: Space): string[] => [...space.kept().keys()].filter((path) => path.includes("search.db"));

describe.concurrent("kill -9", () => {
  const killedAt = async (space: Space, when: string): Promise<void> => {
    const hook = space.write(
      "kill.mjs",
      `import { createRequire } from "node:module";
import { existsSync, readdirSync } from "node:fs";
const require = createRequire(${JSON.stringify(join(process.cwd(), "package.json"))});
const pg = require("pg");
const query = pg.Client.prototype.query;
let seen = 0;
pg.Client.prototype.query = function (...args) {
  const text = typeof args[0] === "string" ? args[0] : String(args[0]?.text ?? args[0]?.cursor?.text ?? "");
  const found = new RegExp(${JSON.stringify(when)}).test(text + " " + JSON.stringify(args[1] ?? ""));
  if (found) process.kill(process.pid, "SIGKILL");
  return query.apply(this, args);
};`,
    );
    const running = startRowhaul(["run", "pipeline.yaml"], {
      cwd: space.folder,
      env: { NODE_OPTIONS: `--import ${hook}` },
    });
    expect((await running.ended).signal).toBe("SIGKILL");
  };

  it.each([
    ["while rows are loaded, positions written already", "load/small tables 2"],
    ["before the registry", "INSERT INTO fts5\\.indexes"],
    ["before the first statistics", "DELETE FROM fts5\\.statistics"],
    ["after the last trigger", "status = |loaded"],
  ])("%s: the next run goes on, and nothing is doubled", (_, when) =>
    inDatabase(async (database, space) => {
      space.sqlite(
        `${library} CREATE VIRTUAL TABLE made USING fts4(t); INSERT INTO made VALUES ('dog ${"alpha ".repeat(300)}')`,
      );
      space.pipeline(database.url, unproven);
      await killedAt(space, when);
      await succeed(space, "run");
      await expectSame(database.pool, space.path("app.db"), indexes, questions);
      expect(
        await list(
          database.pool,
          "SELECT relation, sum(rows), sum(tokens) FROM fts5.statistics GROUP BY 1 ORDER BY relation::text",
        ),
      ).toEqual(["docs_fts 4 310", "less 2 3", "made 1 301", "own 2 3"]);
      expect(
        await list(database.pool, "SELECT relation, count(*) FROM fts5.positions GROUP BY 1 ORDER BY relation::text"),
      ).toEqual(["docs_fts 2", "made 2"]);
      // The copy of the index is of no use after the load.
      expect(kept(space)).toEqual([]);
      await succeed(space, "rollback");
      await succeed(space, "clean", "--yes");
      expect(await schemas(database.pool)).toEqual(["public"]);
    }),
  );

  it("keeps the copy of the source's index for the next run", () =>
    inDatabase(async (database, space) => {
      space.sqlite(library);
      space.pipeline(database.url, unproven);
      await killedAt(space, "load/small tables 2");
      const [file] = kept(space);
      expect(kept(space)).toHaveLength(1);
      expect(existsSync(join(space.folder, ".rowhaul", file ?? ""))).toBe(true);
      await succeed(space, "run");
      expect(kept(space)).toEqual([]);
    }));
});
