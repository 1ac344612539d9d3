/** A comparison as text for people: what differs first, what is equal in one line. */
import { count, plural } from "../core/messages/count.ts";
import type { ColumnComparison, Comparison, SchemaDifference, TableComparison } from "./comparison.ts";

export type ComparisonPaint = (style: "bold" | "dim" | "red" | "green" | "yellow", text: string) => string;

export type ComparisonTextOptions = {
  /** Every line of every section; else the first of those that are not differences. */
  readonly full?: boolean;
  /** Leaves out keys and values. */
  readonly redact?: boolean;
};

/** Lines joined, without one at the end. */
export function comparisonText(
  comparison: Comparison,
  paint: ComparisonPaint = (_, text) => text,
  { full = false, redact = false }: ComparisonTextOptions = {},
): string {
  const { a, b, tables, differences } = comparison;
  const differing = tables.filter((table) => table.differences > 0);
  const equal = tables.filter((table) => table.differences === 0);
  const rows = equal.reduce((sum, table) => sum + table.rowsInA, 0);
  const outcome = differences === 0 ? "Equal" : plural(differences, "difference");
  const section = (title: string, lines: readonly string[]): string[] => {
    const shown = full || lines.length <= few + 1 ? lines : lines.slice(0, few);
    const left = lines.length - shown.length;
    const tail = left > 0 ? [paint("dim", `  … and ${count(left)} more (--full)`)] : [];
    return lines.length > 0 ? ["", paint("bold", title), ...shown.map((line) => `  ${line}`), ...tail] : [];
  };
  return [
    `a: ${a.shown} (${a.kind})`,
    `b: ${b.shown} (${b.kind})`,
    "",
    ...comparison.missingTables.map((name) => paint("red", `table ${name} is missing in b`)),
    ...comparison.extraTables.map((name) => paint("red", `table ${name} is extra in b`)),
    ...differing.flatMap((table) => tableLines(table, paint, redact)),
    ...(equal.length > 0 ? [`${plural(equal.length, "table")} equal (${plural(rows, "row")})`] : []),
    ...section("compared in meaning (type in a, type in b)", meaningLines(comparison)),
    ...section(
      comparison.schemaCounts === "differences" ? "schema differences" : "schema, as notes",
      comparison.schema.map(schemaLine),
    ),
    ...comparison.notes.map((note) => `note: ${note}`),
    "",
    paint(
      differences === 0 ? "green" : "red",
      `${outcome} ${comparison.mode === "exact" ? "in storage class and bytes" : "in meaning"}.`,
    ),
  ].join("\n");
}

const few = 10;

function tableLines(table: TableComparison, paint: ComparisonPaint, redact: boolean): string[] {
  const { missingRows, extraRows, cells } = table;
  const one = table.key === null ? " row" : "";
  const columns = table.columns.filter((column) => column.differing > 0);
  const sizes = `${plural(table.rowsInA, "row")} in a, ${count(table.rowsInB)} in b`;
  const how = table.key === null ? "; no key, compared as a multiset" : "";
  return [
    `${paint("bold", table.table)}: ${plural(table.differences, "difference")} (${sizes}${how})`,
    ...table.missingColumns.map((name) => `  column ${name} is missing in b`),
    ...table.extraColumns.map((name) => `  column ${name} is extra in b`),
    ...named(missingRows, redact, "row missing in b", "rows missing in b", (row) => [`  missing in b:${one} ${row}`]),
    ...named(extraRows, redact, "row extra in b", "rows extra in b", (row) => [`  extra in b:${one} ${row}`]),
    ...named(cells, redact, "cell that differs", "cells that differ", (cell) => [
      `  ${cell.key} ${paint("yellow", cell.column)}:`,
      `    a ${cell.a}`,
      `    b ${cell.b}`,
    ]),
    ...(columns.length > 0
      ? [`  cells by column: ${columns.map((column) => `${column.column} ${count(column.differing)}`).join(", ")}`]
      : []),
  ];
}

function named<T>(
  { count: all, samples }: { readonly count: number; readonly samples: readonly T[] },
  redact: boolean,
  one: string,
  many: string,
  lines: (sample: T) => string[],
): string[] {
  const shown = redact ? [] : samples;
  const left = all - shown.length;
  const more = shown.length > 0 ? "… and " : "";
  return [...shown.flatMap(lines), ...(left > 0 ? [`  ${more}${plural(left, one, many)}`] : [])];
}

/** Columns that were not compared by their types as written. */
function meaningLines({ tables }: Comparison): string[] {
  return tables.flatMap((table) =>
    table.columns
      .filter(
        ({ compared, typeInA, typeInB }) =>
          compared === "in meaning" && typeInA.toLowerCase() !== typeInB.toLowerCase(),
      )
      .map((column) => `${table.table}.${column.column}: ${typesOf(column)}`),
  );
}

function typesOf({ typeInA, typeInB, as, onlyType }: ColumnComparison): string {
  return `${typeInA}, ${typeInB}: as ${as}${onlyType ? "; differs only in type" : ""}`;
}

function schemaLine({ table, what, a, b }: SchemaDifference): string {
  const at = ["view", "trigger", "virtual table"].includes(what) ? what : `${table}: ${what}`;
  if (a !== null && b !== null) return `${at} ${a} in a, ${b} in b`;
  return a !== null ? `${at} ${a} is missing in b` : `${at} ${b} is extra in b`;
}
