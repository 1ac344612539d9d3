/**
 * Cutover through the command line: exit statuses 5 and 6, kill -9 between any
 * two steps of the journal, and every way on from there.
 */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { eventsOf, relations, schemas, shop, value, workspace } from "../cli/workspace.ts";
import { rowhaul, startRowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

type Space = ReturnType<typeof workspace>;

const env = "# settings\nDATABASE_URL=sqlite:app.db # old\nOTHER=1\n";
const config = '{\n  "client": "sqlite",\n  "pool": { "max": 3 }\n}\n';

/** An application with two settings files; `check` decides about its health. */
async function inApplication(
  work: (database: TestDatabase, space: Space, app: { set: (check: string) => void; moved: () => boolean }) => Promise<void>,
): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  space.sqlite(shop);
  space.write("app/.env", env);
  space.write("app/config.json", config);
  const set = (check: string): void => {
    space.write("app/check.sh", check);
    space.pipeline(
      database.url,
      "cutover:",
      '  - { file: app/.env, set: { DATABASE_URL: "${target.url}" } }',
      '  - { file: app/config.json, set: { client: postgres, connection: "${target.url}" } }',
      '  - { check: "sh check.sh", in: app, timeout: 20 }',
    );
  };
  set("exit 0");
  try {
    await work(database, space, { set, moved: () => space.read("app/.env").includes(database.url) });
  } finally {
    await database.drop();
  }
}

const cli = (space: Space, command: string, ...args: string[]) =>
  rowhaul([command, "pipeline.yaml", ...args], { cwd: space.folder });

/** As it was before any cutover: target, files, source. */
async function expectUntouched(database: TestDatabase, space: Space): Promise<void> {
  expect(await relations(database.pool)).toEqual([]);
  expect(space.read("app/.env")).toBe(env);
  expect(space.read("app/config.json")).toBe(config);
  const db = new Database(space.path("app.db"));
  expect(db.prepare("UPDATE customers SET name = name WHERE id = 1").run().changes).toBe(1);
  db.close();
}

async function expectMoved(database: TestDatabase, space: Space): Promise<void> {
  expect(space.read("app/.env")).toBe(env.replace("sqlite:app.db", database.url));
  expect(JSON.parse(space.read("app/config.json"))).toEqual({
    client: "postgres",
    pool: { max: 3 },
    connection: database.url,
  });
  expect(await value(database.pool, "SELECT concat_ws(' ', (SELECT count(*) FROM customers), (SELECT count(*) FROM orders), (SELECT sum(id) FROM orders))")).toBe("40 200 20100");
  expect(await schemas(database.pool)).toEqual(["public", "rowhaul"]);
}

describe("0: the cutover", () => {
  it("switches schema and files, checks with the new settings, and goes back again", () =>
    inApplication(async (database, space, app) => {
      app.set('test "$DATABASE_URL" = "$(grep -o \'postgres[^ ]*\' .env)" && grep -q postgres config.json && echo "healthy indeed"');
      const result = await cli(space, "run");
      expect(result.stderr).toContain("health: healthy indeed");
      expect(result.exit).toBe(0);
      await expectMoved(database, space);
      const back = await cli(space, "rollback");
      expect(back.exit).toBe(0);
      await expectUntouched(database, space);
      expect(await value(database.pool, "SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'rowhaul_staging_%'")).toBe(1);
      const twice = await cli(space, "rollback");
      expect([twice.exit, twice.stderr.includes("NO_RUN")]).toEqual([1, true]);
      const again = await cli(space, "run");
      expect(again.exit).toBe(0);
      expect(app.moved()).toBe(true);
    }));

  it("keeps writers out of the source while it goes on", () =>
    inApplication(async (database, space, app) => {
      app.set("touch checking; while [ ! -e go ]; do sleep 0.05; done");
      const running = startRowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      while (!("app/checking" in space.hashes())) await new Promise((resolve) => setTimeout(resolve, 20));
      const db = new Database(space.path("app.db"), { timeout: 100 });
      expect(() => db.exec("UPDATE customers SET name = 'late' WHERE id = 1")).toThrow(/locked/);
      expect(db.prepare("SELECT count(*) FROM customers").pluck().get()).toBe(40);
      space.write("app/go", "");
      expect((await running.ended).exit).toBe(0);
      db.exec("UPDATE customers SET name = 'late' WHERE id = 1");
      db.close();
      expect(await value(database.pool, "SELECT name FROM customers WHERE id = 1")).toBe("Customer 1");
    }));
});

