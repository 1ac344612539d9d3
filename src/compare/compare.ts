/**
 * Do two stores hold the same? Tables and columns are matched by name, rows by
 * primary key (as multisets where there is none). Between stores of one kind
 * storage class and bytes must be equal, else the meaning: see column-pair.ts.
 */
import type { Catalog, Column, Table } from "../core/schema/catalog.ts";
import { columnPair } from "./column-pair.ts";
import { compareRows } from "./compare-rows.ts";
import type {
  ColumnComparison,
  CompareOptions,
  Comparison,
  Opened,
  SchemaDifference,
  TableComparison,
} from "./comparison.ts";
import { differencesFound } from "./found.ts";
import { pairNames } from "./pair-names.ts";
import { rowKey } from "./row-key.ts";
import { storeSchema, tableSchema } from "./schema.ts";
import { searchColumns } from "./search-columns.ts";
import { openStore, type Store } from "./store.ts";
import { typeName } from "./type-name.ts";

/** Reads both sides only. Throws SOURCE_UNREADABLE, LOCAL_DISK, PLAN_INVALID (a key that is not there) or the signal's reason. */
export async function compareStores(a: Opened, b: Opened, options: CompareOptions = {}): Promise<Comparison> {
  const mode = options.mode ?? (nature(a) === nature(b) ? "exact" : "in meaning");
  const wanted = options.tables ?? (() => true);
  const left = a.catalog.tables.filter((table) => wanted(table.name));
  const right = b.catalog.tables.filter((table) => wanted(table.name));
  const names = pairNames(left, right);
  const schemaCounts = options.schema ?? "notes";
  const tables: TableComparison[] = [];
  const schema: SchemaDifference[] = [...storeSchema(a.catalog, b.catalog, wanted)];
  const storeA = openStore(a);
  try {
    const storeB = openStore(b);
    try {
      for (const [tableA, tableB] of names.pairs) {
        schema.push(...tableSchema(tableA, tableB, sameDialect(a.catalog, b.catalog), mode));
        tables.push(await compareTables({ storeA, storeB, tableA, tableB, mode, options }));
      }
    } finally {
      storeB.close();
    }
  } finally {
    storeA.close();
  }
  const rows = tables.reduce((sum, table) => sum + table.differences, 0);
  return {
    a: { shown: a.shown, kind: a.kind },
    b: { shown: b.shown, kind: b.kind },
    mode,
    differences: rows + names.onlyA.length + names.onlyB.length + (schemaCounts === "differences" ? schema.length : 0),
    missingTables: names.onlyA.map((table) => table.name),
    extraTables: names.onlyB.map((table) => table.name),
    tables,
    schema,
    schemaCounts,
    notes: notesOf(a, b),
  };
}

/** The kind of store the cells come from: an export keeps those of the store it was made from. */
function nature(opened: Opened): "sqlite" | "postgres" | "json" {
  if (opened.kind !== "export") return opened.kind;
  if (opened.catalog.dialect === "postgres") return "postgres";
  const { tables } = opened.catalog;
  const typed = tables.some((table) => table.columns.some((column) => column.pgType !== undefined));
  // Only SQLite has a statement for its tables.
  return typed || tables.every((table) => table.sql === "") ? "json" : "sqlite";
}

function sameDialect(a: Catalog, b: Catalog): boolean {
  return (a.dialect ?? "sqlite") === (b.dialect ?? "sqlite");
}

function notesOf(a: Opened, b: Opened): string[] {
  if (a.catalog.encoding === b.catalog.encoding) return [];
  return [`texts are ${a.catalog.encoding} here and ${b.catalog.encoding} there; they were compared by characters`];
}

async function compareTables(request: {
  readonly storeA: Store;
  readonly storeB: Store;
  readonly tableA: Table;
  readonly tableB: Table;
  readonly mode: "exact" | "in meaning";
  readonly options: CompareOptions;
}): Promise<TableComparison> {
  const { storeA, storeB, tableA, tableB, mode, options } = request;
  const columns = pairNames(tableA.columns, tableB.columns);
  const pairs = columns.pairs.map(([columnA, columnB]) =>
    columnPair(
      { store: storeA, table: tableA, column: columnA },
      { store: storeB, table: tableB, column: columnB },
      mode,
    ),
  );
  const key = rowKey(tableA, tableB, columns.pairs, options.keys);
  const found = differencesFound(pairs, key, options.samples ?? 20);
  await compareRows(
    {
      a: { store: storeA, table: tableA, columns: columns.pairs.map(([column]) => column) },
      b: { store: storeB, table: tableB, columns: columns.pairs.map(([, column]) => column) },
      pairs,
      key,
      scratchFolder: options.scratchFolder ?? null,
      progress: (rows) => options.progress?.(tableA.name, rows),
      signal: options.signal ?? null,
    },
    found,
  );
  const missingColumns = ownValues(tableA, tableB, columns.onlyA);
  const extraColumns = ownValues(tableB, tableA, columns.onlyB);
  const rows = found.result();
  return {
    table: tableA.name,
    other: tableB.name === tableA.name ? null : tableB.name,
    key: key?.columns ?? null,
    missingColumns,
    extraColumns,
    columns: columns.pairs.map(([columnA, columnB], i): ColumnComparison => {
      const [typeInA, typeInB] = [typeName(columnA), typeName(columnB)];
      const differing = rows.byColumn[i] ?? 0;
      return {
        column: columnA.name,
        other: columnB.name === columnA.name ? null : columnB.name,
        typeInA,
        typeInB,
        compared: pairs[i]?.as === null ? "exact" : "in meaning",
        as: pairs[i]?.as ?? null,
        differing,
        onlyType: typeInA.toLowerCase() !== typeInB.toLowerCase() && differing === 0,
      };
    }),
    rowsInA: rows.rowsInA,
    rowsInB: rows.rowsInB,
    missingRows: rows.missing,
    extraRows: rows.extra,
    changedRows: rows.changedRows,
    cells: rows.cells,
    differences: missingColumns.length + extraColumns.length + rows.missing.count + rows.extra.count + rows.cells.count,
  };
}

/** What a generated column holds follows from the others, as an index does; their absence is a matter of the schema. */
function ownValues(table: Table, other: Table, only: readonly Column[]): string[] {
  const search = searchColumns(table, other, only);
  return only.filter((column) => column.generated === null && !search.includes(column)).map(({ name }) => name);
}
