/** Removes every trace of a run. The file at the target's path is the application's and stays. */
import { existsSync } from "node:fs";
import { removeDatabase } from "../switch/files.ts";
import { keptFile, stagingFile, stateFile } from "../switch/places.ts";
import { readRun, withState } from "./state.ts";

/** Returns what was removed, for the message. */
export function cleanRun(path: string, run: string): string[] {
  const state = stateFile(path);
  const row = readRun(state, run);
  const removed = [stagingFile(path, run), ...(row === null ? [] : [keptFile(path, run)])].filter(removeDatabase);
  if (row !== null) {
    withState(state, (db) => {
      db.exec("BEGIN IMMEDIATE");
      for (const table of ["ledger", "quarantine", "runs"]) db.prepare(`DELETE FROM ${table} WHERE run = ?`).run(run);
      db.exec("COMMIT");
    });
    removed.push(`state of run ${run}`);
  }
  const used = withState(
    state,
    (db) => db.prepare("SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM lease)").pluck().get() as number,
  );
  if (used === 0 && existsSync(state)) {
    removeDatabase(state);
    removed.push(state);
  }
  return removed;
}
