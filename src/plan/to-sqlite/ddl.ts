/** CREATE TABLE and CREATE INDEX from the catalog, for tables that have no statement of their own or were changed. */
import { nameList, quoteName } from "../../core/quote.ts";
import type { Check, Index, Table } from "../../core/schema/catalog.ts";
import type { SqliteColumn } from "./column.ts";

export function createTable(table: Table, columns: readonly SqliteColumn[], checks: readonly Check[]): string {
  const alias = columns.find(({ column }) => column.isRowid && table.primaryKey?.length === 1);
  const lines = columns.map((one) => columnLine(one, one === alias, table));
  if (table.primaryKey !== null && alias === undefined) lines.push(`PRIMARY KEY (${nameList(table.primaryKey)})`);
  for (const { name, columns: names } of table.uniques) lines.push(`${named(name)}UNIQUE (${nameList(names)})`);
  for (const { name, expression } of checks) lines.push(`${named(name)}CHECK (${expression})`);
  for (const key of table.foreignKeys) {
    const parent = key.parentColumns.length === 0 ? "" : ` (${nameList(key.parentColumns)})`;
    const actions = [
      key.onUpdate === "NO ACTION" ? "" : ` ON UPDATE ${key.onUpdate}`,
      key.onDelete === "NO ACTION" ? "" : ` ON DELETE ${key.onDelete}`,
      key.deferrable === "no" ? "" : ` DEFERRABLE ${key.deferrable.toUpperCase()}`,
    ];
    lines.push(
      `${named(key.name)}FOREIGN KEY (${nameList(key.columns)}) REFERENCES ${quoteName(key.parent)}${parent}${actions.join("")}`,
    );
  }
  const options = [...(table.withoutRowid ? ["WITHOUT ROWID"] : []), ...(table.strict ? ["STRICT"] : [])];
  return `CREATE TABLE ${quoteName(table.name)} (\n  ${lines.join(",\n  ")}\n)${options.length > 0 ? ` ${options.join(", ")}` : ""}`;
}

export function createIndex(table: string, index: Index): string {
  const parts = index.parts.map((part) => {
    const what = part.column === null ? `(${part.expression})` : quoteName(part.column);
    const collation = part.collation === "BINARY" ? "" : ` COLLATE ${quoteName(part.collation)}`;
    return `${what}${collation}${part.descending ? " DESC" : ""}`;
  });
  const where = index.where === null ? "" : ` WHERE ${index.where}`;
  return `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${quoteName(index.name)} ON ${quoteName(table)} (${parts.join(", ")})${where}`;
}

function columnLine({ column, declared }: SqliteColumn, alias: boolean, table: Table): string {
  const words = [quoteName(column.name), declared];
  if (alias) words.push(`PRIMARY KEY${table.autoincrement ? " AUTOINCREMENT" : ""}`);
  if (column.notNull && !alias) words.push("NOT NULL");
  if (column.collation !== "BINARY") words.push(`COLLATE ${quoteName(column.collation)}`);
  if (column.default !== null) words.push(`DEFAULT (${column.default})`);
  if (column.generated !== null)
    words.push(`GENERATED ALWAYS AS (${column.generated.expression}) ${column.generated.kind.toUpperCase()}`);
  return words.filter((word) => word !== "").join(" ");
}

function named(name: string | null): string {
  return name === null ? "" : `CONSTRAINT ${quoteName(name)} `;
}
