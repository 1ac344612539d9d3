/** A SQLite file as the phases' target. */
import { accessSync, closeSync, constants, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { TargetFacts } from "../../core/plan/target-facts.ts";
import type { Held, Loader, RunRow, RunStore, Target } from "../../core/ports.ts";
import { readDeclaration } from "../../search/declaration.ts";
import { fingerprint } from "../../sqlite/fingerprint.ts";
import { checkEnforced } from "./enforced/check-enforced.ts";
import { explained } from "./errors.ts";
import { fitFile, readLiveFile } from "./into/live-file.ts";
import { loadUnit } from "./load/load-unit.ts";
import {
  completeCopy,
  createFresh,
  createInCopy,
  finishStep,
  hasTable,
  readCheckpoints,
  withStaging,
  work,
} from "./load/staging.ts";
import { refuseOtherKinds } from "./other-kinds.ts";
import { type SqliteTargetSettings, worksOnCopy } from "./settings.ts";
import { cleanRun } from "./state/clean.ts";
import { acquireLease, checkLease, fenced, keepLease, type Lease, releaseLease } from "./state/lease.ts";
import { insertRun, readChanges, readRun, setStatus, withState } from "./state/state.ts";
import { checkNames, checkOccupied } from "./switch/existing.ts";
import { isThere, removeDatabase } from "./switch/files.ts";
import { keptFile, stagingFile, stateFile } from "./switch/places.ts";
import { changedSince, switchBack, switchFile } from "./switch/switch.ts";

export function sqliteTarget(settings: SqliteTargetSettings): Target {
  const { path } = settings;
  return {
    shown: path,
    values: {
      "target.url": `sqlite:${path}`,
      "target.path": path,
      "target.host": "",
      "target.port": "",
      "target.database": path,
      "target.user": "",
      "target.password": "",
      "target.schema": "main",
    },
    secrets: [],
    facts: async () => readFacts(path),
    check: ({ mayCreateInSchema }) => checkPlace(path, mayCreateInSchema),
    proven: async (_, { target }, switched) => ({ schema: switched ? target.schema : target.staging, live: null }),
    async checkOccupied(plan, snapshot) {
      return explained(path, "looking at the file", () => checkOccupied(settings, plan, snapshot));
    },
    checkNames: (_names) => explained(path, "looking at the file", () => checkNames(settings)),
    live: async () => null,
    answering: (_names, work) =>
      work({
        assign: async (_type, texts) => texts.map((text) => ({ text })),
        find: async () => [],
        gather: async () => ({ add: async () => {}, groups: async () => [] }),
      }),
    liveFile: () =>
      explained(path, "looking at its tables", () => (worksOnCopy(settings.existing) ? readLiveFile(path) : null)),
    fitFile: (requests, snapshot, hooks) =>
      explained(path, "looking at its rows", () => fitFile(path, requests, snapshot, hooks)),
    // The plan tried everything on SQLite itself.
    probe: async () => new Map(),
    runs: runStore(path),
    loader: loader(settings),
    async close() {},
  };
}

/** Where the tables of a run are: its own file until the switch, then the target's. */
export function sqliteFileOf(path: string, run: string, plan: Plan, schema: string): string {
  return schema === plan.target.staging ? stagingFile(path, run) : path;
}

function readFacts(path: string): TargetFacts {
  return {
    version: 3,
    encoding: "UTF8",
    role: "",
    database: path,
    mayCreateSchema: true,
    schemaExists: isThere(path),
    mayCreateInSchema: isWritable(dirname(path)) && (!existsSync(path) || isWritable(path)),
    apiRoles: [],
    binaryOrder: true,
  };
}

function checkPlace(path: string, writable: boolean): void {
  if (!existsSync(dirname(path))) throw new RowhaulError("TARGET_FILE", `There is no folder ${dirname(path)}.`);
  refuseOtherKinds(path);
  if (!writable) throw new RowhaulError("TARGET_FILE", `${path}, or its folder, cannot be written to.`);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function runStore(path: string): RunStore {
  const file = stateFile(path);
  return {
    read: (run) => explained(file, `reading the state of run ${run}`, () => readRun(file, run)),
    checkFree: (run) => explained(file, "looking for other runs", () => checkLease(file, path, run)),
    acquire: (run, onLost) =>
      explained(file, "taking the lease", () => {
        const lease = acquireLease(file, path, run);
        const stop = keepLease(lease, onLost);
        return {
          lease,
          async release() {
            stop();
            releaseLease(lease);
          },
        };
      }),
    checkpoints: (run) =>
      explained(path, `reading the checkpoints of run ${run}`, () => readCheckpoints(stagingFile(path, run))),
    ledger: (run, limit) => explained(path, `reading the ledger of run ${run}`, () => readLedger(path, run, limit)),
    setStatus: (run, status) =>
      explained(path, `noting the state of run ${run}`, () => {
        if (status === "loaded") {
          const staging = stagingFile(path, run);
          checkEnforced(staging, path, completeCopy(staging, contentOf));
        }
        setStatus(file, run, status);
      }),
    // A run's file is its own; the next one of the pipeline does not know of it.
    sweep: async () => [],
    clean: (run) => explained(path, `cleaning up run ${run}`, () => cleanRun(path, run)),
  };
}

/** While the run builds its file, the ledger is in there with the rows. */
function readLedger(path: string, run: string, limit: number): ReturnType<typeof readChanges> {
  const staging = stagingFile(path, run);
  if (existsSync(staging)) {
    const found = withStaging(staging, (db) =>
      hasTable(db, "rowhaul run ledger") ? readChanges(db, work, run, limit) : null,
    );
    if (found !== null) return found;
  }
  const names = { ledger: "ledger", quarantine: "quarantine" };
  return (
    withState(stateFile(path), (db) => readChanges(db, names, run, limit)) ?? {
      ledger: [],
      quarantine: [],
      changed: 0,
      quarantined: 0,
    }
  );
}

function contentOf(sql: string): string | null {
  const content = readDeclaration(sql)?.content;
  return content?.kind === "external" ? content.table : null;
}

function loader(settings: SqliteTargetSettings): Loader {
  const { path } = settings;
  const leaseOf = (held: Held): Lease => held.lease as Lease;
  const alone = oneAtATime();
  return {
    create: (held, plan, run, install) =>
      explained(path, "creating the new file", () => create(settings, leaseOf(held), plan, run, install)),
    unit: (held, run, plan, unit, parts, hooks) =>
      alone(() =>
        explained(path, `loading ${unit}`, () =>
          loadUnit(stagingFile(path, run), run, plan, unit, parts, hooks, (commit) => fenced(leaseOf(held), commit)),
        ),
      ),
    finish: (held, run, step, sql, doing) =>
      alone(() =>
        explained(path, doing, () => {
          // The phases ask for statistics table by table, as PostgreSQL needs them; the plan has them where the source had.
          const statement = /^ANALYZE "rowhaul_staging_/.test(sql) ? "SELECT 1" : sql;
          finishStep(stagingFile(path, run), step, statement, (commit) => fenced(leaseOf(held), commit));
        }),
      ),
    // The file was built and proven beside the target's; one rename is left.
    prepareSwitch: async (held, run, plan) => ({
      commit: () => explained(path, "switching the file", () => switchFile(settings, leaseOf(held), run, plan)),
      abandon: async () => {},
    }),
    changedSince: (run, plan) => explained(path, "looking for new rows", () => changedSince(settings, run, plan)),
    switchBack: (held, run, plan, options) =>
      explained(path, "switching the file back", async () => {
        await switchBack(settings, leaseOf(held), run, plan, options);
        return [];
      }),
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
  // The rights of the file that it replaces come at the switch; until then it is nobody else's business.
  closeSync(openSync(staging, "w", 0o600));
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
