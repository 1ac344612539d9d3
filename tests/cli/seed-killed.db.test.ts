/** kill -9, or a lost network, around the COMMIT of the seed data: they are in once, and a run without them is not done. */
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { rowhaul, startRowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type Passage, startProxy } from "../support/proxy.ts";
import { shop, value, type Workspace, workspace } from "./workspace.ts";

const seed = "INSERT INTO customers (name) VALUES ('Ada of the seed');\n";
const found = "SELECT count(*) FROM customers WHERE name = 'Ada of the seed'";
const command = ["run", "pipeline.yaml", "--env", "development"];

/** `fate`: of the first COMMIT of the seed. */
async function inPlace(
  fate: (passage: Passage) => "pass" | "hold",
  work: (space: Workspace, database: TestDatabase) => Promise<void>,
): Promise<void> {
  const database = await freshDatabase();
  let times = 0;
  const network = await startProxy(database.url, (sent, passage) =>
    sent.includes("Ada of the seed") && times++ === 0 ? fate(passage) : "pass",
  );
  const space = workspace();
  try {
    space.sqlite(shop);
    space.write("seed.sql", seed);
    space.pipeline(network.url, "environments: { development: { seed: seed.sql } }");
    await work(space, database);
  } finally {
    await network.stop();
    await database.drop();
  }
}

const rerun = (space: Workspace) => rowhaul(command, { cwd: space.folder, limitSeconds: 120 });

async function expectOnce(space: Workspace, count: () => unknown, said: string): Promise<void> {
  const again = await rerun(space);
  expect([again.exit, again.stderr]).toEqual([0, expect.stringContaining(said)]);
  expect(again.stdout).toContain("which was switched before, has its seed now");
  expect(Number(await count())).toBe(1);
  const last = await rerun(space);
  expect([last.exit, last.stdout]).toEqual([0, expect.stringContaining("nothing to do")]);
  expect(Number(await count())).toBe(1);
}

describe.concurrent("into PostgreSQL", () => {
  it("killed between the record that the run is done and the seed", () =>
    inPlace(
      () => "pass",
      async (space, { pool }) => {
        const hook = space.write(
          "kill.mjs",
          `import fs from "node:fs";
           import { syncBuiltinESMExports } from "node:module";
           const rename = fs.renameSync;
           fs.renameSync = (from, to) => {
             rename(from, to);
             if (String(to).endsWith("run.json") && JSON.parse(fs.readFileSync(to, "utf8")).stage === "done")
               process.kill(process.pid, "SIGKILL");
           };
           syncBuiltinESMExports();`,
        );
        const killed = await rowhaul(command, { cwd: space.folder, env: { NODE_OPTIONS: `--import ${hook}` } });
        expect(killed.signal).toBe("SIGKILL");
        expect(Number(await value(pool, found))).toBe(0);
        // Less than the whole job does not put it in.
        expect((await rowhaul(["validate", ...command.slice(1)], { cwd: space.folder })).exit).toBe(0);
        expect(Number(await value(pool, found))).toBe(0);
        await expectOnce(space, () => value(pool, found), "seed.sql was executed.");
      },
    ));

  it.each([
    ["before its COMMIT reaches the server", "hold", "seed.sql was executed."],
    ["when the server has its COMMIT", "pass", "seed.sql was in already."],
  ] as const)("killed %s", async (_, fate, said) => {
    let reached = (): void => {};
    const atCommit = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const kill = (passage: Passage): "pass" | "hold" => {
      passage.silence();
      if (fate === "hold") passage.endServer();
      reached();
      return fate;
    };
    await inPlace(kill, async (space, { pool }) => {
      const first = startRowhaul(command, { cwd: space.folder });
      await atCommit;
      first.kill("SIGKILL");
      await first.ended;
      await expectOnce(space, () => value(pool, found), said);
    });
  });

  it("killed, and its COMMIT comes to the server only later: the next run ends that transaction first", async () => {
    let reached = (): void => {};
    const atCommit = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const late = (passage: Passage): "hold" => {
      passage.resetClient();
      setTimeout(() => passage.passOn(), 4_000);
      reached();
      return "hold";
    };
    await inPlace(late, async (space, { pool }) => {
      const first = startRowhaul(command, { cwd: space.folder });
      await atCommit;
      first.kill("SIGKILL");
      await first.ended;
      await expectOnce(space, () => value(pool, found), "seed.sql was executed.");
      // By now the held COMMIT has been passed on, to nobody.
      await sleep(4_000);
      expect(Number(await value(pool, found))).toBe(1);
    });
  });

  it("cut off at its COMMIT, which the server carries out later: the same run knows", () => {
    const late = (passage: Passage): "hold" => {
      passage.resetClient();
      setTimeout(() => passage.passOn(), 2_000);
      return "hold";
    };
    return inPlace(late, async (space, { pool }) => {
      const result = await rerun(space);
      expect([result.exit, result.stderr]).toEqual([0, expect.stringContaining("seed.sql was executed.")]);
      expect(Number(await value(pool, found))).toBe(1);
      expect((await rerun(space)).stdout).toContain("nothing to do");
    });
  });
});

describe.concurrent("into a SQLite file", () => {
  it.each([
    ["before its COMMIT", "seed.sql was executed."],
    ["after its COMMIT", "seed.sql was in already."],
    ["before our table goes", "seed.sql was in already."],
  ])("killed %s: in once, and nothing of ours stays in the file", async (moment, said) => {
    const space = workspace();
    space.sqlite(shop);
    space.write("seed.sql", seed);
    space.pipeline("", "target: { kind: sqlite, path: new.db }", "environments: { development: { seed: seed.sql } }");
    const hook = space.write(
      "kill.mjs",
      `import { createRequire } from "node:module";
       const Database = createRequire(${JSON.stringify(import.meta.url)})(${JSON.stringify(createRequire(import.meta.url).resolve("better-sqlite3"))});
       const exec = Database.prototype.exec;
       const die = () => process.kill(process.pid, "SIGKILL");
       const seeding = new Set();
       Database.prototype.exec = function (sql) {
         if (sql.includes("CREATE TABLE IF NOT EXISTS \\"rowhaul run seed\\"")) seeding.add(this);
         const commits = sql === "COMMIT" && seeding.has(this);
         if (commits && ${JSON.stringify(moment)} === "before its COMMIT") die();
         if (sql.startsWith("DROP TABLE \\"rowhaul run seed\\"") && ${JSON.stringify(moment)} === "before our table goes") die();
         const result = exec.call(this, sql);
         if (commits && ${JSON.stringify(moment)} === "after its COMMIT") die();
         return result;
       };`,
    );
    const killed = await rowhaul(command, { cwd: space.folder, env: { NODE_OPTIONS: `--import ${hook}` } });
    expect(killed.signal).toBe("SIGKILL");
    const ask = (sql: string): unknown => {
      const db = new Database(space.path("new.db"), { readonly: true });
      try {
        return db.prepare(sql).pluck().get();
      } finally {
        db.close();
      }
    };
    await expectOnce(space, () => ask(found), said);
    expect(ask("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'rowhaul%'")).toBe(0);
    expect(ask("SELECT count(*) FROM customers")).toBe(41);
  });
});
