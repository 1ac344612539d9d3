/**
 * Questions to a SQLite file, in a process of its own: integrity_check and slow
 * queries read whole files, and meanwhile Ctrl-C and the downtime clock must go on.
 * Not in a thread, because SQLite's own code in a thread can only be waited for,
 * while a process can be ended. The file is opened read-only.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

/** `values`: rows with their values; `count`: only how many there are, which keeps memory flat. */
export type Question = { readonly sql: string; readonly as: "values" | "count" };
export type Reply =
  | { readonly rows: readonly (readonly unknown[])[]; readonly count: number; readonly ms: number }
  | { readonly error: string };

/** One reply a question, in order: an error answers its own question and no other. Throws when the file cannot be opened. */
export function askFile(path: string, questions: readonly Question[], signal?: AbortSignal): Promise<Reply[]> {
  signal?.throwIfAborted();
  const module = createRequire(import.meta.url).resolve("better-sqlite3");
  return new Promise((resolve, reject) => {
    // Integers arrive as bigints and bytes as buffers by the advanced serialization only.
    const child = spawn(process.execPath, ["-e", inProcess], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    });
    let answer: Answer | null = null;
    let errors = "";
    const end = (): void => {
      child.kill("SIGKILL");
    };
    signal?.addEventListener("abort", end, { once: true });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-2000);
    });
    child.on("message", (message: Answer) => {
      answer = message;
    });
    child.on("error", reject);
    child.on("close", () => {
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (answer === null) reject(new Error(`reading ${path} broke off. ${errors.trim()}`.trim()));
      else if ("failed" in answer) reject(new Error(answer.failed));
      else resolve(answer.replies);
    });
    child.send({ module, path, questions }, (error) => {
      if (error !== null) end();
    });
  });
}

type Answer = { readonly replies: Reply[] } | { readonly failed: string };

/** Ctrl-C reaches it too; what becomes of that is decided by the process that asked. */
const inProcess = `
process.on("SIGINT", () => {});
process.once("message", ({ module, path, questions }) => {
  const tell = (answer) => process.send(answer, () => process.disconnect());
  let db;
  try {
    db = new (require(module))(path, { readonly: true, fileMustExist: true });
    db.defaultSafeIntegers(true);
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
  } catch (error) {
    return tell({ failed: error.message });
  }
  const replies = questions.map(({ sql, as }) => {
    try {
      const statement = db.prepare(sql);
      if (!statement.reader) return { error: "the statement does not read" };
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
  tell({ replies });
});`;