describe("5: a cutover that fails leaves everything as it was", () => {
  it("the health check says no: its words are told, without the password", () =>
    inApplication(async (database, space, app) => {
      app.set('echo "cannot reach $DATABASE_URL" >&2; exit 3');
      const result = await cli(space, "run");
      expect(result.stderr).toContain("CUTOVER_FAILED");
      expect(result.stderr).toContain("failed with exit status 3");
      expect(result.stderr).toContain("cannot reach postgres");
      expect(result.all).not.toContain(new URL(database.url).password);
      expect(result.exit).toBe(5);
      await expectUntouched(database, space);
      app.set("exit 0");
      expect((await cli(space, "run")).exit).toBe(0);
      await expectMoved(database, space);
    }));

  it("the health check never ends", () =>
    inApplication(async (database, space) => {
      space.write("app/check.sh", "sleep 300 & echo $! > child; wait");
      space.write("pipeline.yaml", space.read("pipeline.yaml").replace("timeout: 20", "timeout: 0.5"));
      const result = await cli(space, "run");
      expect(result.exit).toBe(5);
      expect(result.stderr).toContain("did not end within 0.5 s");
      expect(() => process.kill(Number(space.read("app/child")), 0)).toThrow("ESRCH");
      await expectUntouched(database, space);
    }));

  it("the health check is stopped by Ctrl-C: 130, and undone", () =>
    inApplication(async (database, space, app) => {
      app.set("touch checking; sleep 300");
      const running = startRowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      while (!("app/checking" in space.hashes())) await new Promise((resolve) => setTimeout(resolve, 20));
      running.killGroup("SIGINT");
      expect((await running.ended).exit).toBe(130);
      await expectUntouched(database, space);
      app.set("exit 0");
      expect((await cli(space, "run")).exit).toBe(0);
      await expectMoved(database, space);
    }));

  it("a settings file turns out not to be writable", () =>
    inApplication(async (database, space) => {
      // Root may write anywhere, but not over a folder where the temporary file belongs.
      expect((await cli(space, "load")).exit).toBe(0);
      expect((await cli(space, "validate")).exit).toBe(0);
      space.write("app/block.mjs", "");
      const running = startRowhaul(["cutover", "pipeline.yaml"], {
        cwd: space.folder,
        env: { NODE_OPTIONS: `--import ${space.write("block.mjs", blockSecondFile)}` },
      });
      const result = await running.ended;
      expect(result.stderr).toContain("CUTOVER_FAILED");
      expect(result.stderr).toContain("config.json could not be rewritten (EACCES)");
      expect(result.exit).toBe(5);
      await expectUntouched(database, space);
      expect((await cli(space, "run")).exit).toBe(0);
      await expectMoved(database, space);
    }));

  it("a settings file that cannot be edited is known before anything is switched", () =>
    inApplication(async (database, space) => {
      space.write("app/config.json", "{ not json");
      const result = await cli(space, "run");
      expect(result.exit).toBeOneOf([1, 2]);
      expect(result.stderr).toContain("config.json");
      expect(await relations(database.pool)).toEqual([]);
      expect(space.read("app/.env")).toBe(env);
    }));
});

/** Stands in for a folder whose rights change between plan and deed: the second rename of a settings file is refused. */
const blockSecondFile = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const rename = fs.renameSync;
fs.renameSync = (from, to) => {
  if (String(to).endsWith("config.json")) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
  return rename(from, to);
};
syncBuiltinESMExports();
`;

describe("6: an undo that fails tells what is left to do", () => {
  it("somebody changed a file while the health check ran, and it failed", () =>
    inApplication(async (database, space, app) => {
      app.set("echo MINE=1 >> .env; exit 1");
      const result = await cli(space, "run");
      expect(result.stderr).toContain("UNDO_FAILED");
      expect(result.stderr).toContain(".env was changed since the cutover");
      expect(result.stderr).toMatch(/By hand: compare .*\.env with .*\.env\.rowhaul-backup-/);
      expect(result.all).not.toContain(new URL(database.url).password);
      expect(result.exit).toBe(6);
      // What could be undone is.
      expect(await relations(database.pool)).toEqual([]);
      expect(space.read("app/config.json")).toBe(config);
      const status = await cli(space, "status");
      expect(status.stdout).toContain("interrupted cutover");
      // By hand, as told; then it goes on.
      space.write("app/.env", env);
      app.set("exit 0");
      expect((await cli(space, "run")).exit).toBe(0);
      await expectMoved(database, space);
    }));
});

/**
 * Kills the process right after the n-th line of its journal is on disk, or right before the n-th effect: a crash
 * between any two steps, without a word of it in the program.
 */
function killer(space: Space, at: string): Record<string, string> {
  const hook = space.write(
    "kill.mjs",
    `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const die = () => process.kill(process.pid, "SIGKILL");
