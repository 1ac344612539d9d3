/** Preflight's questions to a SQLite file. */

import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { RowhaulError } from "../core/messages/errors.ts";
import type { Sample } from "../core/plan/profile.ts";
import type { ProfileRequest } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import type { ForeignKey } from "../core/schema/catalog.ts";
import { recoverHint, type Sqlite, selected, selection, sourceError } from "../sqlite/open.ts";
import { Samples } from "./profile/samples.ts";

/**
 * Throws SOURCE_CORRUPT with the first lines of PRAGMA integrity_check. It reads the whole file, so it
 * runs in a thread of its own, beside the profile. NOT NULL and CHECK violations are data, not damage.
 */
export async function checkIntegrity(path: string, shown: string): Promise<void> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const module = createRequire(import.meta.url).resolve("better-sqlite3");
    const worker = new Worker(inThread, { eval: true, workerData: { module, path } });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  if ("code" in answer) throw sourceError(shown, Object.assign(new Error(answer.message), { code: answer.code }));
  const damage = answer.lines.filter(
    (line) =>
      line !== "ok" &&
      !/^(NULL value in|CHECK constraint failed in|(NUMERIC|TEXT) value in|non-unique entry)/.test(line),
  );
  if (damage.length > 0)
    throw new RowhaulError("SOURCE_CORRUPT", `${shown} is damaged: ${damage[0]}.`, {
      details: damage.slice(1, 6),
      hint: recoverHint(shown),
    });
}

type Answer = { readonly lines: readonly string[] } | { readonly code: string; readonly message: string };

/** As text, because a thread loads its own modules and this file is TypeScript in tests. */
const inThread = `
const { parentPort, workerData } = require("node:worker_threads");
try {
  const db = new (require(workerData.module))(workerData.path, { readonly: true, fileMustExist: true });
  const check = (of) => db.prepare("PRAGMA integrity_check(" + of + ")").pluck().all();
  let lines;
  try {
    lines = check(20);
  } catch (error) {
    // A full-text table whose tokenizer only the application has stops the check of the whole file; the others are looked at one by one.
    if (error.code !== "SQLITE_ERROR") throw error;
    const tables = db.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') AND name NOT IN ('sqlite_schema', 'sqlite_temp_schema')").pluck().all();
    lines = tables.flatMap((name) => check("'" + name.replaceAll("'", "''") + "'"));
  }
  parentPort.postMessage({ lines });
  db.close();
} catch (error) {
  parentPort.postMessage({ code: error.code ?? "", message: error.message });
}`;

/**
 * Child rows without a parent, by foreign key. SQLite's own foreign_key_check knows nothing of a
 * pipeline's selections, so the keys are followed here; those whose parent has no such columns are left
 * to the plan, which reports them as lost.
 */
export function findOrphans(
  db: Sqlite,
  child: ProfileRequest,
  key: ForeignKey,
  parentWhere: string | null,
): { count: number; samples: Sample[] } {
  const none = { count: 0, samples: [] };
  if (key.parentColumns.length !== key.columns.length) return none;
  const own = quoteName(child.table.name);
  const columns = key.columns.map((name) => `${own}.${quoteName(name)}`);
  const match = columns.map((c, i) => `"rowhaul parent".${quoteName(key.parentColumns[i] ?? "")} = ${c}`);
  const given = columns.map((c) => `${c} IS NOT NULL`);
  const orphan = `${given.join(" AND ")} AND NOT EXISTS (SELECT 1 FROM ${selected(key.parent, parentWhere, key.parentColumns)} AS "rowhaul parent" WHERE ${match.join(" AND ")})`;
  const where = child.where === null ? "" : `${selection(child.where)} AND `;
  try {
    const count = Number(db.prepare(`SELECT count(*) FROM ${own} WHERE ${where}${orphan}`).pluck().get());
    if (count === 0) return none;
    return { count, samples: new Samples(db, child.table, child.where).find(key.columns[0] ?? "", orphan) };
  } catch (thrown) {
    if (/no such (table|column)/.test((thrown as Error).message)) return none;
    throw thrown;
  }
}
