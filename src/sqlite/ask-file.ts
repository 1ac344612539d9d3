/** Long-running queries on a SQLite file, answered in a child process. The file is opened read-only. */
import { runSqliteProgram } from "../system/program/run-program.ts";
import type { Question, Reply } from "./question.ts";

/** One reply a question, in order: an error answers its own question and no other. Throws when the file cannot be opened. */
export function askFile(path: string, questions: readonly Question[], signal?: AbortSignal): Promise<Reply[]> {
  return runSqliteProgram<typeof import("./programs/answer-questions.mjs")>(
    new URL("./programs/answer-questions.mjs", import.meta.url),
    { path, questions },
    signal,
  );
}
