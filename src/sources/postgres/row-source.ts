/** Where a table's rows are read from, in SQL: the rows of one state, of one table, as the pipeline selects them. */

import { qualified, quoteName } from "../../core/quote.ts";
import type { ReadTable } from "./catalog.ts";
import { castOf } from "./columns.ts";

/** A condition on a table's rows by its name; null = all. */
export type Conditions = ReadonlyMap<string, string | null>;

/** An ordinary table's heirs are tables of their own; a partitioned one's partitions are its rows. */
export function relationOf(schema: string, { relation }: Pick<ReadTable, "relation">): string {
  return `${relation.kind === "p" ? "" : "ONLY "}${qualified(schema, relation.name)}`;
}

export function fromTable(schema: string, read: ReadTable, conditions: Conditions): string {
  const condition = conditions.get(read.table.name) ?? null;
  // The newline ends a comment that the condition may end with.
  return `FROM ${relationOf(schema, read)}${condition === null ? "" : ` WHERE (${condition}\n)`}`;
}

export function selectCells(schema: string, read: ReadTable, conditions: Conditions): string {
  const cells = read.table.columns.map((column, i) => castOf(read.forms[i]?.form ?? "text", quoteName(column.name)));
  return `SELECT ${cells.join(", ")} ${fromTable(schema, read, conditions)}`;
}
