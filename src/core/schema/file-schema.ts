/** The tables of a SQLite file as data: what the application made there, and how a source's values go into it. */

import type { IntoMode } from "../plan/into-mode.ts";
import type { Found, StorageClass } from "../plan/profile.ts";
import type { Affinity, Table } from "./catalog.ts";
import type { LiveProblem } from "./live-type.ts";

export type FileColumn = {
  readonly name: string;
  /** As it is declared. */
  readonly type: string;
  readonly affinity: Affinity;
  /** Classes that it takes after its affinity has done its work; null = all. */
  readonly only: readonly StorageClass[] | null;
  /** NULL is refused, or numbered anew. */
  readonly notNull: boolean;
  /** SQL; null where there is none. */
  readonly default: string | null;
  readonly generated: boolean;
  /** SQLite numbers a row that brings no value of its own. */
  readonly numbered: boolean;
};

/** A primary key, a unique constraint or a unique index over columns, for every row. */
export type FileKey = {
  readonly name: string;
  readonly primary: boolean;
  readonly columns: readonly string[];
  /** Of each column. */
  readonly collations: readonly string[];
};

export type FileTable = {
  readonly name: string;
  readonly columns: readonly FileColumn[];
  readonly keys: readonly FileKey[];
  readonly hasRows: boolean;
  /** CHECKs that only the application can evaluate, with SQLite's objection. */
  readonly uncheckable: readonly { readonly name: string; readonly expression: string; readonly objection: string }[];
};

export type FileSchema = {
  readonly tables: readonly FileTable[];
  /** Names of its views, and of its virtual tables. */
  readonly views: readonly string[];
  readonly virtual: readonly string[];
};

/** How a source's cells are to be read on their way into a column of the file. */
export type FileReading = {
  readonly affinity: Affinity;
  readonly only: readonly StorageClass[] | null;
  /**
   * `stored`: by class and value. `number`, `double`: texts are a number's digits, as their source writes them. `json`:
   * texts are JSON.
   */
  readonly as: "stored" | "number" | "double" | "json";
  /** Where `json`: texts stand beside what JSON writes without quotes. */
  readonly mixed: boolean;
};

export type FileRequest = {
  readonly table: Table;
  /** Of the file. */
  readonly target: string;
  readonly where: string | null;
  readonly mode: IntoMode;
  readonly columns: readonly { readonly source: string; readonly target: string; readonly reading: FileReading }[];
  /** Keys of the file's table that every column is sent of. */
  readonly keys: readonly FileKey[];
  /** Columns that the file's table lacks, to be shown by samples. */
  readonly missing: readonly string[];
};

export type FileProblemFit = {
  readonly problem: LiveProblem;
  readonly found: Found;
};

/** Rows found by a key; `rowids`: of those rows, decimal digits; null when there are too many, or no rowid. */
export type FileMet = { readonly found: Found; readonly rowids: readonly string[] | null };

export type FileFit = {
  /** By source column. */
  readonly columns: Readonly<Record<string, readonly FileProblemFit[]>>;
  /** Rows whose primary key the file's table has. */
  readonly taken: FileMet;
  /** By the name of another unique key: rows that a row of the file's, with another primary key, has taken. */
  readonly occupied: Readonly<Record<string, FileMet>>;
  /** By the name of a key: rows that are one to it with an earlier one. */
  readonly alike: Readonly<Record<string, FileMet>>;
  readonly missing: Readonly<Record<string, Found["samples"]>>;
};
