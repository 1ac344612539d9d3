/**
 * rowhaul's own tables of a SQLite target, in a small file beside it: the file that is built becomes the
 * application's, so nothing of ours may stay in it.
 */
import { closeSync, existsSync, lstatSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { rowGone } from "../../../core/messages/lost-run.ts";
import type { LedgerEntry, QuarantinedRow } from "../../../core/plan/ledger.ts";
import type { RunStatus } from "../../../core/run-stages.ts";
import type { RunRow } from "../../../core/session.ts";
import { ensureState, hasState } from "./upgrade.ts";

export type Sqlite = Database.Database;

/** What the switch must know to be undone. */
export type Switched = {
  /** Content of the live tables at the switch, by target name. */
  readonly digests: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  /** A file stood at the path, and is kept. */
  readonly moved: boolean;
  /** SHA-256 of the file that is kept; missing where none is, and in a state that an earlier version wrote. */
  readonly kept?: string;
  /** The seed data of the run's environment are in the file. */
  readonly seeded?: true;
};

export function createState(file: string): void {
  refuseLink(file);
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  const db = new Database(file, { timeout: 5000 });
  try {
    ensureState(db, file);
  } finally {
    db.close();
  }
}

/** Opened for one question or one change, so that no handle is left behind. Null when there is no state yet. Throws STATE_NEWER. */
export function withState<T>(file: string, work: (db: Sqlite) => T): T | null {
  refuseLink(file);
  if (!existsSync(file)) return null;
  const db = new Database(file, { fileMustExist: true, timeout: 5000 });
  try {
    return hasState(db, file) ? work(db) : null;
  } finally {
    db.close();
  }
}

/** Its name can be foreseen: in a folder of many, somebody could lead it to a database of ours. */
function refuseLink(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new RowhaulError("TARGET_FILE", `${file} is a symbolic link: the state of runs is not kept behind one.`, {
      hint: `Remove ${file}, then run the same command again.`,
    });
}

export function readRun(file: string, run: string): RunRow | null {
  return withState(file, (db) => {
    const row = db.prepare(`SELECT ${columns} FROM runs WHERE run = ?`).get(run);
    return (row as RunRow | undefined) ?? null;
  });
}

/** `copied`: fingerprint of the file that the staging file was copied from; null when it began empty. */
export function insertRun(db: Sqlite, run: Omit<RunRow, "createdAt">, copied: string | null): void {
  db.prepare(
    `INSERT INTO runs (run, pipeline, "schema", staging, aside, plan, status, created_at, copied) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    run.run,
    run.pipeline,
    run.schema,
    run.staging,
    run.aside,
    run.plan,
    run.status,
    new Date().toISOString(),
    copied,
  );
}

/** Of a pipeline, oldest first. */
export function listRuns(file: string, pipeline: string): RunRow[] {
  const found = withState(file, (db) =>
    db.prepare(`SELECT ${columns} FROM runs WHERE pipeline = ? ORDER BY created_at, run`).all(pipeline),
  );
  return (found ?? []) as RunRow[];
}

const columns = `run, pipeline, "schema", staging, aside, plan, status, created_at AS createdAt`;

/** Throws LOAD_LOST when the run's row is gone: nobody could tell later what became of the run. */
export function setStatus(db: Sqlite, run: string, status: RunStatus): void {
  if (db.prepare("UPDATE runs SET status = ? WHERE run = ?").run(status, run).changes === 0)
    throw rowGone(run, db.name);
}

export function readSwitch(
  file: string,
  run: string,
): { readonly copied: string | null; readonly switched: Switched | null } {
  const row = withState(
    file,
    (db) =>
      db.prepare("SELECT copied, switched FROM runs WHERE run = ?").get(run) as
        | { copied: string | null; switched: string | null }
        | undefined,
  );
  return {
    copied: row?.copied ?? null,
    switched: row?.switched === null || row?.switched === undefined ? null : (JSON.parse(row.switched) as Switched),
  };
}

export type Changes = { readonly ledger: readonly LedgerEntry[]; readonly quarantine: readonly QuarantinedRow[] };

/** Writes into tables of these names, of the state file or of the file that is being built. */
export function writeChanges(
  db: Sqlite,
  names: { ledger: string; quarantine: string },
  run: string,
  changes: Changes,
): void {
  const ledger = db.prepare(`INSERT INTO ${names.ledger} VALUES (?, ?, ?, ?, ?, ?, ?)`);
  for (const one of changes.ledger) ledger.run(run, one.table, one.key, one.column, one.before, one.after, one.rule);
  const quarantine = db.prepare(`INSERT INTO ${names.quarantine} VALUES (?, ?, ?, ?, ?)`);
  for (const one of changes.quarantine) quarantine.run(run, one.table, one.key, JSON.stringify(one.row), one.rule);
}

export function readChanges(
  db: Sqlite,
  names: { ledger: string; quarantine: string },
  run: string,
  limit: number,
): { ledger: LedgerEntry[]; quarantine: QuarantinedRow[]; changed: number; quarantined: number } {
  const count = (name: string): number =>
    Number(db.prepare(`SELECT count(*) FROM ${name} WHERE run = ?`).pluck().get(run));
  const ledger = db
    .prepare(
      `SELECT "table", "key", "column", before, after, rule FROM ${names.ledger} WHERE run = ? ORDER BY 1, 2, 3 LIMIT ?`,
    )
    .all(run, limit) as LedgerEntry[];
  const rows = db
    .prepare(`SELECT "table", "key", row, rule FROM ${names.quarantine} WHERE run = ? ORDER BY 1, 2 LIMIT ?`)
    .all(run, limit) as (Omit<QuarantinedRow, "row"> & { row: string })[];
  return {
    ledger,
    quarantine: rows.map((row) => ({ ...row, row: JSON.parse(row.row) as QuarantinedRow["row"] })),
    changed: count(names.ledger),
    quarantined: count(names.quarantine),
  };
}
