/**
 * Foreign keys that rows break and did not break before: SQLite's own check of each table that rows went into, and of
 * those that point to one, compared with the file as it was.
 */
import { quoteLiteral, quoteName } from "../../../core/quote.ts";
import type { Sqlite } from "../state/state.ts";
import { type Broken, type BrokenRow, rowsShown } from "./broken.ts";
import { rowKeyOf } from "./row-key.ts";

type Reference = {
  readonly id: number;
  readonly table: string;
  readonly parent: string;
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
};

/** `tables`: those that rows went into. */
export function brokenReferences(db: Sqlite, tables: readonly string[]): Broken[] {
  const filled = new Set(tables.map((name) => name.toLowerCase()));
  const all = db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .pluck()
    .all() as string[];
  return all.flatMap((table) =>
    referencesOf(db, table)
      .filter(({ parent }) => filled.has(table.toLowerCase()) || filled.has(parent.toLowerCase()))
      .flatMap((reference) => brokenBy(db, reference) ?? []),
  );
}

function referencesOf(db: Sqlite, table: string): Reference[] {
  const rows = db
    .prepare('SELECT id, "table" AS parent, "from", "to" FROM pragma_foreign_key_list(?, \'main\') ORDER BY id, seq')
    .all(table) as { id: number; parent: string; from: string; to: string | null }[];
  const ids = [...new Set(rows.map(({ id }) => id))];
  return ids.map((id) => {
    const own = rows.filter((row) => row.id === id);
    const parent = own[0]?.parent ?? "";
    const named = own.flatMap(({ to }) => (to === null ? [] : [to]));
    const key = db
      .prepare("SELECT name FROM pragma_table_info(?, 'main') WHERE pk > 0 ORDER BY pk")
      .pluck()
      .all(parent) as string[];
    return {
      id,
      table,
      parent,
      columns: own.map(({ from }) => from),
      parentColumns: named.length === own.length ? named : key,
    };
  });
}

function brokenBy(db: Sqlite, reference: Reference): Broken[] | null {
  const { table, parent, columns, parentColumns } = reference;
  if (count(db, "main", reference) === 0) return null;
  const key = rowKeyOf(db, table);
  const cells = [...key.sql.map((name) => `c.${name}`), ...columns.map((name) => `c.${quoteName(name)}`)];
  const list = cells.map((cell, i) => `quote(${cell}) AS c${i}`).join(", ");
  const orphans = (schema: string): string =>
    `SELECT ${list} FROM ${schema}.${quoteName(table)} c WHERE ${orphan(db, schema, reference)}`;
  const were = count(db, "before", reference) > 0 ? ` EXCEPT SELECT * FROM (${orphans("before")})` : "";
  const broken = `SELECT * FROM (${orphans("main")})${were}`;
  const found = db.prepare(`SELECT count(*) FROM (${broken})`).pluck().get() as number;
  if (found === 0) return null;
  const rows = db.prepare(`${broken} LIMIT ${rowsShown}`).raw().all() as string[][];
  return [
    {
      table,
      rule: `FOREIGN KEY (${columns.join(", ")}) REFERENCES ${parent}${parentColumns.length === 0 ? "" : ` (${parentColumns.join(", ")})`}`,
      count: found,
      rows: rows.map(
        (row): BrokenRow => ({
          key: key.names.map((name, i) => [name, row[i] ?? ""]),
          shown: columns.map((name, i) => [name, row[key.names.length + i] ?? ""]),
        }),
      ),
    },
  ];
}

/** A key that the parent cannot be found by is one that SQLite refuses to check, and the application to write with. */
function count(db: Sqlite, schema: string, { table, id }: Reference): number {
  try {
    return db
      .prepare(`SELECT count(*) FROM pragma_foreign_key_check(?, ?) WHERE fkid = ?`)
      .pluck()
      .get(table, schema, id) as number;
  } catch (thrown) {
    if (/^(foreign key mismatch|no such table)/.test((thrown as Error).message)) return 0;
    throw thrown;
  }
}

/** The rows of a table with rowids are SQLite's own answer; of others it counts, and the keys are followed here. */
function orphan(db: Sqlite, schema: string, { table, id, parent, columns, parentColumns }: Reference): string {
  const { rowid } = rowKeyOf(db, table);
  if (rowid !== null)
    return `c.${rowid} IN (SELECT rowid FROM pragma_foreign_key_check(${quoteLiteral(table)}, ${quoteLiteral(schema)}) WHERE fkid = ${id})`;
  const given = columns.map((name) => `c.${quoteName(name)} IS NOT NULL`);
  const there = db
    .prepare(`SELECT 1 FROM ${schema}.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`)
    .get(parent);
  if (there === undefined) return given.join(" AND ");
  const match = columns.map((name, i) => `p.${quoteName(parentColumns[i] ?? "")} = c.${quoteName(name)}`);
  return `${given.join(" AND ")} AND NOT EXISTS (SELECT 1 FROM ${schema}.${quoteName(parent)} p WHERE ${match.join(" AND ")})`;
}
