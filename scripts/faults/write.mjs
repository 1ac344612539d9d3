/** Puts the made rows into a SQLite file or a PostgreSQL database, as an application would have. */
import { rmSync } from "node:fs";
import Database from "better-sqlite3";
import { tables } from "./rows.mjs";

const sqliteTypes = {
  int: "INTEGER",
  text: "TEXT",
  bool: "BOOLEAN",
  date: "DATE",
  real: "REAL",
  stamp: "TIMESTAMP",
  json: "JSON",
  bytes: "BLOB",
};
const postgresTypes = {
  int: "bigint",
  text: "text",
  bool: "boolean",
  date: "date",
  real: "double precision",
  stamp: "timestamp",
  json: "jsonb",
  bytes: "bytea",
};

export function writeSqlite(path, rows, { withFullText }) {
  rmSync(path, { force: true });
  const db = new Database(path);
  db.pragma("journal_mode = delete");
  db.pragma("synchronous = off");
  db.exec(`BEGIN; ${tableStatements(sqliteTypes).join("; ")};`);
  for (const [name, { columns }] of Object.entries(tables)) insertAll(db, name, Object.keys(columns), rows[name]);
  if (withFullText) {
    db.exec("CREATE VIRTUAL TABLE notes USING fts5(title, body)");
    insertAll(db, "notes", ["rowid", "title", "body"], rows.notes);
  }
  db.exec("COMMIT");
  db.close();
}

function insertAll(db, name, columns, rows) {
  const insert = db.prepare(
    `INSERT INTO ${name} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  for (const row of rows) insert.run(columns.map((column) => row[column]));
}

export async function writePostgres(client, rows) {
  await client.query(tableStatements(postgresTypes).join(";\n"));
  for (const [name, { columns }] of Object.entries(tables)) {
    const values = JSON.stringify(
      rows[name].map((row) => ({ ...row, ...(row.cover ? { cover: `\\x${row.cover.toString("hex")}` } : {}) })),
    );
    const typed = Object.entries(columns).map(([column, kind]) => {
      if (kind === "bool") return `${column}::int::boolean`;
      // a text that holds JSON, and not JSON that holds a text
      return kind === "json" ? `${column}::jsonb` : column;
    });
    const record = Object.entries(columns).map(
      ([column, kind]) => `${column} ${{ bool: "int", json: "text" }[kind] ?? postgresTypes[kind]}`,
    );
    await client.query(
      `INSERT INTO ${name} SELECT ${typed.join(", ")} FROM json_to_recordset($1::json) AS r(${record.join(", ")})`,
      [values],
    );
  }
}

function tableStatements(types) {
  const columns = (name) => Object.entries(tables[name].columns).map(([column, kind]) => [column, types[kind]]);
  const list = (name, more) =>
    columns(name)
      .map(([column, type]) => `${column} ${type}${more[column] ?? ""}`)
      .join(", ");
  return [
    `CREATE TABLE authors (${list("authors", { id: " PRIMARY KEY", name: " NOT NULL", email: " UNIQUE" })})`,
    `CREATE TABLE books (${list("books", { id: " PRIMARY KEY", author_id: " NOT NULL REFERENCES authors (id)" })})`,
    "CREATE INDEX books_title ON books (title)",
    `CREATE TABLE tags (${list("tags", { book_id: " REFERENCES books (id)" })}, PRIMARY KEY (book_id, tag))`,
  ];
}
