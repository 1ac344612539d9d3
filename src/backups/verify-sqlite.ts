/** A SQLite file is verified by restoring it: a copy is opened, checked and counted. The backup itself is only read. */
import { constants, copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { plural } from "../core/messages/count.ts";
import { messageOf } from "../core/messages/errors.ts";
import { type SqliteFacts, sqliteFacts } from "../sqlite/file-facts.ts";
import { compareRows } from "./compare-rows.ts";
import { bad, type Verdict, type VerifyContext } from "./verdict.ts";

export async function verifySqlite(path: string, context: VerifyContext): Promise<Verdict> {
  const copy = join(context.scratch, "restored.db");
  copyFileSync(path, copy, constants.COPYFILE_FICLONE);
  // Commits that were not checkpointed belong to the backup.
  if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
  let facts: SqliteFacts;
  try {
    facts = await sqliteFacts(copy, context.signal);
  } catch (thrown) {
    context.signal.throwIfAborted();
    return bad(`it cannot be opened: ${messageOf(thrown)}`);
  }
  if (facts.damage.length > 0) return bad(`it is damaged: ${facts.damage[0]}`);
  if (facts.rows.size === 0) return bad("it holds no tables");
  const orphans = [...(facts.orphans ?? new Map<string, number>()).values()].reduce((sum, n) => sum + n, 0);
  // Rows without parent that the source has, too, are the source's.
  if (context.source !== null && orphans > context.source.orphans)
    return bad(
      `${plural(orphans, "row")} without parent; the source has ${plural(context.source.orphans, "such row")}`,
    );
  return compareRows(facts.rows, context.source?.rows ?? null, "restored and checked");
}
