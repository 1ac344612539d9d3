/**
 * The switch: the built file takes the target's path in one rename, and the way back is another. What is true is read
 * from the files, because a run may be killed between a rename and the record of it.
 */

import { chmodSync, chownSync, existsSync, rmSync, statSync } from "node:fs";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { switchUnknown } from "../../../core/messages/lost-run.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import type { RunStatus } from "../../../core/run-stages.ts";
import { hasReached } from "../../../core/run-stages.ts";
import { fingerprint } from "../../../sqlite/fingerprint.ts";
import { renameDurably, syncFile } from "../../../system/durable-file.ts";
import { hasTable, withStaging, work } from "../load/staging.ts";
import type { SqliteTargetSettings } from "../settings.ts";
import { fenced, type Lease } from "../state/lease.ts";
import {
  readChanges,
  readRun,
  readSwitch,
  type Sqlite,
  type Switched,
  setStatus,
  writeChanges,
} from "../state/state.ts";
import { changedTables, tableDigests } from "./digests.ts";
import { isThere, quiesce, replaceFile, sameFile } from "./files.ts";
import { checkKept, digestToKeep } from "./kept.ts";
import { keptFile, stagingFile, stateFile } from "./places.ts";

export async function switchFile(settings: SqliteTargetSettings, lease: Lease, run: string, plan: Plan): Promise<void> {
  const { path, existing } = settings;
  const staging = stagingFile(path, run);
  const kept = keptFile(path, run);
  const { copied, switched } = readSwitch(stateFile(path), run);
  const record = (status: RunStatus): void =>
    fenced(lease, (db) => {
      setStatus(db, run, status);
    });
  // Killed after the rename.
  if (switched !== null && !existsSync(staging) && isThere(path)) return record("switched");
  if (!existsSync(staging)) throw new RowhaulError("TARGET_FILE", `${staging}, which the run built, is gone.`);
  if (existing === "refuse" && isThere(path) && holdsTables(path))
    throw new RowhaulError("TARGET_OCCUPIED", `${path} holds tables by now.`, {
      hint: "Move that file away and run the same command again, or choose another path.",
    });
  const refuseWritten = (): void => {
    if (copied !== null && (!isThere(path) || fingerprint(path) !== copied))
      throw new RowhaulError("TARGET_WRITTEN", `${path} was written to since the run copied it.`, {
        hint: "Start over: `rowhaul run <pipeline> --fresh`.",
      });
  };
  refuseWritten();
  finalise(staging, lease, run);
  // Before the files are quiet: a reader of a file in WAL mode leaves a log beside it.
  const digests = await tableDigests(staging, plan);
  quiesce(staging);
  // Computing the digests took time: check once more, with writers locked out.
  quiesce(path, refuseWritten);
  const moved = isThere(path);
  const oldDigest = moved ? await digestToKeep(path) : null;
  const facts: Switched = {
    digests,
    fingerprint: fingerprint(staging),
    moved,
    ...(oldDigest === null ? {} : { kept: oldDigest }),
  };
  // Before the old file is kept: whenever it is there, its digest is.
  fenced(lease, (db) => db.prepare("UPDATE runs SET switched = ? WHERE run = ?").run(JSON.stringify(facts), run));
  takeRights(staging, settings);
  syncFile(staging);
  fenced(lease, (db) => {
    setStatus(db, run, "switched");
    replaceFile(staging, path, moved ? kept : null);
  });
}

/**
 * The inverse; the new file becomes the staging file again. Returns what is worth knowing, as sentences. Throws
 * ROLLBACK_REFUSED when it was written to since, UNDO_FAILED when the old file is not the one that was kept.
 */
