/** kill -9 between any two steps of a cutover or a rollback, and every way on from there. */
import { describe, expect, it } from "vitest";
import { eventsOf, schemas, value } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { cli, env, expectMoved, expectUntouched, inApplication, type Space } from "./application.ts";

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

export type Moments = {
  /** Of a cutover: run goes on. */
  readonly cutover: readonly string[];
  /** Of a cutover: rollback, or cutover --forward. */
  readonly ways: readonly string[];
  /** Of a rollback: rollback again. */
  readonly rollback: readonly string[];
  /** Of a rollback: run. */
  readonly anew: readonly string[];
};

/** Defines the tests of these moments. */
export function killedAt({ cutover, ways, rollback, anew }: Moments): void {
  describe.concurrent("kill -9 in the middle of a cutover", () => {
    it.each(cutover)("%s: run rolls it back and completes; rollback and --forward work too", (moment) =>
      inApplication(async (database, space) => {
        const killed = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder, env: killer(space, moment) });
        expect(killed.signal).toBe("SIGKILL");
        const finished = moment === "after: done";
        const intended = moment !== "half: cutover";
        // clean leaves a half-done cutover alone
        if (intended && !finished) {
          const clean = await cli(space, "clean", "--yes");
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

    it.each(ways)("%s: rollback", (moment) =>
      inApplication(async (database, space) => {
        await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder, env: killer(space, moment) });
        const back = await cli(space, "rollback");
        expect(back.exit).toBe(moment === "half: cutover" ? 1 : 0);
        await expectUntouched(database, space);
        expect((await cli(space, "run")).exit).toBe(0);
        // What never came to switch has nothing that anybody would go back to.
        await expectMoved(database, space, ["half: cutover", "after: cutover"].includes(moment) ? 0 : 1);
      }),
    );

    it.each(ways)("%s: cutover --forward", (moment) =>
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
  });

  describe.concurrent("kill -9 in the middle of a rollback", () => {
    it.each(rollback)("%s: rollback again finishes it", (moment) =>
      inApplication(async (database, space, app) => {
        expect((await cli(space, "run")).exit).toBe(0);
        const killed = await rowhaul(["rollback", "pipeline.yaml"], { cwd: space.folder, env: killer(space, moment) });
        expect(killed.signal).toBe("SIGKILL");
        const again = await cli(space, "rollback");
        expect(again.exit).toBe(0);
        await expectUntouched(database, space);
        const run = await cli(space, "run");
        expect(run.exit).toBe(0);
        expect(run.stdout).toContain("moved, proven and switched");
        expect(app.moved()).toBe(true);
        expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
      }),
    );

    it.each(anew)("%s: run moves it anew", (moment) =>
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
}

/** Defines the test that --fresh does not hide an open journal. */
export function killedAndFresh(): void {
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
      expect((await cli(space, "clean", "--yes")).exit).toBe(0);
      expect(await schemas(database.pool)).toEqual(["public"]);
    }));
}
