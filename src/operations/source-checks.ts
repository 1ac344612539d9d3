/** The checklist's questions to a live SQLite file. Nothing is written to it. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { plural } from "../core/messages/count.ts";
import { messageOf } from "../core/messages/errors.ts";
import { type SqliteFacts, sqliteFacts } from "../sqlite/file-facts.ts";
import { type Answer, type Check, failure, ok, warning } from "./checklist.ts";

/** The file is read once, by whichever check comes first; `facts` gives what was read to others, such as the backups' check. */
export function sqliteChecks(path: string, signal: AbortSignal): { checks: Check[]; facts(): Promise<SqliteFacts> } {
  let reading: Promise<SqliteFacts> | null = null;
  const facts = (): Promise<SqliteFacts> => {
    reading ??= sqliteFacts(path, signal);
    return reading;
  };
  // An unreadable file is reported once, by the first check that reads it.
  const once = async (answer: (facts: SqliteFacts) => Answer): Promise<Answer[]> => {
    const read = await facts().catch(() => null);
    return read === null ? [] : [answer(read)];
  };
  const checks: Check[] = [
    { name: "permissions", check: () => permissions(path) },
    { name: "journal mode", check: async () => journalMode(path, await facts().catch(() => null)) },
    { name: "integrity", check: async () => integrity(await facts()) },
    { name: "foreign keys", check: () => once(foreignKeys) },
    { name: "schema", check: () => once(schema) },
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

function integrity({ damage, stale: [stale] }: SqliteFacts): Answer {
  if (damage.length === 0 && stale !== undefined)
    return warning(
      `an index does not agree with its table, whose rows are whole and move as they are: ${stale.line}`,
      `Make it anew: ${stale.remedy}`,
    );
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

function journalMode(path: string, facts: SqliteFacts | null): Answer[] {
  const left = `${path}-journal`;
  const journal = existsSync(left) && statSync(left).size > 0;
  if (journal && facts === null)
    return [
      failure(
        `${left} holds a transaction that was cut short, and rowhaul writes nothing to roll it back`,
        "Open the database once with its application, or with `sqlite3`: SQLite then rolls it back.",
      ),
    ];
  if (facts === null) return [];
  if (journal) return [warning(`${left} says that a transaction is under way`, "Let the application finish it.")];
  const wal = existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0;
  if (wal > Math.max(manyBytes, statSync(path).size))
    return [
      warning(
        `the write-ahead log is larger than the database (${(wal / (1 << 20)).toFixed(0)} MB)`,
        "Run `PRAGMA wal_checkpoint(TRUNCATE)` in the application, or close its long readers.",
      ),
    ];
  const mode = facts.journalMode;
  return [
    ok(mode === "wal" ? "WAL: the application goes on during the snapshot" : `${mode}: writers wait for the snapshot`),
  ];
}

/** A write-ahead log below this is nothing unusual. */
const manyBytes = 64 << 20;

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
