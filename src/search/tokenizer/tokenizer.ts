/**
 * A tokenizer as FTS5 builds it from its string: not what was written but what it comes to, so that
 * two ways of writing the same thing have one key, and one set of functions in the database.
 */
export type Tokenizer = KnownTokenizer | UnknownTokenizer;

export type KnownTokenizer = WordTokenizer | TrigramTokenizer | PorterTokenizer;

export type WordTokenizer = Unicode61Tokenizer | AsciiTokenizer;

/** One whose tokens PostgreSQL cannot make: an application's own, or a string that FTS5 itself refuses. */
export type UnknownTokenizer = {
  readonly known: false;
  /** As written; the whole string where no name can be read from it. */
  readonly name: string;
  /** FTS5's own words for it. */
  readonly reason: string;
};

type Known = {
  readonly known: true;
  /** Names its functions: `fts5.<key>_tokens(text)`, `_spans`, `_normal`. Only [a-z0-9_]. */
  readonly key: string;
  /** One character that no token of this tokenizer contains; `_normal` puts it between tokens. */
  readonly separator: string;
};

export type Unicode61Tokenizer = Known & {
  readonly kind: "unicode61";
  readonly removeDiacritics: 0 | 1 | 2;
  /** The ASCII token characters, in order; decided before case is folded. */
  readonly ascii: string;
  /** General categories whose characters beyond ASCII belong to tokens, in order. */
  readonly categories: readonly string[];
  /** Whether those in no category belong to tokens: SQLite's tables end with an old Unicode. */
  readonly unlisted: boolean;
  /** Code points beyond ASCII, in order, for which that is turned round. */
  readonly exceptions: readonly number[];
};

/** Everything beyond ASCII belongs to tokens, and only A–Z are folded. */
export type AsciiTokenizer = Known & {
  readonly kind: "ascii";
  readonly ascii: string;
};

export type TrigramTokenizer = Known & {
  readonly kind: "trigram";
  readonly caseSensitive: boolean;
  /** Off for a case sensitive one. */
  readonly removeDiacritics: boolean;
};

/** The stems of another tokenizer's tokens; it has the same separator. `_normal` is the base's: not yet stemmed. */
export type PorterTokenizer = Known & {
  readonly kind: "porter";
  readonly base: WordTokenizer | TrigramTokenizer;
};
