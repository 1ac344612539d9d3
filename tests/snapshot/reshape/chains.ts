/** Steps and chains written by hand, and reshaped catalogs to go with them. */

import type { ApplyStep, Chain, Services, Shape, Step, Value } from "../../../src/core/plan/transform.ts";
import type { Catalog, Column, Table } from "../../../src/core/schema/catalog.ts";
import { rowidName } from "../../../src/snapshot/write/writer.ts";

export function shape(table: string, ...columns: string[]): Shape {
  return { table, columns: columns.map((name) => ({ name, declaredType: "", origin: name, changed: false })) };
}

export function step(
  label: string,
  outputs: [Shape, ...Shape[]],
  start: (services: Services) => ApplyStep,
  rowForRow = true,
): Step {
  return { label, outputs, rowForRow, undo: "by hand", parity: "every cell", start };
}

/** A step that makes one row of one row. */
export function each(label: string, output: Shape, make: (row: readonly Value[]) => Value[]): Step {
  return step(label, [output], () => (row, emit) => emit(0, make(row)));
}

export function chain(table: string, steps: Step[], more: Partial<Chain> = {}, ...others: Shape[]): Chain {
  const last = steps.at(-1)?.outputs[0] ?? shape(table);
  return {
    table,
    where: null,
    backwards: false,
    onError: "fail",
    steps,
    outputs: [last, ...others],
    shared: false,
    ...more,
  };
}

/** The catalog with these tables in place of `gone`. */
export function reshapedOf(
  catalog: Catalog,
  gone: string[],
  made: Record<string, { columns: string[]; key?: string }>,
) {
  const tables = Object.entries(made).map(([name, { columns, key }]) => madeTable(name, columns, key ?? null));
  return { ...catalog, tables: [...catalog.tables.filter(({ name }) => !gone.includes(name)), ...tables] };
}

function madeTable(name: string, columns: readonly string[], key: string | null): Table {
  return {
    name,
    sql: "",
    columns: columns.map((column): Column => madeColumn(column, column === key)),
    primaryKey: key === null ? null : [key],
    primaryKeyCollations: key === null ? null : ["BINARY"],
    withoutRowid: false,
    strict: false,
    autoincrement: false,
    sequence: null,
    rowidName: rowidName(columns),
    uniques: [],
    conflictClauses: [],
    indexes: [],
    foreignKeys: [],
    checks: [],
  };
}

function madeColumn(name: string, isRowid: boolean): Column {
  return {
    name,
    declaredType: "",
    affinity: "BLOB",
    notNull: false,
    default: null,
    collation: "BINARY",
    isRowid,
    generated: null,
  };
}
