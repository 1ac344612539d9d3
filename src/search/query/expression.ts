/** The tree of a full-text query: what `parse` gives here and `fts5.parse` gives, as jsonb, in the database. */

/** Null for FTS5's own special queries (`*reads`, `*id`), which match no row. */
export type Expression = QueryNode | null;

export type QueryNode =
  | { readonly and: readonly QueryNode[] }
  | { readonly or: readonly QueryNode[] }
  | { readonly not: readonly [QueryNode, QueryNode] }
  /** Juxtaposition. Not the same as `and`: a member without tokens is left out instead of matching nothing. */
  | { readonly all: readonly QueryNode[] }
  | { readonly near: Near };

/** One phrase, or the phrases of NEAR(). */
export type Near = {
  readonly phrases: readonly Phrase[];
  readonly distance: number;
  /** Numbers of the columns to look in, ascending, after all enclosing filters; null = all. */
  readonly columns: readonly number[] | null;
};

export type Phrase = {
  /** What `+` joined, not yet tokenised. */
  readonly parts: readonly Part[];
  /** Written with `^`: at the beginning of a column only. */
  readonly initial: boolean;
};

export type Part = { readonly text: string; readonly prefix: boolean };

/** What FTS5 takes when NEAR() names no distance. */
export const defaultDistance = 10;
