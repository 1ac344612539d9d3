import type Database from "better-sqlite3";

/** By the real FTS3; `words` are the tokenizer and its arguments. */
export function fts3Tokens(db: Database.Database, words: readonly string[], texts: readonly string[]): string[][] {
  db.exec(`DROP TABLE IF EXISTS t; CREATE VIRTUAL TABLE t USING fts3tokenize(${words.join(", ") || "simple"})`);
  const read = db.prepare("SELECT token FROM t WHERE input = ?").pluck();
  return texts.map((text) => read.all(text).map(String));
}
