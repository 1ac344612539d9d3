/**
 * The lease: one run per target file. On this machine a holder lives as long as its process, however long a
 * statement keeps it from giving a sign of life; on another one, until its hold expires.
 */

import { cleaningUpNow } from "../../../core/messages/clean-up.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { fateOfText, processText, readProcessText, thisProcess } from "../../../system/process.ts";
import { rollBack } from "../roll-back.ts";
import { createState, type Sqlite, withState } from "./state.ts";

export type Lease = { readonly file: string; readonly path: string; readonly token: number };

const holdMs = 120_000;
const heartbeatMs = 5_000;

type Row = { readonly run: string; readonly owner: string; readonly token: number; readonly expires: number };

/** Throws RUN_IN_PROGRESS, naming the holder. */
export function acquireLease(file: string, path: string, run: string): Lease {
  createState(file);
  const token = withState(file, (db) => {
    db.exec("BEGIN IMMEDIATE");
    return cleaningUpNow(
      () => {
        const held = db.prepare("SELECT * FROM lease").get() as Row | undefined;
        if (held !== undefined && isLive(held)) throw inProgress(path, held, run);
        // Tokens count from the clock, so that none comes again after a lease was given back.
        const next = Math.max((held?.token ?? 0) + 1, Date.now());
        db.prepare("INSERT OR REPLACE INTO lease VALUES (1, ?, ?, ?, ?)").run(
          run,
          processText(thisProcess()),
          next,
          Date.now() + holdMs,
        );
        db.exec("COMMIT");
        return next;
      },
      () => rollBack(db),
    );
  });
  if (token === null) throw new RowhaulError("TARGET_FILE", `${file} cannot be used for the state of runs.`);
  return { file, path, token };
}

/** Throws RUN_IN_PROGRESS while another live run holds the file; changes nothing. */
export function checkLease(file: string, path: string, run: string | null): void {
  const held = withState(file, (db) => db.prepare("SELECT * FROM lease").get() as Row | undefined);
  if (held !== null && held !== undefined && isLive(held)) throw inProgress(path, held, run);
}

/** Renews the lease until the returned function is called. `onLost` is called once if another process took over. */
export function keepLease(lease: Lease, onLost: (error: RowhaulError) => void): () => void {
  const timer = setInterval(() => {
    try {
      const changed = withState(lease.file, (db) =>
        db.prepare("UPDATE lease SET expires = ? WHERE token = ?").run(Date.now() + holdMs, lease.token),
      );
      if (changed === null || changed.changes > 0) return;
    } catch {
      // A beat that fails is not yet a loss: the work itself finds out.
      return;
    }
    clearInterval(timer);
    onLost(lost(lease));
  }, heartbeatMs);
  timer.unref();
  return () => clearInterval(timer);
}

export function releaseLease(lease: Lease): void {
  withState(lease.file, (db) => db.prepare("DELETE FROM lease WHERE token = ?").run(lease.token));
}

/** Does the work while nobody can take the lease, and only if it is still ours. `work` may change the state in the same transaction. */
export function fenced<T>(lease: Lease, work: (db: Sqlite) => T): T {
  const done = withState(lease.file, (db) => {
    db.exec("BEGIN IMMEDIATE");
    return cleaningUpNow(
      () => {
        if (db.prepare("SELECT 1 FROM lease WHERE token = ?").get(lease.token) === undefined) throw lost(lease);
        const result = work(db);
        db.exec("COMMIT");
        return { result };
      },
      () => rollBack(db),
    );
  });
  if (done === null) throw lost(lease);
  return done.result;
}

/** Removes the lease of a process that has died, and says whether there is another. */
export function isHeld(db: Sqlite): boolean {
  const held = db.prepare("SELECT * FROM lease").get() as Row | undefined;
  if (held === undefined) return false;
  if (isLive(held)) return true;
  db.prepare("DELETE FROM lease WHERE token = ?").run(held.token);
  return false;
}

function isLive({ owner, expires }: Row): boolean {
  const fate = fateOfText(owner);
  return fate === "unknown" ? expires > Date.now() : fate === "alive";
}

function inProgress(path: string, held: Row, run: string | null): RowhaulError {
  const holder = readProcessText(held.owner);
  const who = held.run === run ? "This run" : `Run ${held.run}`;
  const where = holder === null ? held.owner : `process ${holder.pid} on ${holder.host}`;
  return new RowhaulError("RUN_IN_PROGRESS", `${who} is at work on ${path} (${where}).`);
}

function lost({ path }: Lease): RowhaulError {
  return new RowhaulError("LEASE_LOST", `Another process took over the work on ${path}.`);
}
