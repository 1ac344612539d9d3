/** How a source's values go into the columns of a live table: counted over every selected row, before anything is loaded. */
import type { Table } from "../schema/catalog.ts";
import type { LiveProblem, LiveReading, LiveType } from "../schema/live-type.ts";
import type { Repair } from "../values/mend-text.ts";
import type { Found, Sample } from "./profile.ts";

export type FitRequest = {
  readonly table: Table;
  readonly where: string | null;
  /** By source column. Columns whose profile already shows that everything fits are left out. */
  readonly columns: readonly { readonly column: string; readonly reading: LiveReading }[];
  /** How its rows meet existing ones; null where that does not matter. */
  readonly meeting: Meeting | null;
  /** Unique keys of the live table under which rows that are distinct in the source could collide. */
  readonly uniques: readonly FitKey[];
  /** Its other unique keys, in which a row that stays there may have a value of the source's already. */
  readonly occupied: readonly FitKey[];
  /** Rows of the live table that the source also has are overwritten with the source's. */
  readonly overwrites: boolean;
  /** Its foreign keys. */
  readonly references: readonly FitReference[];
  /** Columns that the live table lacks, to be shown by samples. */
  readonly missing: readonly string[];
};

/** A foreign key of the live table, and where the rows may be that the source's point to. */
export type FitReference = {
  readonly name: string;
  readonly columns: readonly ReferenceColumn[];
  /** The source's own that go in along; null where there are none. */
  readonly source: {
    readonly table: string;
    readonly where: string | null;
    readonly columns: readonly ReferenceColumn[];
  } | null;
  /** Those of the live parent that stay, by the name that it is asked for under; null where there are none. */
  readonly live: { readonly table: string; readonly columns: readonly string[] } | null;
};

export type ReferenceColumn = { readonly column: string; readonly reading: LiveReading };

/** A key of the live table, with the source column that goes into each of its columns. */
export type FitKey = {
  readonly name: string;
  readonly columns: readonly { readonly source: string; readonly target: string }[];
  readonly nullsNotDistinct: boolean;
};

export type Meeting = {
  /** The key by which a row is matched with one of the live table. */
  readonly key: FitKey;
  /** The id that a matched row adopts from the live one; null where the key is the id. */
  readonly id: { readonly source: string; readonly target: string } | null;
  /** Columns with ids of tables whose rows may adopt other ids, with those tables: source names. */
  readonly mapped: readonly { readonly column: string; readonly table: string }[];
  /** Columns whose values are compared with those of the live row. */
  readonly compared: readonly { readonly source: string; readonly target: string }[];
};

export type ColumnFit = {
  /** Values that go in as they are, by layout where they have one. */
  readonly layouts: readonly { readonly layout: string; readonly found: Found }[];
  readonly problems: readonly ProblemFit[];
  /** Values that their type spells differently without changing them (uuid). */
  readonly respelled: number;
  /** See {@link LiveReading}. */
  readonly answers: Readonly<Record<string, string | null>>;
  /** More texts than can be kept were refused or respelled. */
  readonly answersCut: boolean;
  /** Ways to repair texts that hold U+0000 or invalid bytes → the number of texts that do not fit even then. */
  readonly repairs: Readonly<Partial<Record<Repair, number>>>;
  /** The server's message for the first text that it refused. */
  readonly objection: string | null;
};

export type ProblemFit = {
  readonly problem: LiveProblem;
  readonly found: Found;
  /** Policies for such values, with the number of values that the policy cannot treat either. */
  readonly ways: Readonly<Record<string, number>>;
  /** Rowids of the first rows concerned, decimal digits; null when there are too many, or no rowid. */
  readonly rowids: readonly string[] | null;
  /** Rows of other tables that point to them, directly or not; null where they were not counted. */
  readonly pointing: number | null;
};

/** A foreign key, in the source's names. */
export type FitEdge = {
  readonly child: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** As accepted: a child whose parent stays out goes in without the reference. */
  readonly loses?: true;
};

export type TableFit = {
  readonly columns: Readonly<Record<string, ColumnFit>>;
  /** Whether rows were looked for by their keys. */
  readonly looked: boolean;
  /** Rows whose key the live table has already. */
  readonly taken: Found;
  /** Of these, rows in which a compared column differs. */
  readonly differing: Found;
  /** Rowids of those, decimal digits; null when there are too many, or no rowid. */
  readonly differingRowids: readonly string[] | null;
  /** Of these, rows that take over another id. */
  readonly moved: Found;
  /** Rows that the live table does not have, with an id that another of its rows has. */
  readonly blocked: Found;
  /** Rows that collide with another under one of {@link FitRequest.uniques}, by its name. */
  readonly alike: Readonly<Record<string, Alike>>;
  /** Rows with a value that another row of the live table's has in one of {@link FitRequest.occupied}, by its name. */
  readonly occupied: Readonly<Record<string, Alike>>;
  /** Rows whose parent is nowhere, by the name of {@link FitRequest.references}. */
  readonly orphans: Readonly<Record<string, Orphaned>>;
  /** Rows of other tables that point to rows of `differing`; null where they were not counted. */
  readonly pointing: number | null;
  /** Of each column asked for, a few cells that are not NULL. */
  readonly missing: Readonly<Record<string, readonly Sample[]>>;
};

/** `elsewhere`: rows whose parent the source does not have by its own comparison, and which is there all the same. */
export type Orphaned = {
  readonly found: Found;
  readonly rowids: readonly string[] | null;
  readonly elsewhere: number;
};

/** `rowids`: of all but the first of each group; null when there are too many, or no rowid. */
export type Alike = { readonly found: Found; readonly rowids: readonly string[] | null };

/** The target's answers: what becomes of texts assigned to a column of a type, and which keys it has. */
export type FitAnswers = {
  /** By position: the text that comes back, or the server's objection. */
  assign(type: LiveType, texts: readonly string[]): Promise<readonly Assigned[]>;
  /** Rows of a live table by keys, each a text for each of the target columns. */
  find(table: string, question: FindQuestion): Promise<readonly Met[]>;
  /** Takes keys of one unique key of a live table, to tell which of them are one. */
  gather(table: string, key: FitKey): Promise<Gathered>;
};

export type FindQuestion = {
  readonly key: readonly string[];
  readonly keys: readonly (readonly string[])[];
  /** Its text comes back. */
  readonly id: string | null;
  /** Columns, and by position of the key their texts; null for NULL, and no texts at all where some value does not go in. */
  readonly compared: readonly string[];
  readonly cells: readonly (readonly (string | null)[] | null)[];
};

/** `at`: the position of the key. */
export type Met = { readonly at: number; readonly id: string | null; readonly same: boolean };

export type Gathered = {
  /** Each key with a number of its own; null for NULL. */
  add(keys: readonly { readonly n: number; readonly texts: readonly (string | null)[] }[]): Promise<void>;
  /** Groups of numbers that are one key, each in order. */
  groups(): Promise<readonly (readonly number[])[]>;
};

export type Assigned = { readonly text: string } | { readonly objection: string };
