/** What version 0.1 left behind is understood: a run that is done, one that was killed, one that was rolled back. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type pg from "pg";
import { describe, expect, it } from "vitest";
import { relations, value, workspace } from "../cli/workspace.ts";
import { type CliResult, rowhaul } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";
import { type Kept, restore } from "./kept-state.ts";

type Restored = {
  readonly run: string;
  readonly pool: pg.Pool;
  readonly folder: string;
  readonly read: (name: string) => string;
  /** One command on the pipeline, its target's URL in the environment. */
  readonly call: (command: string, ...more: string[]) => Promise<CliResult>;
};

async function restored(kept: Kept, work: (state: Restored) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  try {
    const { folder, read } = workspace();
    const run = await restore(kept, folder, database.url);
    await work({
      run,
      pool: database.pool,
      folder,
      read,
      call: (command, ...more) =>
        rowhaul([command, "pipeline.yaml", ...more], { cwd: folder, env: { DATABASE_URL: database.url } }),
    });
  } finally {
    await database.drop();
  }
}

const stages = async ({ call }: Restored): Promise<unknown[]> =>
  (await call("status", "--json")).stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { run: string; stage: string; interrupted: boolean })
    .map(({ run, stage, interrupted }) => [run, stage, interrupted]);

/** The source's rows, counted and summed in PostgreSQL. */
const sums = `SELECT concat_ws(' ', (SELECT count(*) FROM customers), (SELECT note FROM customers WHERE id = 7),
  (SELECT count(*) FROM orders), (SELECT sum(total) FROM orders), (SELECT max(placed) FROM orders), (SELECT count(*) FROM notes))`;
const wanted = "12 ab 30 581.25 2024-01-02 03:04:05 9";

/** Of the state in the target; null before it has one. */
async function version({ pool }: Restored): Promise<unknown> {
  const numbered = await value(pool, "SELECT to_regclass('rowhaul.rowhaul_migrations')::text");
  return numbered === null ? null : value(pool, "SELECT max(version) FROM rowhaul.rowhaul_migrations");
}

/** Of the run's record. */
function fileVersion({ folder, run }: Restored): unknown {
  const root = join(folder, ".rowhaul");
  const [home = ""] = readdirSync(root).filter((name) => name.startsWith("app-"));
  return (JSON.parse(readFileSync(join(root, home, run, "run.json"), "utf8")) as { version?: unknown }).version;
}

describe.concurrent("a run of version 0.1 that is", () => {
  it("done has nothing left to do, and its proof can be repeated", () =>
    restored("done", async (state) => {
      expect(await stages(state)).toEqual([[state.run, "done", false]]);
      const again = await state.call("run");
      expect(again.stdout).toContain(`nothing to do: run ${state.run} is finished`);
      expect(again.exit).toBe(0);
      const proof = await state.call("validate");
      expect(proof.all).toContain("51 rows, 195 cells: all equal (1 cell changed on purpose, all in the ledger)");
      expect(proof.exit).toBe(0);
      expect((await state.call("report")).stdout).toContain(`run ${state.run}: done`);
      expect(await value(state.pool, sums)).toBe(wanted);
      // None of these has to do with the target's state but to read it.
      expect(await version(state)).toBeNull();
    }));

  it("done can be rolled back", () =>
    restored("done", async (state) => {
      expect(state.read("app.env")).toBe("DB_CLIENT=postgres\n");
      // To a digest of row versions, a restored table is a changed one.
      const refused = await state.call("rollback", "--yes");
      expect([refused.exit, refused.stderr.includes("ROLLBACK_REFUSED")]).toEqual([2, true]);
      expect((await state.call("rollback", "--yes", "--discard-new-writes")).exit).toBe(0);
      expect(state.read("app.env")).toBe("DB_CLIENT=sqlite\n");
      expect(await relations(state.pool)).toEqual([]);
      expect(await stages(state)).toEqual([[state.run, "rolled back", false]]);
      expect([await version(state), fileVersion(state)]).toEqual([1, 1]);
    }));

  it("interrupted goes on where it was", () =>
    restored("interrupted", async (state) => {
      expect(await stages(state)).toEqual([[state.run, "loading", false]]);
      expect([await version(state), fileVersion(state)]).toEqual([null, undefined]);
      expect(await relations(state.pool)).toEqual([]);
      const resumed = await state.call("run");
      expect(resumed.all).toContain(`Resuming run ${state.run}`);
      expect(resumed.all).toContain("1 of 2 units were there already");
      expect(resumed.exit).toBe(0);
      expect(await value(state.pool, sums)).toBe(wanted);
      expect(state.read("app.env")).toBe("DB_CLIENT=postgres\n");
      expect(await stages(state)).toEqual([[state.run, "done", false]]);
      expect(await value(state.pool, "SELECT count(*)::int FROM rowhaul.ledger")).toBe(1);
      expect([await version(state), fileVersion(state)]).toEqual([1, 1]);
    }));

  it("rolled back can be run again", () =>
    restored("rolled-back", async (state) => {
      expect(await stages(state)).toEqual([[state.run, "rolled back", false]]);
      expect(await relations(state.pool)).toEqual([]);
      expect((await state.call("run")).exit).toBe(0);
      expect(await value(state.pool, sums)).toBe(wanted);
      expect(state.read("app.env")).toBe("DB_CLIENT=postgres\n");
      expect((await stages(state)).map((one) => (one as unknown[])[1])).toEqual(["rolled back", "done"]);
    }));

  it("any of them can be cleaned away", () =>
    restored("rolled-back", async (state) => {
      expect((await state.call("clean", "--yes")).exit).toBe(0);
      expect(await value(state.pool, "SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'rowhaul%'")).toBe(0);
      expect((await state.call("status")).stdout).toBe("No runs yet.\n");
    }));
});

it("the source's text says what the snapshots hold", () =>
  restored("done", async ({ folder }) => {
    const text = readFileSync(new URL("../../fixtures/state-0.1/source.sql", import.meta.url), "utf8");
    const built = new Database(join(folder, "built.db"));
    built.exec(text);
    const kept = new Database(join(folder, "app.db"), { readonly: true });
    const rows = (db: Database.Database): string => {
      const all = ["customers", "orders", "notes"].map((name) => db.prepare(`SELECT * FROM ${name}`).raw().all());
      return createHash("sha256").update(JSON.stringify(all)).digest("hex");
    };
    expect(rows(built)).toBe(rows(kept));
    built.close();
    kept.close();
  }));
