/** Preflight's questions to a SQLite file. */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { RowhaulError } from "../../core/errors.ts";
import { quoteName, type Sqlite, sourceError } from "./open.ts";

/**
 * Throws SOURCE_CORRUPT with the first lines of PRAGMA integrity_check. It reads the whole file, so it
 * runs in a thread of its own, beside the profile. NOT NULL and CHECK violations are data, not damage.
 */
export async function checkIntegrity(path: string): Promise<void> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const module = createRequire(import.meta.url).resolve("better-sqlite3");
    const worker = new Worker(inThread, { eval: true, workerData: { module, path } });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  if ("code" in answer) throw sourceError(path, Object.assign(new Error(answer.message), { code: answer.code }));
  const damage = answer.lines.filter(
    (line) =>
      line !== "ok" &&
      !/^(NULL value in|CHECK constraint failed in|(NUMERIC|TEXT) value in|non-unique entry)/.test(line),
  );
  if (damage.length > 0)
    throw new RowhaulError("SOURCE_CORRUPT", `${path} is damaged: ${damage[0]}.`, { details: damage.slice(1, 6) });
}

type Answer = { readonly lines: readonly string[] } | { readonly code: string; readonly message: string };

/** As text, because a thread loads its own modules and this file is TypeScript in tests. */
const inThread = `
const { parentPort, workerData } = require("node:worker_threads");
try {
  const db = new (require(workerData.module))(workerData.path, { readonly: true, fileMustExist: true });
  parentPort.postMessage({ lines: db.prepare("PRAGMA integrity_check(20)").pluck().all() });
  db.close();
} catch (error) {
  parentPort.postMessage({ code: error.code ?? "", message: error.message });
}`;

export type Orphans = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly count: number;
};

/** Child rows without a parent, counted by foreign key. Keys that SQLite cannot check (no such parent) are left to the plan. */
export function findOrphans(db: Sqlite, tables: readonly string[]): Map<string, { count: number; rowids: bigint[] }> {
  const found = new Map<string, { count: number; rowids: bigint[] }>();
  for (const table of tables) {
    let rows: IterableIterator<[string, bigint | null, string, bigint]>;
    try {
      rows = db
        .prepare(`PRAGMA foreign_key_check(${quoteName(table)})`)
        .raw(true)
        .iterate() as typeof rows;
      for (const [child, rowid, , id] of rows) {
        const key = `${child}\0${id}`;
        const known = found.get(key) ?? { count: 0, rowids: [] };
        known.count++;
        if (rowid !== null && known.rowids.length < 3) known.rowids.push(rowid);
        found.set(key, known);
      }
    } catch (thrown) {
      // "foreign key mismatch": the parent has no such key; the plan reports that key as lost.
      if (!/foreign key mismatch|no such table/.test((thrown as Error).message)) throw thrown;
    }
  }
  return found;
}
