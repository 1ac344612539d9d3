/**
 * How the rows of a JSON file stand in a snapshot: what the connector that wrote
 * them says of itself, so that a validator can read the file again on its own.
 */
import type { ValidatorResult } from "../core/finding.ts";
import type { RowFormat } from "./rows.ts";

/**
 * What the cells of a column are. `boolean` and `integer` are INTEGER, the others TEXT: `decimal` as numeric writes it,
 * `double` as double precision does, `json` as JSON text. `empty`: NULL alone.
 */
export type CellForm = "empty" | "boolean" | "integer" | "decimal" | "double" | "text" | "json";

export type StoredColumn = {
  /** Key in the file, name in the snapshot: the same but where two keys differ only in case. */
  readonly key: string;
  readonly name: string;
  readonly form: CellForm;
  /** Its missing cells are named in the table's column `missing`. */
  readonly tracked: boolean;
};

export type StoredTable = {
  readonly name: string;
  /** Key of its array in the file; null where the file is one table. */
  readonly key: string | null;
  readonly columns: readonly StoredColumn[];
  /** Column with the names of missing fields; null when there is none. */
  readonly missing: string | null;
};

export type StoredRows = {
  /** The JSON file and the snapshot. */
  readonly path: string;
  readonly snapshot: string;
  /** SHA-256 of the file as it was read. */
  readonly sha256: string;
  readonly gzip: boolean;
  readonly format: RowFormat;
  /** Which of two equal keys was taken. */
  readonly duplicates: "first" | "last";
  readonly tables: readonly StoredTable[];
};

export type ProveStoredRows = (stored: StoredRows, signal: AbortSignal) => Promise<ValidatorResult>;
