/** A database moved twice, once through functions: what was planned and what arrived, put side by side. */
import { copyFileSync } from "node:fs";
import pg from "pg";
import type { Plan } from "../../src/core/plan/plan.ts";
import { plan as makePlan, run } from "../../src/index.ts";
import { readCatalog } from "../../src/snapshot/catalog/read-file-catalog.ts";
import { openSqlite } from "../../src/sqlite/open.ts";
import { type Workspace, workspace } from "../cli/workspace.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

export type Moved = {
  /** What must be the same. */
  readonly plan: Record<string, unknown>;
  /** Columns, constraints, indexes, sequences and views as the server describes them. */
  readonly objects: unknown[];
  /** Each table's rows as texts, sorted. */
  readonly rows: Record<string, string[]>;
};

export type Through = {
  /** A function's module; null moves the database without steps. */
  readonly code: string | null;
  /** Tables that go through it; default: all. */
  readonly tables?: readonly string[];
  readonly keys?: "kept" | "made";
  /** The last phase; default: all of them, so that there are objects and rows. */
  readonly until?: "plan";
};

/** A SQLite file, which is copied; SQL of a PostgreSQL schema; or the text of a JSON file. */
export type Given = string | { readonly postgres: string } | { readonly json: string };

export async function moved(source: Given, { code, tables, keys = "kept", until }: Through): Promise<Moved> {
  const database = await freshDatabase();
  const space = workspace();
  try {
    space.write("f.mjs", code ?? "");
    const from = await prepared(source, database, space);
    const through = code === null ? [] : (tables ?? tableNames(source));
    const lines = through.map(
      (name) => `  ${JSON.stringify(name)}: { transform: { function: { file: ./f.mjs, keys: ${keys} } } }`,
    );
    const pipeline = space.write(
      "pipeline.yaml",
      [
        "name: app",
        `source: ${from}`,
        `target: { kind: postgres, url: "${database.url}" }`,
        ...(lines.length === 0 ? [] : ["tables:", ...lines, '  "*": {}']),
        "",
      ].join("\n"),
    );
    const plan = await planned(pipeline, until === "plan" ? makePlan : run);
    return unnamed({ plan: bare(plan), ...(await contents(database.url)) }, plan);
  } finally {
    await database.drop();
  }
}

/** The pipeline's source. */
async function prepared(source: Given, database: TestDatabase, space: Workspace): Promise<string> {
  if (typeof source === "string") {
    copyFileSync(source, space.path("app.db"));
    return "{ kind: sqlite, path: app.db }";
  }
  if ("json" in source) {
    space.write("data.json", source.json);
    return "{ kind: json, path: data.json }";
  }
  await database.pool.query(`CREATE SCHEMA src; SET search_path = src; ${source.postgres}; RESET search_path`);
  return `{ kind: postgres, url: "${database.url}", schema: src }`;
}

/** A file of that schema. */
export function databaseOf(sql: string): string {
  return workspace().sqlite(sql);
}

function tableNames(source: Given): string[] {
  if (typeof source !== "string") throw new Error("name the tables");
  const db = openSqlite(source);
  try {
    return readCatalog(db).tables.map(({ name }) => name);
  } finally {
    db.close();
  }
}

async function planned(pipeline: string, work: typeof makePlan): Promise<Plan> {
  let plan: Plan | null = null;
  await work(pipeline, {
    acceptAll: true,
    onPlan: (made) => {
      plan = made;
    },
  });
  if (plan === null) throw new Error("No plan was made");
  return plan;
}

/** Without what a run calls its own, and what is said of the steps themselves. */
function bare(plan: Plan): Record<string, unknown> {
  const { tables, views, hazards, notes, appNotes, leftOut, search } = plan;
  const kept = {
    // A table that was WITHOUT ROWID has one in the file of transformed rows.
    tables: tables.map(({ rowidName: _, ...table }) => table),
    views,
    hazards,
    notes: notes.filter(({ code }) => code !== "TRANSFORMED"),
    appNotes,
    leftOut,
    search: search ?? null,
  };
  return kept;
}

/** A run's id is in some names. */
function unnamed(made: Moved, plan: Plan): Moved {
  const run = plan.target.staging.replace("rowhaul_staging_", "");
  return JSON.parse(JSON.stringify(made).replaceAll(run, "run").replaceAll(run.replace(/\W|_/g, ""), "run")) as Moved;
}

async function contents(url: string): Promise<Omit<Moved, "plan">> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const list = async (sql: string): Promise<unknown[][]> => (await client.query({ text: sql, rowMode: "array" })).rows;
  try {
    const objects = [
      ...(await list(
        `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, a.attnum`,
      )),
      ...(await list(
        `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2, 3`,
      )),
      ...(await list("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")),
      ...(await list("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")),
      ...(await list("SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1")),
    ];
    const rows: Record<string, string[]> = {};
    for (const [name] of await list("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")) {
      const quoted = `"${String(name).replaceAll('"', '""')}"`;
      rows[String(name)] = (await list(`SELECT t::text FROM ${quoted} t`)).map(([row]) => String(row)).sort();
    }
    return { objects, rows };
  } finally {
    await client.end();
  }
}
