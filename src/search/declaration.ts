/**
 * What a CREATE VIRTUAL TABLE statement declares, when it is a full-text table's.
 * Read as SQLite and its modules read it, quirk by quirk: what they refuse is null here.
 */
import type { FullTextDeclaration } from "./declaration/declared.ts";
import { readFts3 } from "./declaration/fts3.ts";
import { readFts5 } from "./declaration/fts5.ts";
import { readStatement } from "./declaration/statement.ts";

export type { DeclaredColumn, DeclaredContent, FullTextDeclaration } from "./declaration/declared.ts";

/** Null when it is no full-text table, or one that SQLite could not open. */
export function readDeclaration(sql: string): FullTextDeclaration | null {
  const statement = readStatement(sql);
  switch (statement?.module.toLowerCase()) {
    case "fts5":
      return readFts5(statement.arguments);
    case "fts4":
      return readFts3("fts4", statement.arguments);
    case "fts3":
      return readFts3("fts3", statement.arguments);
    default:
      return null;
  }
}
