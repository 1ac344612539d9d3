/** A SQLite file as the phases' target. */
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { TargetFacts } from "../../core/plan/target-facts.ts";
import type { RunStore, Target } from "../../core/ports.ts";
import { explained } from "./errors.ts";
import { fitFile, readLiveFile } from "./into/live-file.ts";
import { hasTable, readCheckpoints, withStaging, work } from "./load/staging.ts";
import { refuseOtherKinds } from "./other-kinds.ts";
import { openSession } from "./session.ts";
import { type SqliteTargetSettings, worksOnCopy } from "./settings.ts";
import { cleanRun } from "./state/clean.ts";
import { checkLease } from "./state/lease.ts";
import { listRuns, readChanges, readRun, withState } from "./state/state.ts";
import { wayBackByHand } from "./state/traces.ts";
import { checkNames, checkOccupied } from "./switch/existing.ts";
import { isThere } from "./switch/files.ts";
import { stagingFile, stateFile } from "./switch/places.ts";
import { changedSince } from "./switch/switch.ts";

export function sqliteTarget(settings: SqliteTargetSettings): Target {
  const { path } = settings;
  return {
    words: {
      held: "the file",
      itself: () => `the SQLite file ${path}`,
      keptAside: () => "the file that is there will be kept beside the new one",
    },
    sameDialect: true,
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
    rowSecurity: () => "",
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
    probe: async () => ({ objections: new Map(), definitions: new Map() }),
    runs: runStore(settings),
    acquire: (run, plan, signal) => openSession(settings, run, plan, signal),
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

function runStore(settings: SqliteTargetSettings): RunStore {
  const { path } = settings;
  const file = stateFile(path);
  return {
    read: (run) => explained(file, `reading the state of run ${run}`, () => readRun(file, run)),
    list: (pipeline) => explained(file, "looking for earlier runs", () => listRuns(file, pipeline)),
    holdsLoad: async (run) => isThere(stagingFile(path, run)),
    byHand: async (run) => wayBackByHand(path, run),
    checkFree: (run) => explained(file, "looking for other runs", () => checkLease(file, path, run)),
    checkpoints: (run) =>
      explained(path, `reading the checkpoints of run ${run}`, () => readCheckpoints(stagingFile(path, run))),
    ledger: (run, limit) => explained(path, `reading the ledger of run ${run}`, () => readLedger(path, run, limit)),
    changedSince: (run, plan) => explained(path, "looking for new rows", () => changedSince(settings, run, plan)),
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
