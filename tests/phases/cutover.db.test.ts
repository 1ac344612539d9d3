/** Cutover through the command line: it succeeds, it fails and is undone (5), its undo fails (6). */
import { existsSync, readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { isAlive } from "../../src/system/process.ts";
import { relations, value } from "../cli/workspace.ts";
import { startRowhaul } from "../support/cli.ts";
import { cli, config, env, expectMoved, expectUntouched, inApplication } from "./application.ts";

describe("0: the cutover", () => {
  it("switches schema and files, checks with the new settings, and goes back again", () =>
    inApplication(async (database, space, app) => {
      app.set(
        'test "$DATABASE_URL" = "$(grep -o \'postgres[^ ]*\' .env)" && grep -q postgres config.json && echo "healthy indeed"',
      );
      const result = await cli(space, "run");
      expect(result.stderr).toContain("health: healthy indeed");
      expect(result.exit).toBe(0);
      await expectMoved(database, space);
      const back = await cli(space, "rollback");
      expect(back.exit).toBe(0);
      await expectUntouched(database, space);
      expect(
        await value(database.pool, "SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'rowhaul_staging_%'"),
      ).toBe(1);
      const twice = await cli(space, "rollback");
      expect([twice.exit, twice.stderr.includes("NO_RUN")]).toEqual([1, true]);
      const again = await cli(space, "run");
      expect(again.exit).toBe(0);
      expect(app.moved()).toBe(true);
    }));

  it("does not wait for a daemon that its check leaves behind", () =>
    inApplication(async (database, space, app) => {
      app.set("setsid sh -c 'while [ ! -e stop ]; do sleep 0.05; done' & true");
      const result = await cli(space, "run");
      space.write("app/stop", "");
      expect(result.exit).toBe(0);
      await expectMoved(database, space);
    }));

  it("is not rolled back while a file holds somebody else's change; nothing is touched then", () =>
    inApplication(async (database, space, app) => {
      app.set("true");
      expect((await cli(space, "run")).exit).toBe(0);
      const switched = readFileSync(space.path("app/.env"), "utf8");
      space.write("app/.env", `${switched}MINE=1\n`);
      const refused = await cli(space, "rollback");
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining("ROLLBACK_REFUSED")]);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(40);
      space.write("app/.env", switched);
      expect((await cli(space, "rollback")).exit).toBe(0);
      await expectUntouched(database, space);
    }));

  it("keeps writers out of a source in WAL mode while it goes on", () => keepsWritersOut("WAL"));

  // SQLite's POSIX locks end when this process closes any handle of the file, as looking at its header does.
  it("keeps writers out of a source with a rollback journal", () => keepsWritersOut("DELETE"));
});

async function keepsWritersOut(mode: "WAL" | "DELETE"): Promise<void> {
  await inApplication(async (database, space, app) => {
    space.sqlite(`PRAGMA journal_mode = ${mode}`);
    app.set("touch checking; while [ ! -e go ]; do sleep 0.05; done");
    const running = startRowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
    while (!existsSync(space.path("app/checking"))) await new Promise((resolve) => setTimeout(resolve, 20));
    const db = new Database(space.path("app.db"), { timeout: 100 });
    const late = "UPDATE customers SET name = 'late' WHERE id = 1";
    let outcome = "written";
    try {
      db.exec(late);
    } catch (thrown) {
      outcome = (thrown as Error).message;
    }
    const readable = db.prepare("SELECT count(*) FROM customers").pluck().get();
    space.write("app/go", "");
    const { exit } = await running.ended;
    expect([exit, outcome, readable]).toEqual([0, "database is locked", 40]);
    db.exec(late);
    db.close();
    expect(await value(database.pool, "SELECT name FROM customers WHERE id = 1")).toBe("Customer 1");
  });
}

describe.concurrent("5: a cutover that fails leaves everything as it was", () => {
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
      expect(isAlive(Number(space.read("app/child")))).toBe(false);
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
