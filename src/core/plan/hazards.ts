/**
 * Hazards: what cannot arrive as it is. Each has a default policy, taken by
 * `--accept-all`, and others that an `accept` entry may name. docs/hazards.md is
 * generated from this table. What a wider type can carry exactly is not a hazard
 * but a note in the plan.
 */

type HazardEntry = {
  readonly means: string;
  /** Only an `accept` entry that names the policy accepts it: there is none that loses nothing. */
  readonly needsAnswer?: true;
  /** First is the default. */
  readonly policies: readonly Policy[];
};

/** `keeps`: every value arrives exactly, so that `--accept-all` takes it before any that loses one. */
type Policy = { readonly name: string; readonly does: string; readonly keeps?: true };

const toNull = { name: "null", does: "puts NULL in their place" };
const quarantine = { name: "quarantine", does: "moves the whole row to quarantine" };
const lose = { name: "lose", does: "goes without it; the report lists it as lost" };

export const hazards = {
  // values
  NUL_IN_TEXT: {
    means: "A text holds U+0000, which PostgreSQL's text cannot.",
    policies: [
      { name: "strip", does: "removes each NUL" },
      { name: "escape", does: "puts ␀ (U+2400) in its place" },
      { name: "bytea", does: "makes the column bytea, which holds every byte" },
      quarantine,
    ],
  },
  INVALID_TEXT: {
    means: "A text is not valid in the database's encoding.",
    policies: [
      { name: "replace", does: "puts U+FFFD in place of each invalid sequence" },
      { name: "windows-1252", does: "decodes those cells as windows-1252" },
      { name: "latin1", does: "decodes those cells as ISO 8859-1" },
      { name: "bytea", does: "makes the column bytea, which holds every byte" },
      quarantine,
    ],
  },
  MIXED_CLASSES: {
    means: "A column holds values of a storage class that its type cannot.",
    policies: [
      {
        name: "envelope",
        does: 'makes the column jsonb, `{"t": class, "v": value}`, which carries every value exactly',
        keeps: true,
      },
      {
        name: "widen",
        does: "takes text where it tells numbers from texts, and so carries every value exactly (done without asking)",
        keeps: true,
      },
      quarantine,
      {
        name: "reinterpret",
        does: "takes bytes as UTF-8 text, text as bytes, or what JSON writes without quotes as that text",
      },
      { name: "null", does: "keeps the column's type; the other values become NULL" },
    ],
  },
  MIXED_DATES: {
    means: "A date column holds several layouts, epochs, or values that are no date.",
    policies: [
      {
        name: "widen",
        does: "makes the column text, which carries every value exactly (done without asking, but where some times have a zone and others have none)",
        keeps: true,
      },
      { name: "convert", does: "converts every recognised value to one timestamp layout; the rest is refused" },
      { name: "null", does: "converts what is recognised; the rest becomes NULL" },
      quarantine,
    ],
  },
  TIME_DIGITS: {
    means: "Times are written with more digits of a second than the six of PostgreSQL's timestamp.",
    policies: [
      { name: "text", does: "makes the column text, which carries every digit", keeps: true },
      { name: "round", does: "rounds them to a microsecond" },
      { name: "truncate", does: "cuts them to a microsecond" },
      toNull,
      quarantine,
    ],
  },
  NULL_IN_KEY: {
    means: "A PRIMARY KEY column holds NULL, which SQLite allows and PostgreSQL does not.",
    policies: [{ name: "unique", does: "makes a unique index instead of the primary key" }, quarantine],
  },
  ORPHAN_ROWS: {
    means: "Child rows point to a parent that does not exist.",
    policies: [
      {
        name: "not-valid",
        does: "carries them and leaves the foreign key NOT VALID: new rows are checked, old ones not",
      },
      { name: "null", does: "sets the pointing columns to NULL" },
      quarantine,
    ],
  },
  CHECK_BROKEN: {
    means:
      "Rows violate a CHECK of their own table: SQLite let them in while it was told to ignore checks, or before there was one.",
    policies: [
      {
        name: "not-valid",
        does: "carries them and leaves the CHECK NOT VALID: new rows are checked, and old ones when they are next changed",
        keeps: true,
      },
      quarantine,
    ],
  },
  // into tables that the application made
  TARGET_NARROWS: {
    means: "The application's column cannot hold a value as it is: digits, length, range, or no such value at all.",
    needsAnswer: true,
    policies: [
      { name: "round", does: "rounds them, half away from zero" },
      { name: "truncate", does: "cuts what is too much: digits, characters, the time of day" },
      toNull,
      quarantine,
    ],
  },
  TARGET_RESPELLS: {
    means:
      "The application's column takes a value, but writes it otherwise, so that its spelling cannot be told again.",
    needsAnswer: true,
    policies: [{ name: "respell", does: "takes the target's spelling" }, toNull, quarantine],
  },
  EMPTY_TEXT: {
    means: "An empty text is to go into a column whose type has no empty value.",
    needsAnswer: true,
    policies: [toNull, quarantine],
  },
  READING_UNKNOWN: {
    means:
      "Values could mean several things (a time without a zone, a count of seconds, bytes), and nothing says which.",
    needsAnswer: true,
    policies: [toNull, quarantine],
  },
  NULL_IN_REQUIRED: {
    means: "The source has NULL where the application's column must not be null.",
    needsAnswer: true,
    policies: [{ name: "default", does: "puts the column's default in its place" }, quarantine],
  },
  COLUMN_MISSING: {
    means: "The application's table has no column for one of the source's.",
    needsAnswer: true,
    policies: [{ name: "drop", does: "leaves the column out" }],
  },
  COLUMN_UNFILLED: {
    means: "The application's column must not be null and has no default, and the source has no such column.",
    needsAnswer: true,
    policies: [quarantine],
  },
  NAME_DIFFERS: {
    means: "A table or column is called the same in the target but for upper and lower case.",
    policies: [{ name: "use", does: "puts the rows there" }],
  },
  TABLE_MISSING: {
    means: "The application's schema has no table for one of the source's.",
    policies: [
      { name: "create", does: "makes the table there" },
      { name: "leave", does: "leaves the table out" },
    ],
  },
  ROWS_TAKEN: {
    means: "The application's table has rows with keys that the source's rows have as well.",
    needsAnswer: true,
    policies: [quarantine],
  },
  KEYS_MEET: {
    means:
      "Rows that the source tells apart are one to a unique key of the application's table, or another row there has their value in it.",
    needsAnswer: true,
    policies: [
      {
        name: "quarantine",
        does: "keeps the first of them, or the one that is there, and moves the others to quarantine",
      },
    ],
  },
  SKIPPED_DIFFERS: {
    means: "A row stays as the target has it, with other values than the source's, and rows of the source point to it.",
    needsAnswer: true,
    policies: [{ name: "skip", does: "lets them point to the target's row" }],
  },
  ID_TAKEN: {
    means: "A row that the target does not have has an id that another row has there.",
    needsAnswer: true,
    policies: [{ name: "renumber", does: "gives it the next free id, in every column that points to it" }, quarantine],
  },
  ID_UNMAPPED: {
    means: "A column may hold ids that change, and no foreign key says so.",
    needsAnswer: true,
    policies: [{ name: "keep", does: "leaves its values as they are" }],
  },
  TRIGGER_FIRES: {
    means:
      "A trigger of the application's would fire while rows go into its table, as if the application wrote each of them.",
    needsAnswer: true,
    policies: [
      { name: "keep", does: "lets it fire; a rollback does not undo what it writes to other tables" },
      { name: "disable", does: "switches it off while the rows go in, and puts it back as it was" },
    ],
  },
  TRIGGER_WRITES: {
    means:
      "A trigger, a rule or a foreign key of the application's writes to a table that is not of the plan while rows go in.",
    needsAnswer: true,
    policies: [{ name: "keep", does: "lets it; a rollback does not undo it" }],
  },
  FULL_TEXT_INTO: {
    means: "A full-text table is to go into a schema of the application's, to which rowhaul's search cannot be added.",
    needsAnswer: true,
    policies: [
      { name: "table", does: "makes a plain table of its texts and rowids, without search" },
      { name: "leave", does: "leaves the index out; its texts travel with the table that has them" },
      { name: "lose", does: "leaves it out with its texts, which exist nowhere else" },
    ],
  },
  TRIGGER_CHANGES: {
    means: "A trigger of the application's writes another value into a column.",
    needsAnswer: true,
    policies: [{ name: "keep", does: "keeps what the trigger writes, and lists each cell in the ledger" }],
  },
  ROW_TOO_WIDE: {
    means: "A row has more filled columns than fit into one of PostgreSQL's pages of 8 kB; long texts stand elsewhere.",
    policies: [quarantine],
  },
  VALUE_TOO_LARGE: { means: "A value is larger than PostgreSQL's limit of 1 GB.", policies: [quarantine] },

  // objects
  UNIQUENESS_LOST: { means: "A unique constraint or index cannot be carried.", policies: [lose] },
  FOREIGN_KEY_LOST: { means: "A foreign key cannot be carried.", policies: [lose] },
  CHECK_LOST: { means: "A CHECK constraint cannot be translated.", policies: [lose] },
  DEFAULT_LOST: { means: "A column's DEFAULT cannot be translated.", policies: [lose] },
  DEFAULT_UNIT: {
    means: "A column of numbers has the current time as its DEFAULT, which SQLite stores as a text.",
    needsAnswer: true,
    policies: [
      { name: "epoch-s", does: "makes the default the seconds since 1970" },
      { name: "epoch-ms", does: "makes the default the milliseconds since 1970" },
      { name: "none", does: "goes without it; the report lists it as lost" },
    ],
  },
  COLLATION_LOST: {
    means: "A column is compared and sorted by a collation that only the application knows.",
    policies: [{ name: "lose", does: "carries its values; they are compared and sorted by their bytes" }],
  },
  INDEX_LOST: { means: "An index cannot be carried.", policies: [lose] },
  VIEW_LOST: { means: "A view cannot be translated.", policies: [lose] },
  TRIGGER_LOST: { means: "Triggers are not translated.", policies: [lose] },
  GENERATED_LOST: {
    means: "A generated column's expression cannot be translated.",
    policies: [{ name: "values", does: "carries the values as an ordinary column" }],
  },
  OBJECT_LOST: {
    means:
      "Something that a PostgreSQL schema has beside tables and views (a sequence that no column owns, a function, a policy, a rule) has no place in a SQLite file.",
    policies: [lose],
  },
  VIRTUAL_TABLE_LOST: {
    means: "A virtual table (R-tree, or full-text with a tokenizer that is not FTS5's own) is not carried.",
    policies: [lose],
  },
} as const satisfies Record<string, HazardEntry>;

export type HazardCode = keyof typeof hazards;
export const hazardCodes = Object.keys(hazards) as HazardCode[];

export function defaultPolicy(code: HazardCode): string {
  return hazards[code].policies[0].name;
}

/** Whether every value arrives exactly under the policy. */
export function keepsValues(code: HazardCode, policy: string): boolean {
  const policies: readonly Policy[] = hazards[code].policies;
  return policies.some(({ name, keeps }) => name === policy && keeps === true);
}

/** Never taken by `--accept-all`. */
export function needsAnswer(code: HazardCode): boolean {
  return "needsAnswer" in hazards[code];
}
