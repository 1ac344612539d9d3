/** Long-running queries on a SQLite file, answered in a child process. The file is opened read-only. */
import { runSqliteProgram } from "../system/program/run-program.ts";

/** `values`: rows with their values; `count`: only how many there are, which keeps memory flat. */
export type Question = { readonly sql: string; readonly as: "values" | "count" };
export type Reply =
  | { readonly rows: readonly (readonly unknown[])[]; readonly count: number; readonly ms: number }
  | { readonly error: string };

/** One reply a question, in order: an error answers its own question and no other. Throws when the file cannot be opened. */
export function askFile(path: string, questions: readonly Question[], signal?: AbortSignal): Promise<Reply[]> {
  return runSqliteProgram<typeof import("./programs/answer-questions.mjs")>(
    new URL("./programs/answer-questions.mjs", import.meta.url),
    { path, questions },
    signal,
  );
}
