/** A run's session on a SQLite file: the lease, its heartbeat, and the work that it fences. */
import { closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { manyRows } from "../../core/plan/many-rows.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { RunRow, Session } from "../../core/session.ts";
import { fingerprint } from "../../sqlite/fingerprint.ts";
import { runHereOrBeside } from "../../system/program/run-program.ts";
import { explained } from "./errors.ts";
import { loadUnit } from "./load/load-unit.ts";
import { createFresh, createInCopy } from "./load/staging.ts";
import finish, { type FinishOrder } from "./programs/finish.ts";
import { type SqliteTargetSettings, worksOnCopy } from "./settings.ts";
import { acquireLease, fenced, keepLease, type Lease, releaseLease } from "./state/lease.ts";
import { insertRun, setStatus } from "./state/state.ts";
import { isThere, removeDatabase } from "./switch/files.ts";
import { keptFile, stagingFile, stateFile } from "./switch/places.ts";
import { switchBack, switchFile } from "./switch/switch.ts";

export async function openSession(
  settings: SqliteTargetSettings,
  run: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<Session> {
  const { path } = settings;
  const state = stateFile(path);
  const staging = stagingFile(path, run);
  const lease = await explained(state, "taking the lease", () => acquireLease(state, path, run));
  const lost = new AbortController();
  const stopHeartbeat = keepLease(lease, (error) => lost.abort(error));
  const either = AbortSignal.any([signal, lost.signal]);
  const alone = oneAtATime();
  const finishing = new URL("./programs/finish.ts", import.meta.url);
  const large = plan.estimate.rows >= manyRows;
  const perform = (order: FinishOrder, stop: AbortSignal): Promise<void> =>
    runHereOrBeside(finish, finishing, order, { large, signal: stop });
  const finishOne: Session["finish"] = ({ id, sql, doing }, finishSignal) =>
    alone(() =>
      explained(path, doing, () => {
        // The phases ask for statistics table by table, as PostgreSQL needs them; the plan has them where the source had.
        const statement = /^ANALYZE "rowhaul_staging_/.test(sql) ? "SELECT 1" : sql;
        return perform({ staging, lease, step: { id, sql: statement } }, finishSignal);
      }),
    );
  return {
    run,
    plan,
    signal: either,
    create: (row, install) =>
      explained(path, "creating the new file", () => create(settings, lease, plan, row, install)),
    loadUnit: (unit, parts, hooks) =>
      alone(() =>
        explained(path, `loading ${unit}`, () =>
          loadUnit(staging, run, plan, unit, parts, hooks, (commit) => fenced(lease, commit)),
        ),
      ),
    finish: finishOne,
    async finishTogether(tasks, finishSignal) {
      for (const task of tasks) await finishOne(task, finishSignal);
    },
    setStatus: (status) =>
      explained(path, `noting the state of run ${run}`, async () => {
        if (status === "loaded") await perform({ staging, lease, step: null }, either);
        fenced(lease, (db) => setStatus(db, run, status));
      }),
    // The file was built and proven beside the target's; one rename is left.
    prepareSwitch: async () => ({
      commit: () => explained(path, "switching the file", () => switchFile(settings, lease, run, plan)),
      abandon: async () => {},
    }),
    switchBack: (options) =>
      explained(path, "switching the file back", () => switchBack(settings, lease, run, plan, options)),
    // A run's file is its own; the next one of the pipeline does not know of it.
    sweep: async () => [],
    async release() {
      stopHeartbeat();
      releaseLease(lease);
    },
  };
}

/** The run's row comes last, so that what a killed process left without one is made anew. */
async function create(
  { path, existing }: SqliteTargetSettings,
  lease: Lease,
  plan: Plan,
  run: Omit<RunRow, "createdAt">,
  install: readonly string[],
): Promise<void> {
  if (install.length > 0) throw new Error("Nothing is installed into a SQLite file");
  const staging = stagingFile(path, run.run);
  removeDatabase(staging);
  const copied = worksOnCopy(existing) && isThere(path) ? fingerprint(path) : null;
  if (copied === null) createFresh(staging, plan);
  else {
    await copyFile(path, staging);
    createInCopy(staging, plan, existing === "replace");
  }
  fenced(lease, (db) => insertRun(db, { ...run, aside: isThere(path) ? keptFile(path, run.run) : null }, copied));
}

async function copyFile(path: string, staging: string): Promise<void> {
  // It gets the mode of the file that it replaces at the switch; until then it is private.
  closeSync(openSync(staging, "wx", 0o600));
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    await db.backup(staging);
  } catch (thrown) {
    throw new RowhaulError("TARGET_FILE", `${path} cannot be copied: ${messageOf(thrown)}.`, { cause: thrown });
  } finally {
    db.close();
  }
}

/** SQLite has one writer, and a unit's transaction stays open while others have their turn. */
function oneAtATime(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const next = last.then(act);
    last = next.catch(() => {});
    return next;
  };
}
