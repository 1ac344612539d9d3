/** Foreign keys: PRAGMA foreign_key_list groups by id; the CREATE TABLE adds name and deferrability. */

import { quoteLiteral } from "../../core/quote.ts";
import type { ForeignKey, ForeignKeyAction } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import type { CreateTableFacts } from "../../sql/parse/parse-create-table.ts";
import type { Sqlite } from "../../sqlite/open.ts";

type Row = {
  readonly id: bigint;
  readonly seq: bigint;
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
  readonly on_update: string;
  readonly on_delete: string;
};

export function readForeignKeys(db: Sqlite, table: string, facts: CreateTableFacts): ForeignKey[] {
  const rows = db
    .prepare(`SELECT * FROM pragma_foreign_key_list(${quoteLiteral(table)}) ORDER BY id DESC, seq`)
    .all() as Row[];
  const groups = groupById(rows);
  // SQLite numbers them backwards, so descending ids are the order in which they are written.
  return [...groups.values()].map((group, i) => {
    const [first] = group as [Row];
    const written = facts.foreignKeys[i];
    const columns = group.map((row) => row.from);
    const parentColumns = group.map((row) => row.to).filter((name) => name !== null);
    const agrees =
      written !== undefined &&
      written.columns.length === columns.length &&
      written.columns.every((name, at) => sameName(name, columns[at] ?? ""));
    return {
      name: agrees ? written.name : null,
      columns,
      parent: actualName(db, first.table),
      parentColumns:
        parentColumns.length === columns.length ? parentColumns : implicitTarget(db, first.table, columns.length),
      onUpdate: first.on_update as ForeignKeyAction,
      onDelete: first.on_delete as ForeignKeyAction,
      deferrable: agrees ? written.deferrable : "no",
    };
  });
}

function implicitTarget(db: Sqlite, parent: string, width: number): string[] {
  const key = db
    .prepare(`SELECT name FROM pragma_table_info(${quoteLiteral(parent)}) WHERE pk > 0 ORDER BY pk`)
    .pluck()
    .all() as string[];
  return key.length === width ? key : [];
}

/** Names in REFERENCES are matched without regard to case. */
function actualName(db: Sqlite, name: string): string {
  return (
    (db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE").pluck().get(name) as
      | string
      | undefined) ?? name
  );
}

function groupById(rows: readonly Row[]): Map<bigint, Row[]> {
  const groups = new Map<bigint, Row[]>();
  for (const row of rows) groups.set(row.id, [...(groups.get(row.id) ?? []), row]);
  return groups;
}
