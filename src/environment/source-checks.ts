/** The checklist's questions to a live SQLite file. Nothing is written to it. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { plural } from "../core/count.ts";
import { messageOf } from "../core/errors.ts";
import { type Answer, type Check, failure, ok, warning } from "./checklist.ts";
import { type SqliteFacts, sqliteFacts } from "./sqlite-facts.ts";

/** The file is read once, by whichever check comes first; `facts` gives what was read to others, such as the backups' check. */
export function sqliteChecks(path: string, signal: AbortSignal): { checks: Check[]; facts(): Promise<SqliteFacts> } {
  let reading: Promise<SqliteFacts> | null = null;
  const facts = (): Promise<SqliteFacts> => {
    reading ??= sqliteFacts(path, signal);
    return reading;
  };
  const checks: Check[] = [
    { name: "permissions", check: () => permissions(path) },
    { name: "integrity", check: async () => integrity(await facts()) },
    { name: "foreign keys", check: async () => foreignKeys(await facts()) },
    { name: "journal mode", check: async () => journalMode(path, await facts()) },
    { name: "schema", check: async () => schema(await facts()) },
  ];
  return { checks, facts };
}

function permissions(path: string): Answer {
  try {
    accessSync(path, constants.R_OK);
  } catch (thrown) {
    return failure(`${path} cannot be read: ${messageOf(thrown)}.`, "Check its owner and permissions.");
  }
  // In WAL mode, readers need the -shm file beside the database too.
  return writable(path) && writable(dirname(path))
    ? ok("the file can be read, and locked at cutover")
    : warning(
        "the file or its folder cannot be written, so no lock can keep writers out at cutover",
        "Run as a user that may write to the file; nothing is written to it.",
      );
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function integrity({ damage }: SqliteFacts): Answer {
  return damage.length === 0
    ? ok("integrity_check found nothing")
    : failure(`the file is damaged: ${damage[0]}`, "Restore a backup, or recover with `sqlite3 damaged.db .recover`.");
}

/** Only a warning: the plan decides about them, with the pipeline's selections. */
function foreignKeys({ orphans }: SqliteFacts): Answer {
  if (orphans === null)
    return warning("foreign_key_check could not be run", "A foreign key names a table or column that is not there.");
  const [first] = orphans;
  if (first === undefined) return ok("every row has its parent");
  const all = [...orphans.values()].reduce((sum, n) => sum + n, 0);
  return warning(
    `${plural(all, "row")} without parent, ${first[1]} of them in ${first[0]}`,
    "Correct the rows, or accept ORPHAN_ROWS in the plan.",
  );
}

function journalMode(path: string, { journalMode: mode }: SqliteFacts): Answer {
  const left = `${path}-journal`;
  if (mode !== "wal" && existsSync(left) && statSync(left).size > 0)
    return warning(
      `${left} holds a transaction that was not finished, or one that is under way`,
      "Let the application finish; if it is not running, open the database once so that SQLite rolls it back.",
    );
  const wal = existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0;
  if (wal > Math.max(64 << 20, statSync(path).size))
    return warning(
      `the write-ahead log is larger than the database (${(wal / (1 << 20)).toFixed(0)} MB)`,
      "Run `PRAGMA wal_checkpoint(TRUNCATE)` in the application, or close its long readers.",
    );
  return ok(mode === "wal" ? "WAL: the application goes on during the snapshot" : `${mode}: writers wait for the snapshot`);
}

function schema({ objects, rows, userVersion, schemaVersion }: SqliteFacts): Answer {
  if (rows.size === 0) return failure("there are no tables", "Check the path; an empty file is often a mistyped one.");
  const many = (type: string, one: string, plurals?: string): string[] => {
    const n = objects.get(type) ?? 0;
    return n === 0 ? [] : [plural(n, one, plurals)];
  };
  const parts = [
    plural(rows.size, "table"),
    ...many("index", "index", "indexes"),
    ...many("view", "view"),
    ...many("trigger", "trigger"),
    ...(userVersion === 0 ? [] : [`user_version ${userVersion}`]),
    ...(schemaVersion === null ? [] : [`schema version ${schemaVersion}`]),
  ];
  return ok(parts.join(", "));
}
