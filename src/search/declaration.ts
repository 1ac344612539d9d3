/**
 * What a CREATE VIRTUAL TABLE statement declares, when it is a full-text table's.
 * Read as SQLite and its modules read it, quirk by quirk: what they refuse is null here.
 */
import { readFts3 } from "./declaration/fts3.ts";
import { readFts5 } from "./declaration/fts5.ts";
import { readStatement } from "./declaration/statement.ts";

export type FullTextDeclaration = {
  readonly module: "fts5" | "fts4" | "fts3";
  /** In order. Empty for an FTS4 table that takes over the columns of its content table. */
  readonly columns: readonly DeclaredColumn[];
  /** Without its outer quotes; "" for the module's default. */
  readonly tokenize: string;
  readonly content: DeclaredContent;
  readonly detail: "full" | "column" | "none";
  /** Lengths of prefixes that have an index of their own. */
  readonly prefix: readonly number[];
  /** Whether the number of tokens of each row is kept. */
  readonly columnsize: boolean;
  readonly tokendata: boolean;
  readonly locale: boolean;
};

export type DeclaredColumn = { readonly name: string; readonly indexed: boolean };

export type DeclaredContent =
  | { readonly kind: "own" }
  | { readonly kind: "external"; readonly table: string; readonly rowid: string }
  /** `unindexed`: the values of columns that are not indexed are kept all the same. */
  | { readonly kind: "contentless"; readonly delete: boolean; readonly unindexed: boolean };

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
