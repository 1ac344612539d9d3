/**
 * Full-text tables (FTS5, FTS4, FTS3) as terms: what the source declares, and what
 * the plan makes of it. Plain JSON, like all of the plan.
 */

export type FullTextModule = "fts5" | "fts4" | "fts3";

/** By the name of a virtual table's module. */
export function isFullText(module: string): boolean {
  return /^fts[345]$/.test(module);
}

/** What a full-text table indexes: texts of its own, those of another table, or texts that are not kept. */
export type FullTextContent =
  | { readonly kind: "own" }
  /** `rowid`: the content table's column that is the row's number. */
  | { readonly kind: "external"; readonly table: string; readonly rowid: string }
  | { readonly kind: "contentless" };

export type FullTextPlan = {
  readonly module: FullTextModule;
  /** The source's tokenizer string; "" for its default. */
  readonly tokenize: string;
  /** Name of the tokenizer's functions in the search schema. */
  readonly key: string;
  /** Every column in order; `target` is where its text is in PostgreSQL, null when nothing keeps it. */
  readonly columns: readonly { readonly source: string; readonly target: string | null; readonly indexed: boolean }[];
  readonly content: FullTextContent;
  /** The content table in the target; null unless the content is external. */
  readonly contentTarget: string | null;
  readonly detail: "full" | "column" | "none";
  /** `copy`: vectors made from the source's own index. `tokenise`: made by PostgreSQL from the texts. */
  readonly build: "copy" | "tokenise";
  /** Names of the table's columns for the vector, the number of tokens, and the mark of rows beyond tsvector's limits. */
  readonly vector: string;
  readonly length: string;
  readonly big: string;
};

/** Where a token stands in a row that is beyond tsvector's limits; kept beside the vectors. */
export type TokenPositions = {
  /** Decimal digits. */
  readonly rowid: string;
  readonly lexeme: string;
  /** Column number, columns that are not indexed counted. */
  readonly column: number;
  /** As PostgreSQL writes an array of integers: `{0,5,9}`. */
  readonly positions: string;
};

/** Search as a whole; null in a plan without any. */
export type SearchPlan = {
  /** Schema of the functions. */
  readonly schema: string;
  readonly mode: "exact" | "native";
  /** PostgreSQL's text search configuration, for `native`. */
  readonly config: string;
  /** Columns whose LIKE and NOCASE results are compared. */
  readonly like: readonly LikePlan[];
  readonly check: SearchCheck;
};

export type LikePlan = {
  readonly table: string;
  readonly column: string;
  readonly targetTable: string;
  readonly targetColumn: string;
};

/** What the search validator asks. */
export type SearchCheck = {
  /** Queries made from the data, of each class. */
  readonly queries: number;
  readonly seed: number;
  readonly files: readonly QueryFile[];
  /** Shares of the queries, 0 to 1; null: not judged. */
  readonly thresholds: {
    readonly sets: number | null;
    readonly order10: number | null;
    readonly order50: number | null;
  };
};

/** The user's own queries. */
export type QueryFile = {
  readonly kind: "lines" | "csv" | "log";
  readonly path: string;
  /** Of a CSV. */
  readonly column?: string;
  /** Of a log: a regular expression whose first group is the query. */
  readonly pattern?: string;
  /** The full-text table that is asked; all of them when absent. */
  readonly table?: string;
};
