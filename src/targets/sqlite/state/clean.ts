/** Removes every trace of a run. The file at the target's path is the application's and stays. */
import { existsSync } from "node:fs";
import { cleaningUpNow } from "../../../core/messages/clean-up.ts";
import { rollBack } from "../roll-back.ts";
import { isThere, removeDatabase } from "../switch/files.ts";
import { keptFile, stagingFile, stateFile } from "../switch/places.ts";
import { isHeld } from "./lease.ts";
import { removeMarker } from "./seed-once.ts";
import { readRun, withState } from "./state.ts";

/** Returns what was removed, for the message. */
export function cleanRun(path: string, run: string): string[] {
  const state = stateFile(path);
  const row = readRun(state, run);
  // Where the row is lost, the names tell: nobody else gives a file the name of a run.
  const removed = [stagingFile(path, run), keptFile(path, run)].filter(removeDatabase);
  const used = withState(state, (db) => {
    db.exec("BEGIN IMMEDIATE");
    return cleaningUpNow(
      () => {
        for (const table of ["ledger", "quarantine", "runs"]) db.prepare(`DELETE FROM ${table} WHERE run = ?`).run(run);
        const other = isHeld(db) || db.prepare("SELECT 1 FROM runs LIMIT 1").get() !== undefined;
        db.exec("COMMIT");
        return other;
      },
      () => rollBack(db),
    );
  });
  if (row !== null) removeMarker(path);
  if (row !== null) removed.push(`state of run ${run}`);
  // A state without tables is one that was being made, unless somebody else's data are in it.
  if (used === false || (used === null && existsSync(state) && !isThere(state))) {
    removeDatabase(state);
    removed.push(state);
  }
  return removed;
}