export async function switchBack(
  { path }: SqliteTargetSettings,
  lease: Lease,
  run: string,
  plan: Plan,
  options: { readonly discardNewWrites: boolean; readonly status: RunStatus },
): Promise<readonly string[]> {
  const staging = stagingFile(path, run);
  const kept = keptFile(path, run);
  const file = stateFile(path);
  const { switched } = readSwitch(file, run);
  const status = readRun(file, run)?.status;
  if (status === undefined) throw switchUnknown(run, file);
  const recorded = hasReached(status, "switched");
  if (recorded && switched === null) throw switchUnknown(run, file);
  if (switched === null) return [];
  const back = (): void =>
    fenced(lease, (db) => {
      db.prepare("UPDATE runs SET status = ?, switched = NULL WHERE run = ?").run(options.status, run);
    });
  const isBack = existsSync(staging) && !sameFile(staging, path);
  if (isBack) {
    // Killed before the rename of the switch, or after the one of the way back.
    if (sameFile(kept, path)) rmSync(kept);
    if (recorded) back();
    return [];
  }
  if (!isThere(path)) throw new RowhaulError("TARGET_FILE", `${path}, which the run made, is gone.`);
  if (!options.discardNewWrites) refuseIfChanged(path, await changedOf(path, plan, switched));
  const said = switched.moved ? await checkKept(path, run, switched.kept) : [];
  quiesce(path);
  fenced(lease, (db) => {
    if (switched.moved) replaceFile(kept, path, staging);
    else {
      renameDurably(path, staging);
    }
    db.prepare("UPDATE runs SET status = ?, switched = NULL WHERE run = ?").run(options.status, run);
  });
  return said;
}

/** Tables written to since the run switched, while its file is the live one. */
export async function changedSince({ path }: SqliteTargetSettings, run: string, plan: Plan): Promise<string[]> {
  const file = stateFile(path);
  const status = readRun(file, run)?.status;
  const { switched } = readSwitch(file, run);
  if (!hasReached(status, "switched") || switched === null || !isThere(path)) return [];
  return changedOf(path, plan, switched);
}

/** A checkpoint or another journal mode changes the file and no row, so a difference is settled by the rows. */
async function changedOf(path: string, plan: Plan, { digests, fingerprint: before }: Switched): Promise<string[]> {
  if (fingerprint(path) === before) return [];
  return changedTables(plan, digests, await tableDigests(path, plan));
}

function refuseIfChanged(path: string, changed: readonly string[]): void {
  if (changed.length === 0) return;
  throw new RowhaulError(
    "ROLLBACK_REFUSED",
    `Since the switch, ${changed.length === 1 ? "a table" : "tables"} of ${path} ${changed.length === 1 ? "was" : "were"} written to: ${changed.join(", ")}.`,
  );
}

/** The ledger moves into the state, and nothing of ours stays in the file. Safe to do again. */
function finalise(staging: string, lease: Lease, run: string): void {
  withStaging(staging, (db) => {
    if (!hasTable(db, "rowhaul run checkpoints")) return;
    const changes = readChanges(db, work, run, Number.MAX_SAFE_INTEGER);
    fenced(lease, (state) => {
      for (const name of ["ledger", "quarantine"]) state.prepare(`DELETE FROM ${name} WHERE run = ?`).run(run);
      writeChanges(state, { ledger: "ledger", quarantine: "quarantine" }, run, changes);
    });
    db.exec(
      `BEGIN; ${Object.values(work)
        .map((name) => `DROP TABLE ${name}`)
        .join("; ")}; COMMIT`,
    );
  });
}

/** Whoever could use the old file can use the new one; without an old one, as SQLite would have made it, for nobody more than the source. */
function takeRights(staging: string, { path, mode: most = 0o666 }: SqliteTargetSettings): void {
  if (!existsSync(path)) {
    chmodSync(staging, most & 0o666 & ~process.umask());
    return;
  }
  const { mode, uid, gid } = statSync(path);
  chmodSync(staging, mode & 0o777);
  try {
    chownSync(staging, uid, gid);
  } catch {
    // Only root may give a file away.
  }
}

function holdsTables(path: string): boolean {
  return withStaging(path, (db: Sqlite) => db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined);
}
