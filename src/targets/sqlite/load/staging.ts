/** The file that a run builds beside the target: its tables, and while it is being built, tables of the run's own. */

import { closeSync, existsSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { cleaningUpNow } from "../../../core/messages/clean-up.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import type { Plan, TablePlan } from "../../../core/plan/plan.ts";
import { quoteName } from "../../../core/quote.ts";
import { readDeclaration } from "../../../search/declaration.ts";
import { rollBack } from "../roll-back.ts";
import type { Sqlite } from "../state/state.ts";

/** Dropped before the switch. A space in the name keeps them apart from anything an application has. */
export const work = {
  checkpoints: '"rowhaul run checkpoints"',
  ledger: '"rowhaul run ledger"',
  quarantine: '"rowhaul run quarantine"',
  existing: '"rowhaul run existing"',
} as const;

const ddl = `
CREATE TABLE ${work.checkpoints} (step TEXT PRIMARY KEY, rows INTEGER NOT NULL);
CREATE TABLE ${work.ledger} (
  run TEXT NOT NULL, "table" TEXT NOT NULL, "key" TEXT NOT NULL, "column" TEXT NOT NULL, before TEXT NOT NULL, after TEXT, rule TEXT NOT NULL);
CREATE TABLE ${work.quarantine} (
  run TEXT NOT NULL, "table" TEXT NOT NULL, "key" TEXT NOT NULL, row TEXT NOT NULL, rule TEXT NOT NULL);
CREATE TABLE ${work.existing} (name TEXT PRIMARY KEY COLLATE NOCASE, kept INTEGER NOT NULL, triggers TEXT NOT NULL);`;

/** Empty tables in an empty file, all or nothing. */
export function createFresh(staging: string, plan: Plan): void {
  closeSync(openSync(staging, "wx", 0o600));
  withStaging(staging, (db) =>
    transaction(db, () => {
      for (const table of plan.tables) db.exec(table.create);
      db.exec(ddl);
    }),
  );
}

/**
 * Tables in a copy of the file that stands at the path: those that the application made stay as they are, and lose their
 * rows where others take their place. `replace`: a virtual table, which is one with its rows, is made anew.
 */
export function createInCopy(staging: string, plan: Plan, replace: boolean): void {
  withStaging(staging, (db) => {
    db.pragma("journal_mode = DELETE");
    transaction(db, () => {
      db.exec(ddl);
      const note = db.prepare(`INSERT INTO ${work.existing} VALUES (?, ?, ?)`);
      for (const table of plan.tables) {
        const there = hasTable(db, table.target);
        const anew = there && table.into === undefined && replace && !isIndexOfOthers(table);
        if (there) {
          const triggers = takeTriggers(db, table.target);
          note.run(table.target, anew ? 0 : 1, JSON.stringify(triggers));
          if (anew) db.exec(`DROP TABLE ${quoteName(table.target)}`);
          if (table.into === "replace") db.exec(`DELETE FROM ${quoteName(table.target)}`);
        }
        // The encoding and versions of the file are its own.
        if (!there || anew) db.exec(table.create.replace(/^(?:PRAGMA [^;]*;\n)*/, ""));
      }
    });
  });
}

/** Its texts are another table's, by which it is built again at the end. */
function isIndexOfOthers({ create }: TablePlan): boolean {
  return readDeclaration(create)?.content.kind === "external";
}

/** Rows must not fire an application's triggers: they have fired once, where the rows come from. */
function takeTriggers(db: Sqlite, table: string): string[] {
  const triggers = db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE")
    .all(table) as { name: string; sql: string }[];
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${quoteName(name)}`);
  return triggers.map(({ sql }) => sql);
}

/** One statement of finish, or several, with the checkpoint. */
export function finishStep(staging: string, step: string, sql: string, before: (commit: () => void) => void): void {
  withStaging(staging, (db) => {
    db.exec("BEGIN IMMEDIATE");
    cleaningUpNow(
      () => {
        execute(db, sql);
        db.prepare(`INSERT INTO ${work.checkpoints} VALUES (?, 0)`).run(`finish/${step}`);
        before(() => db.exec("COMMIT"));
      },
      () => rollBack(db),
    );
  });
}

function execute(db: Sqlite, sql: string): void {
  const kept = (name: string): boolean =>
    db.prepare(`SELECT 1 FROM ${work.existing} WHERE name = ? AND kept = 1`).get(name) !== undefined;
  // The position of a table that goes on counting is its own.
  const counted = /^DELETE FROM sqlite_sequence WHERE name = '((?:[^']|'')*)'/.exec(sql)?.[1];
  if (counted !== undefined && kept(counted.replaceAll("''", "'"))) return;
  try {
    db.exec(sql);
  } catch (thrown) {
    const appends = db.prepare(`SELECT 1 FROM ${work.existing} WHERE kept = 1`).get() !== undefined;
    if (!appends || !/ already exists$/.test((thrown as Error).message)) throw thrown;
  }
}

/**
 * After the last step: triggers come back, and indexes of texts are true to the tables they index. Returns the tables
 * that were there and got rows.
 */
export function completeCopy(staging: string, fullText: (sql: string) => string | null): string[] {
  return withStaging(staging, (db) => {
    if (!hasTable(db, "rowhaul run existing")) return [];
    const existing = db.prepare(`SELECT name, triggers FROM ${work.existing}`).all() as {
      name: string;
      triggers: string;
    }[];
    transaction(db, () => {
      const there = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND sql = ?");
      for (const sql of existing.flatMap(({ triggers }) => JSON.parse(triggers) as string[]))
        if (there.get(sql) === undefined) db.exec(sql);
      const virtual = db
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'")
        .all() as { name: string; sql: string }[];
      for (const { name, sql } of virtual) {
        const content = fullText(sql);
        if (content === null || !existing.some((one) => one.name.toLowerCase() === content.toLowerCase())) continue;
        db.exec(`INSERT INTO ${quoteName(name)} (${quoteName(name)}) VALUES ('rebuild')`);
      }
    });
    const kept = db
      .prepare(
        `SELECT s.name FROM ${work.existing} e JOIN sqlite_schema s ON s.type = 'table' AND s.name = e.name COLLATE NOCASE
         WHERE e.kept = 1 AND s.sql NOT LIKE 'CREATE VIRTUAL%'`,
      )
      .pluck()
      .all();
    return kept as string[];
  });
}

export function readCheckpoints(staging: string): Map<string, number> {
  if (!existsSync(staging)) return new Map();
  return withStaging(staging, (db) => {
    if (!hasTable(db, "rowhaul run checkpoints")) return new Map<string, number>();
    const rows = db.prepare(`SELECT step, rows FROM ${work.checkpoints}`).all() as { step: string; rows: number }[];
    return new Map(rows.map(({ step, rows: count }) => [step, count]));
  });
}

export function withStaging<T>(staging: string, use: (db: Sqlite) => T): T {
  if (!existsSync(staging))
    throw new RowhaulError("TARGET_FILE", `${staging}, which holds what is loaded, is gone.`, {
      hint: "Start over: `rowhaul run <pipeline> --fresh`.",
    });
  const db = new Database(staging, { fileMustExist: true, timeout: 5000 });
  try {
    prepare(db);
    return use(db);
  } finally {
    db.close();
  }
}

/** Rows arrive in any order, so what they must hold together is checked when all are in: see enforced/. */
export function prepare(db: Sqlite): void {
  db.pragma("foreign_keys = OFF");
  db.pragma("ignore_check_constraints = ON");
  db.pragma("cache_size = -32768");
}

export function hasTable(db: Sqlite, name: string, schema = "main"): boolean {
  return (
    db.prepare(`SELECT 1 FROM ${schema}.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`).get(name) !==
    undefined
  );
}

export function transaction(db: Sqlite, act: () => void): void {
  db.exec("BEGIN");
  cleaningUpNow(
    () => {
      act();
      db.exec("COMMIT");
    },
    () => rollBack(db),
  );
}