const [when, what] = ${JSON.stringify(at.split(": "))};
const files = new Map();
const open = fs.openSync, write = fs.writeSync, sync = fs.fsyncSync, rename = fs.renameSync, link = fs.linkSync;
let last = "";
fs.openSync = (path, ...rest) => { const fd = open(path, ...rest); files.set(fd, String(path)); return fd; };
fs.writeSync = (fd, data, ...rest) => {
  const journal = files.get(fd)?.endsWith("journal.jsonl");
  if (journal) last = JSON.parse(String(data)).step;
  if (journal && when === "before" && last === what) die();
  if (journal && when === "half" && last === what) { write(fd, String(data).slice(0, 9)); die(); }
  return write(fd, data, ...rest);
};
fs.fsyncSync = (fd) => { sync(fd); if (files.get(fd)?.endsWith("journal.jsonl") && when === "after" && last === what) die(); };
fs.renameSync = (from, to) => { rename(from, to); if (when === "renamed" && String(to).endsWith(what)) die(); };
fs.linkSync = (from, to) => { link(from, to); if (when === "linked" && String(to).includes(what)) die(); };
syncBuiltinESMExports();
`,
  );
  return { NODE_OPTIONS: `--import ${hook}` };
}

const moments = [
  "half: cutover",
  "after: cutover",
  "before: schema switched",
  "after: schema switched",
  "linked: .env.rowhaul-backup-",
  "renamed: .env",
  "renamed: config.json",
  "after: files switched",
  "before: healthy",
  "after: healthy",
  "before: done",
  "after: done",
];

describe("kill -9 in the middle of a cutover", () => {
  it.each(moments)("%s: run rolls it back and completes; rollback and --forward work too", (moment) =>
    inApplication(async (database, space) => {
      const killed = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder, env: killer(space, moment) });
      expect(killed.signal).toBe("SIGKILL");
      const finished = moment === "after: done";
      const intended = moment !== "half: cutover";
      // clean leaves a half-done cutover alone
      if (intended && !finished) {
        const clean = await cli(space, "clean");
        expect([clean.exit, clean.stderr.includes("OPEN_JOURNAL")]).toEqual([2, true]);
      }
      const again = await cli(space, "run");
      expect(again.exit).toBe(0);
      if (finished) expect(again.stdout).toContain("nothing to do");
      else expect(again.stderr.includes("interrupted cutover")).toBe(intended);
      await expectMoved(database, space);
      expect(await value(database.pool, "SELECT status FROM rowhaul.runs")).toBe("done");
      const status = await cli(space, "status", "--json");
      expect(eventsOf(status.stdout)).toMatchObject([{ stage: "done", interrupted: false }]);
      const back = await cli(space, "rollback");
      expect(back.exit).toBe(0);
      await expectUntouched(database, space);
    }),
  );

  it.each(moments)("%s: rollback", (moment) =>
    inApplication(async (database, space) => {
      await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder, env: killer(space, moment) });
      const back = await cli(space, "rollback");
      expect(back.exit).toBe(moment === "half: cutover" ? 1 : 0);
      await expectUntouched(database, space);
      expect((await cli(space, "run")).exit).toBe(0);
      await expectMoved(database, space);
    }),
  );

  it.each(moments)("%s: cutover --forward", (moment) =>
    inApplication(async (database, space) => {
      await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder, env: killer(space, moment) });
      const on = await cli(space, "cutover", "--forward");
      expect(on.stderr).not.toContain("Error");
      expect(on.exit).toBe(0);
      await expectMoved(database, space);
      expect((await cli(space, "run")).stdout).toContain("nothing to do");
      expect((await cli(space, "rollback")).exit).toBe(0);
      await expectUntouched(database, space);
    }),
  );

  it("and --fresh does not hide it", () =>
    inApplication(async (database, space) => {
      await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder, env: killer(space, "after: files switched") });
      const dry = await cli(space, "run", "--fresh", "--dry-run");
      expect([dry.exit, dry.stderr.includes("OPEN_JOURNAL")]).toEqual([2, true]);
      const fresh = await cli(space, "run", "--fresh");
      expect(fresh.exit).toBe(0);
      expect(fresh.stderr).toContain("interrupted cutover");
      expect(space.read("app/.env")).toBe(env.replace("sqlite:app.db", database.url));
      expect((await cli(space, "rollback")).exit).toBe(0);
      await expectUntouched(database, space);
      expect((await cli(space, "clean")).exit).toBe(0);
      expect(await schemas(database.pool)).toEqual(["public"]);
    }));
});

describe("kill -9 in the middle of a rollback", () => {
  it.each(["after: rollback", "renamed: config.json", "renamed: .env", "before: undone", "after: undone"])(
    "%s: rollback again finishes it",
    (moment) =>
      inApplication(async (database, space, app) => {
        expect((await cli(space, "run")).exit).toBe(0);
        const killed = await rowhaul(["rollback", "pipeline.yaml"], { cwd: space.folder, env: killer(space, moment) });
        expect(killed.signal).toBe("SIGKILL");
        const again = await cli(space, "rollback");
        expect(again.exit).toBe(moment === "after: undone" ? 1 : 0);
        await expectUntouched(database, space);
        const run = await cli(space, "run");
        expect(run.exit).toBe(0);
        expect(run.stdout).toContain("moved, proven and switched");
        expect(app.moved()).toBe(true);
        expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
      }),
  );

  it.each(["after: rollback", "renamed: config.json", "after: undone"])("%s: run moves it anew", (moment) =>
    inApplication(async (database, space, app) => {
      expect((await cli(space, "run")).exit).toBe(0);
      await rowhaul(["rollback", "pipeline.yaml"], { cwd: space.folder, env: killer(space, moment) });
      const run = await cli(space, "run");
      expect(run.stderr).not.toContain("Error");
      expect(run.exit).toBe(0);
      const after = await cli(space, "run");
      expect(after.exit).toBe(0);
      expect(app.moved()).toBe(true);
      expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
    }),
  );
});
