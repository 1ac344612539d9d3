/** What a full-text table declares, as data. */

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
