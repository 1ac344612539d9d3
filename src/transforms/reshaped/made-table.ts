/** A table that steps make: of one chain, or shared by several. And foreign keys to tables that have changed. */

import { RowhaulError } from "../../core/messages/errors.ts";
import type { Seen } from "../../core/plan/seen.ts";
import type { ShapeColumn } from "../../core/plan/transform.ts";
import type { Column, ForeignKey, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { rowidName } from "../../snapshot/write/writer.ts";
import type { OutputShape } from "../definition.ts";
import type { Leave } from "./leave.ts";
import type { TableFate } from "./main-table.ts";
import { affinityAfter, plainColumn } from "./plain-column.ts";

/** `table`: the source table whose chain makes it. */
export type MadeTable = {
  readonly shape: OutputShape;
  readonly table: Table;
  /** Other chains may write it as well. */
  readonly shared: boolean;
};

/** `others`: source tables as they are now. Throws PLAN_INVALID where those who share it do not fit each other. */
export function madeTable(
  writers: readonly MadeTable[],
  others: readonly Table[],
  leave: Leave,
  seen: Seen | null,
): Table {
  const [first] = writers;
  if (first === undefined) throw new Error("A table that nobody makes");
  const { shape } = first;
  const [alone, other] = [writers.find(({ shared }) => !shared), writers[1]];
  if (alone !== undefined && other !== undefined)
    throw misfit(other, first, "its rows could not be told apart; `unify` shares one");
  const key = shape.key === undefined ? null : [...shape.key];
  const columns: Column[] = [];
  for (const writer of writers) {
    if (foldedList(writer.shape.key) !== foldedList(shape.key)) throw misfit(writer, first, "their keys differ");
    for (const column of writer.shape.columns) {
      const at = columns.findIndex(({ name }) => sameName(name, column.name));
      const known = columns[at];
      const made = columnOf(column, writer, seen);
      if (known === undefined) columns.push(made);
      else if (known.pgType !== made.pgType)
        throw misfit(
          writer,
          first,
          `${column.name} is ${made.pgType ?? made.declaredType} in one and ${known.pgType ?? known.declaredType} in the other`,
        );
      else columns[at] = common(known, made);
    }
  }
  return {
    name: shape.table,
    sql: "",
    columns,
    primaryKey: key,
    primaryKeyCollations: key === null ? null : key.map((name) => collationOf(columns, name)),
    withoutRowid: false,
    strict: false,
    autoincrement: false,
    sequence: null,
    rowidName: rowidName(columns.map(({ name }) => name)),
    uniques: [],
    conflictClauses: [],
    indexes: [],
    foreignKeys: writers.length === 1 ? toParent(first, others, leave) : [],
    checks: [],
  };
}

/** What only one of them declares says nothing of the values of both. */
function common(a: Column, b: Column): Column {
  const sameType = a.declaredType === b.declaredType;
  const { truth, ...rest } = a;
  return {
    ...rest,
    ...(truth === undefined || b.truth === undefined ? {} : { truth }),
    declaredType: sameType ? a.declaredType : "",
    affinity: sameType && a.affinity === b.affinity ? a.affinity : "BLOB",
    collation: a.collation === b.collation ? a.collation : "BINARY",
  };
}

/** A foreign key with its parent's columns as they are called now; none, and left out, when they are gone. */
export function parentKey(
  table: Table,
  key: ForeignKey,
  fates: ReadonlyMap<string, TableFate>,
  leave: Leave,
): ForeignKey[] {
  const fate = fates.get(foldName(key.parent));
  if (fate === undefined) return [key];
  const object = `the foreign key on ${key.columns.join(", ")} of ${table.name}`;
  const missing = key.parentColumns.find((name) => fate.gone.some((other) => sameName(other, name)));
  if (fate.table === null || missing !== undefined) {
    const reason =
      fate.table === null
        ? `there is no table ${key.parent} any more`
        : `${key.parent} has no column ${missing} any more`;
    leave(table.name, object, reason, { code: "FOREIGN_KEY_LOST", at: `${table.name}.${key.columns[0]}` });
    return [];
  }
  const names = new Map([...fate.renamed].map(([from, to]) => [foldName(from), to]));
  return [{ ...key, parentColumns: key.parentColumns.map((name) => names.get(foldName(name)) ?? name) }];
}

function columnOf(column: ShapeColumn, { shape, table }: MadeTable, seen: Seen | null): Column {
  const source = table.columns.find(({ name }) => column.origin !== null && sameName(name, column.origin));
  const values = seen?.column(shape.table, column.name);
  const plain = plainColumn(column, values);
  if (source === undefined) return plain;
  // Not NOT NULL, even of a key: a NULL in it is for the plan to find, before anything is loaded.
  return { ...plain, affinity: affinityAfter(column, source, values), collation: source.collation };
}

/** Only where the parent still has these columns, as its key or under a unique constraint. */
function toParent({ shape, table }: MadeTable, others: readonly Table[], leave: Leave): ForeignKey[] {
  if (shape.parent === undefined) return [];
  const what = `the foreign key of ${shape.table} to ${shape.parent.table}`;
  const parent = others.find(({ name }) => sameName(name, shape.parent?.table ?? ""));
  const origins = shape.parent.columns.map(
    (name) => shape.columns.find((column) => sameName(column.name, name))?.origin ?? null,
  );
  // The parent's key under the name it has at the end, by way of the source's own key.
  const sourceKey = foldedList(table.primaryKey ?? []);
  if (
    parent === undefined ||
    parent.primaryKey === null ||
    foldedList(origins.map((name) => name ?? "")) !== sourceKey
  ) {
    const reason = parent === undefined ? "that table is gone" : "its columns are no key there";
    leave(table.name, what, reason, { code: "FOREIGN_KEY_LOST", at: `${shape.table}.${shape.parent.columns[0]}` });
    return [];
  }
  return [
    {
      name: null,
      columns: shape.parent.columns,
      parent: parent.name,
      parentColumns: parent.primaryKey,
      onUpdate: "NO ACTION",
      onDelete: "CASCADE",
      deferrable: "no",
    },
  ];
}

function collationOf(columns: readonly Column[], name: string): string {
  return columns.find((column) => sameName(column.name, name))?.collation ?? "BINARY";
}

function foldedList(names: readonly string[] | undefined): string {
  return (names ?? []).map(foldName).join("\0");
}

function misfit(a: MadeTable, b: MadeTable, reason: string): RowhaulError {
  return new RowhaulError(
    "PLAN_INVALID",
    `${a.table.name} and ${b.table.name} cannot share the table ${a.shape.table}: ${reason}.`,
    {
      place: { table: a.table.name },
    },
  );
}
