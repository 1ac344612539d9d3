/** A case as people would have it: a SQLite file, an application's tables, a pipeline file. */
import type { Pair } from "../pair.ts";
import { type Case, columnsOf, type RowCase, type TableCase } from "./case.ts";

export function pairOf({ tables }: Case): Pair {
  const settings = tables.map(({ name, mode, matched, unique }) => [
    name,
    { existing: mode, ...(matched ? { key: unique } : {}) },
  ]);
  const accept = tables.flatMap(({ name, mode, matched }) => [
    ...(matched ? [{ code: "ID_TAKEN", table: name, policy: "renumber" }] : []),
    ...(mode === "skip" ? [{ code: "SKIPPED_DIFFERS", table: name, policy: "skip" }] : []),
  ]);
  return {
    name: "random",
    existing: "append",
    source: [
      ...tables.map((table) => createTable(table, "INTEGER", inlineLinks(table))),
      ...tables.flatMap((table) => insert(table, table.source)),
    ].join(";\n"),
    live: [
      ...tables.map((table) => createTable(table, `int${table.identity}`, [])),
      ...tables.flatMap((table) => insert(table, table.live)),
      ...tables.flatMap(addLinks),
    ].join(";\n"),
    pipeline: `tables: ${JSON.stringify(Object.fromEntries(settings))}\naccept: ${JSON.stringify(accept)}`,
    rows: {},
  };
}

function createTable(table: TableCase, idType: string, more: readonly string[]): string {
  const { name, key, links, unique } = table;
  const needed = new Set([...key, "label", ...links.filter((one) => one.needed).flatMap(({ columns }) => columns)]);
  const columns = columnsOf(table).map((column) => {
    const type = column === "label" || column === "v" ? "TEXT" : column === "id" ? idType : "INTEGER";
    return `${column} ${type}${needed.has(column) && column !== "id" ? " NOT NULL" : ""}`;
  });
  const uniques = unique === null ? [] : [`UNIQUE (${unique.join(", ")})`];
  return `CREATE TABLE ${name} (${[...columns, `PRIMARY KEY (${key.join(", ")})`, ...uniques, ...more].join(", ")})`;
}

function inlineLinks({ links }: TableCase): string[] {
  return links.map(({ columns, parent }) => `FOREIGN KEY (${columns.join(", ")}) REFERENCES ${parent}`);
}

function addLinks({ name, links }: TableCase): string[] {
  return links.map(
    ({ columns, parent, deferrable, onDelete }) =>
      `ALTER TABLE ${name} ADD FOREIGN KEY (${columns.join(", ")}) REFERENCES ${parent}${onDelete}${deferrable}`,
  );
}

function insert(table: TableCase, rows: readonly RowCase[]): string[] {
  if (rows.length === 0) return [];
  const columns = columnsOf(table);
  const lists = rows.map(({ values }) => `(${columns.map((column) => literal(values[column] ?? null)).join(", ")})`);
  const overriding =
    table.identity === " GENERATED ALWAYS AS IDENTITY" && rows === table.live ? " OVERRIDING SYSTEM VALUE" : "";
  return [`INSERT INTO ${table.name} (${columns.join(", ")})${overriding} VALUES ${lists.join(", ")}`];
}

function literal(value: number | string | null): string {
  return value === null ? "NULL" : typeof value === "number" ? String(value) : `'${value}'`;
}
