/** What the search validator measured, for report.json: per full-text table and class of queries. Plain JSON. */
export type SearchReport = {
  readonly indexes: readonly IndexReport[];
  readonly like: readonly LikeReport[];
};

export type IndexReport = {
  readonly table: string;
  readonly mode: "exact" | "native";
  /** Null where the tokens of the two sides cannot be compared row by row. */
  readonly tokens: TokenReport | null;
  readonly classes: readonly ClassReport[];
  /** Queries with another answer, by cause. */
  readonly causes: Readonly<Record<string, number>>;
  /** Queries not asked, by reason. */
  readonly excluded: Readonly<Record<string, number>>;
};

export type TokenReport = {
  /** Rows whose every token and position was compared. */
  readonly rows: number;
  readonly tokens: number;
  /** Rows whose tokens differ although their texts are the same. */
  readonly different: number;
  /** Rows that the source's own index has not followed: it gives the same outdated answers there. */
  readonly stale: number;
};

export type Latency = { readonly median: number; readonly p95: number };

export type ClassReport = {
  readonly class: string;
  readonly queries: number;
  /** Queries that both sides refuse. */
  readonly refused: number;
  /** Queries that find nothing in the source. */
  readonly empty: number;
  /** Queries with the same rows (or refused alike). */
  readonly sets: number;
  /** Queries with the same sequence among the first 10 and 50. */
  readonly order10: number;
  readonly order50: number;
  /** Queries whose every score is equal to the last bit. */
  readonly scores: number;
  readonly maxScoreDifference: number;
  /** Means over queries that find something: share of common rows among the first 10, and rank-biased overlap (p = 0.9). */
  readonly overlap10: number;
  readonly rbo: number;
  /** Milliseconds for all rows of an answer, in order. */
  readonly source: Latency;
  readonly target: Latency;
};

export type LikeReport = {
  readonly table: string;
  readonly column: string;
  readonly patterns: number;
  readonly equal: number;
  readonly source: Latency;
  readonly target: Latency;
};
