/** The version of the state, kept in the file's `user_version`, and the way to the one that this program works with. */

import type Database from "better-sqlite3";
import { cleaningUpNow } from "../../../core/messages/clean-up.ts";
import { newerState } from "../../../core/messages/newer-state.ts";
import { rollBack } from "../roll-back.ts";
import type { Migration } from "./migrations/migration.ts";
import { migrations as all } from "./migrations/registry.ts";

/** Files from before there were versions have the tables of the first, and no number. */
const unnumbered = 1;

/** Makes the state, or brings it up to date; a current one is only examined. Throws STATE_NEWER. */
export function ensureState(db: Database.Database, file: string, migrations: readonly Migration[] = all): void {
  const latest = migrations.at(-1)?.version ?? 0;
  if (numberOf(db, file, latest) === latest) return;
  db.exec("BEGIN IMMEDIATE");
  cleaningUpNow(
    () => {
      // Another program may have been first.
      numberOf(db, file, latest);
      const version = versionOf(db);
      for (const migration of migrations) if (migration.version > version) db.exec(migration.sql);
      db.pragma(`user_version = ${latest}`);
      db.exec("COMMIT");
    },
    () => rollBack(db),
  );
}

/**
 * Whether there is a state to read from. An older one is upgraded, for no statement knows its tables; where there is
 * none, none is made. Throws STATE_NEWER.
 */
export function hasState(db: Database.Database, file: string, migrations: readonly Migration[] = all): boolean {
  const latest = migrations.at(-1)?.version ?? 0;
  numberOf(db, file, latest);
  const version = versionOf(db);
  if (version > 0 && version < latest) ensureState(db, file, migrations);
  return version > 0;
}

/** As it stands in the file. */
function numberOf(db: Database.Database, file: string, latest: number): number {
  const number = db.pragma("user_version", { simple: true }) as number;
  if (number > latest) throw newerState(file, number, latest);
  return number;
}

/** 0 = there is no state. */
function versionOf(db: Database.Database): number {
  const number = db.pragma("user_version", { simple: true }) as number;
  if (number > 0) return number;
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'quarantine'").get() === undefined ? 0 : unnumbered;
}
