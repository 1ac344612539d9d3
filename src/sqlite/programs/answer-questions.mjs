// @ts-check
/** Answers ask-file.ts, in a process of its own. */
import Database from "better-sqlite3";

/** @import { Question, Reply } from "../question.ts" */

/**
 * Throws when the file cannot be opened.
 * @param {{ readonly path: string, readonly questions: readonly Question[] }} input
 * @returns {Reply[]}
 */
export default function answerQuestions({ path, questions }) {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    db.defaultSafeIntegers(true);
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return questions.map((question) => reply(db, question));
  } finally {
    db.close();
  }
}

/**
 * @param {Database.Database} db
 * @param {Question} question
 * @returns {Reply}
 */
function reply(db, { sql, as }) {
  try {
    const statement = db.prepare(sql);
    if (!statement.reader) return { error: "the statement does not read" };
    statement.raw(true);
    const start = performance.now();
    /** @type {unknown[][]} */
    const rows = [];
    let count = 0;
    for (const row of statement.iterate()) {
      count += 1;
      if (as === "values") rows.push(/** @type {unknown[]} */ (row));
    }
    return { rows, count, ms: performance.now() - start };
  } catch (error) {
    return { error: /** @type {Error} */ (error).message };
  }
}
