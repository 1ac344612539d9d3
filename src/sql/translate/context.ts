/** What a translation carries along: the names in sight, and the two translators that call each other. */
import { foldName } from "../../core/schema/names.ts";
import type { Expression, Select } from "../parse/ast.ts";
import type { Fragment } from "./fragment.ts";
import type { Scope } from "./scope.ts";

export type Context = {
  readonly scope: Scope;
  readonly notes: Set<string>;
  /** For a value that is only nearly SQLite's: a view says so, what guards or stores rows refuses `construct`. */
  readonly approximate: (construct: string, note: string) => void;
  readonly frame: Frame | null;
  /** WITH tables in sight, by folded name; null for those that may not be used yet. */
  readonly common: ReadonlyMap<string, readonly VisibleColumn[] | null>;
  /** Names of the SELECT list, which SQLite lets WHERE and the rest use. */
  readonly aliases: ReadonlyMap<string, Expression> | null;
  /** In a grouped SELECT, outside aggregates: SQL of the columns that may be used. Null: any. */
  readonly grouped: ReadonlySet<string> | null;
  readonly expression: (node: Expression, context: Context) => Fragment;
  readonly select: (select: Select, context: Context) => SelectResult;
};

export type SelectResult = {
  readonly sql: string;
  readonly columns: readonly VisibleColumn[];
  /** Never more than one row: an aggregate without GROUP BY. */
  readonly single: boolean;
};

export type VisibleColumn = { readonly name: string; readonly fragment: Fragment };

export type VisibleTable = {
  /** The name it goes by in this SELECT. */
  readonly name: string;
  readonly columns: readonly VisibleColumn[];
  readonly rowid: VisibleColumn | null;
  /** Folded names of columns that USING or NATURAL shows once, under another table. */
  readonly merged: ReadonlySet<string>;
  /** SQL of the primary key's columns; null without one. */
  readonly key: readonly string[] | null;
};

export type Frame = { readonly tables: readonly VisibleTable[]; readonly outer: Frame | null };

export function columnNamed(table: VisibleTable, name: string): VisibleColumn | undefined {
  return table.columns.find((column) => foldName(column.name) === foldName(name));
}
