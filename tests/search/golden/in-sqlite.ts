/** The golden set's tables in the real FTS5. */
import Database from "better-sqlite3";
import { messageOf } from "../../../src/core/messages/errors.ts";
import type { Group } from "./cases.ts";

/** By line of the file, what FTS5 answers now. */
export function answersOfFts5(groups: readonly Group[]): Map<number, string> {
  const database = new Database(":memory:");
  try {
    return new Map(groups.flatMap((group) => answers(database, group)));
  } finally {
    database.close();
  }
}

function answers(database: Database.Database, group: Group): [line: number, answer: string][] {
  const { table, columns, tokenize, documents, cases } = group;
  database.exec(
    `CREATE VIRTUAL TABLE ${table} USING fts5(${columns.join(", ")}, tokenize="${tokenize.replaceAll('"', '""')}")`,
  );
  const insert = database.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join(", ")})`);
  for (const document of documents) insert.run(...document);
  const search = database.prepare<[string], number>(`SELECT rowid FROM ${table} WHERE ${table} MATCH ?`).pluck();
  return cases.map(({ line, query, rowid }) => {
    try {
      return [line, search.all(query).includes(rowid) ? "yes" : "no"];
    } catch (error) {
      return [line, `error: ${messageOf(error)}`];
    }
  });
}
