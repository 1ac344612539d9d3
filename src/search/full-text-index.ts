/** One full-text table of the target as data: it is part of the plan, so plain JSON. */
import type { KnownTokenizer } from "./tokenizer/tokenizer.ts";

export type FullTextIndex = {
  readonly final: QualifiedName;
  /** Where the table stands until the switch, which moves it with its triggers. */
  readonly staging: QualifiedName;
  /** FTS5's own string. */
  readonly tokenize: string;
  readonly tokenizer: KnownTokenizer;
  readonly columns: readonly FullTextColumn[];
  /** Names of the columns kept for searching, chosen so that no content column has them. */
  readonly vector: string;
  readonly length: string;
  readonly big: string;
  readonly content: FullTextContent;
  readonly detail: "full" | "column" | "none";
  /** FTS5's persisted bm25 weights; null = all 1. */
  readonly weights: readonly number[] | null;
  /** Makes the names of functions and triggers unique: [a-z0-9_]+, at most 40 of them. */
  readonly suffix: string;
  /** `copied`: rows arrive with vector, length and big. `tokenise`: the database makes them from the texts. */
  readonly build: "copied" | "tokenise";
  /** Rows and tokens as FTS5 counts them, decimal digits, where its whole index was copied; else they are counted. */
  readonly totals?: { readonly rows: string; readonly tokens: string };
  /** A table of postings beside it, for faster ranking; absent = none. */
  readonly postings?: boolean;
};

export type QualifiedName = { readonly schema: string; readonly table: string };

export type FullTextColumn = {
  /** By which queries name it. */
  readonly name: string;
  readonly indexed: boolean;
  /** In the full-text table itself, or in the content table; null where no text is kept. */
  readonly target: { readonly column: string; readonly type: string } | null;
};

export type FullTextContent =
  | { readonly kind: "own" }
  | {
      readonly kind: "external";
      readonly final: QualifiedName;
      readonly staging: QualifiedName;
      /** The column that is FTS5's rowid: unique, of an integer type. */
      readonly key: string;
    }
  | { readonly kind: "contentless" };
