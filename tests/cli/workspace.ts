/** A folder with a SQLite file, a pipeline and an application's settings, for one test; all of them go at the end of the file. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type pg from "pg";
import { afterEachFile } from "../support/after-file.ts";

export type Workspace = {
  readonly folder: string;
  readonly path: (name: string) => string;
  /** Creates or opens the SQLite file and runs statements in it. */
  readonly sqlite: (sql: string, file?: string) => string;
  /** Writes pipeline.yaml with these further lines; returns its path. */
  readonly pipeline: (url: string, ...lines: readonly string[]) => string;
  readonly write: (name: string, text: string) => string;
  readonly read: (name: string) => string;
  /** Every file below, path to SHA-256; without .rowhaul. */
  readonly hashes: () => Record<string, string>;
  /** Every file of .rowhaul, path to bytes. */
  readonly kept: () => Map<string, Buffer>;
};

/** Folders that any account can enter, because embedded servers may run as another. */
export function workspace(): Workspace {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "rowhaul-cli-"));
  chmodSync(folder, 0o755);
  folders.push(folder);
  const path = (name: string): string => join(folder, name);
  const write = (name: string, text: string): string => {
    mkdirSync(join(path(name), ".."), { recursive: true });
    writeFileSync(path(name), text);
    return path(name);
  };
  return {
    folder,
    path,
    write,
    read: (name) => readFileSync(path(name), "utf8"),
    sqlite(sql, file = "app.db") {
      // Unsafe: tests may change SQLite's schema behind its back.
      const db = new Database(path(file)).unsafeMode();
      try {
        db.exec(sql);
      } finally {
        db.close();
      }
      return path(file);
    },
    pipeline: (url, ...lines) =>
      write(
        "pipeline.yaml",
        [
          "name: app",
          "source: { kind: sqlite, path: app.db }",
          ...(lines.some((line) => line.startsWith("target:")) ? [] : [`target: { kind: postgres, url: "${url}" }`]),
          ...lines,
          "",
        ].join("\n"),
      ),
    hashes: () => hashesBelow(folder, (name) => name !== ".rowhaul"),
    kept: () => filesBelow(path(".rowhaul")),
  };
}

/** A few tables with a foreign key, an index and a view: everything here arrives without being accepted. */
export const shop = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), total REAL, note TEXT, placed DATETIME);
  CREATE INDEX orders_customer ON orders (customer_id);
  CREATE VIEW big_orders AS SELECT id, total FROM orders WHERE total > 100;
  INSERT INTO customers SELECT n, 'Customer ' || n, 'c' || n || '@example.org' FROM (${numbers(40)});
  INSERT INTO orders SELECT n, 1 + n % 40, n * 1.25, 'note ' || n, '2024-01-02 03:04:05' FROM (${numbers(200)});`;

/** A query whose column `n` counts from 1. */
export function numbers(last: number): string {
  return `WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${last}) SELECT n FROM s`;
}

/** Two tables of about 12 MB, so that each is a unit of its own, and a small one. */
export const bulky = `
  CREATE TABLE big1 (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b REAL, c INTEGER);
  CREATE TABLE big2 (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b REAL, c INTEGER);
  CREATE TABLE little (id INTEGER PRIMARY KEY, a TEXT);
  CREATE INDEX big1_c ON big1 (c);
  BEGIN;
  INSERT INTO big1 SELECT n, printf('%0600d', n * 7919), n / 8.0, n % 97 FROM (${numbers(20_000)});
  INSERT INTO big2 SELECT n, printf('%0600d', n * 104729), n / 4.0, n % 89 FROM (${numbers(20_000)});
  INSERT INTO little SELECT n, 'l' || n FROM (${numbers(50)});
  COMMIT;`;

/** The schemas of a database that are not PostgreSQL's own. */
export async function schemas(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query(
    "SELECT nspname::text AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1",
  );
  return rows.map((row) => String(row.name));
}

/** Tables, views, indexes and sequences of a schema. */
export async function relations(pool: pg.Pool, schema = "public"): Promise<string[]> {
  const { rows } = await pool.query(
    "SELECT relname::text AS name FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND relkind IN ('r', 'v', 'i', 'S') ORDER BY 1",
    [schema],
  );
  return rows.map((row) => String(row.name));
}

export async function value(pool: pg.Pool, sql: string): Promise<unknown> {
  const { rows } = await pool.query({ text: sql, rowMode: "array" });
  return (rows as unknown[][])[0]?.[0];
}

/** The events of a run with --json; each line must be JSON. */
export function eventsOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const folders: string[] = [];

afterEachFile(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function hashesBelow(folder: string, wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    [...filesBelow(folder, wanted)].map(([name, bytes]) => [name, createHash("sha256").update(bytes).digest("hex")]),
  );
}

function filesBelow(folder: string, wanted: (name: string) => boolean = () => true): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!wanted(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) for (const [name, bytes] of filesBelow(path)) files.set(join(entry.name, name), bytes);
    else if (entry.isFile()) files.set(entry.name, readFileSync(path));
  }
  return files;
}
