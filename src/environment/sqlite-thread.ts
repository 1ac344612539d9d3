/**
 * Questions to a SQLite file, in a thread of its own: integrity_check and slow
 * queries read whole files, and meanwhile Ctrl-C and the downtime clock must go on.
 * The file is opened read-only; a statement that writes is refused.
 */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

/** `values`: rows with their values; `count`: only how many there are, which keeps memory flat. */
export type Question = { readonly sql: string; readonly as: "values" | "count" };
export type Reply =
  | { readonly rows: readonly (readonly unknown[])[]; readonly count: number; readonly ms: number }
  | { readonly error: string };

/** One reply a question, in order: an error answers its own question and no other. Throws when the file cannot be opened. */
export async function askFile(path: string, questions: readonly Question[], signal?: AbortSignal): Promise<Reply[]> {
  signal?.throwIfAborted();
  const module = createRequire(import.meta.url).resolve("better-sqlite3");
  const worker = new Worker(inThread, { eval: true, workerData: { module, path, questions } });
  let stop = (): void => {};
  try {
    return await new Promise<Reply[]>((resolve, reject) => {
      stop = () => reject(signal?.reason);
      signal?.addEventListener("abort", stop, { once: true });
      worker.once("message", (answer: Reply[] | { failed: string }) =>
        "failed" in answer ? reject(new Error(answer.failed)) : resolve(answer),
      );
      worker.once("error", reject);
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    await worker.terminate();
  }
}

/** As text, because a thread loads its own modules and this file is TypeScript in tests. */
const inThread = `
const { parentPort, workerData } = require("node:worker_threads");
let db;
try {
  db = new (require(workerData.module))(workerData.path, { readonly: true, fileMustExist: true });
  db.defaultSafeIntegers(true);
  db.prepare("SELECT count(*) FROM sqlite_schema").get();
} catch (error) {
  db?.close();
  parentPort.postMessage({ failed: error.message });
}
if (db?.open) {
  const answers = workerData.questions.map(({ sql, as }) => {
    try {
      const statement = db.prepare(sql);
      if (!statement.reader || !statement.readonly) return { error: "the statement does not read" };
      statement.raw(true);
      const start = performance.now();
      const rows = [];
      let count = 0;
      for (const row of statement.iterate()) {
        count += 1;
        if (as === "values") rows.push(row);
      }
      return { rows, count, ms: performance.now() - start };
    } catch (error) {
      return { error: error.message };
    }
  });
  db.close();
  parentPort.postMessage(answers);
}`;
