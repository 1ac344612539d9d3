/**
 * A small source and a target filled by hand, for the validators: nothing of the
 * loader takes part, so a defect there cannot hide in the proof's own tests.
 */
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Pool } from "pg";
import { type Event, silent } from "../../src/core/events.ts";
import type { ColumnPlan, Key, Plan, TablePlan } from "../../src/core/plan/plan.ts";
import type { Catalog, Column, ForeignKey, Table } from "../../src/core/schema/catalog.ts";
import type { Encoding } from "../../src/core/values/encoding.ts";
import type { ValidatorInput } from "../../src/validators/postgres/validator.ts";
import { scratchFolder } from "../support/scratch-folder.ts";

export const schemaName = "stage area";
export const stateName = "state area";
export const runId = "run-1";

export type Fill = string | ((db: Database.Database) => void);

export type Case = {
  readonly source: Fill;
  /** SQL, run with search_path on the staging schema. */
  readonly target: string;
  readonly tables: readonly TablePlan[];
  readonly plan?: Partial<Plan>;
  readonly catalog?: Partial<Catalog>;
  readonly emit?: (event: Event) => void;
};

const folder = scratchFolder("rowhaul-validators-");
let files = 0;

/** Builds both sides anew; what an earlier case left in the database is gone. */
export async function prepare(
  pool: Pool,
  { source, target, tables, plan, catalog, emit }: Case,
): Promise<ValidatorInput> {
  const snapshot = join(folder(), `${files++}.db`);
  const db = new Database(snapshot);
  db.pragma("foreign_keys = OFF");
  if (typeof source === "string") db.exec(source);
  else source(db);
  const read = readCatalog(db);
  db.close();
  await pool.query(`DROP SCHEMA IF EXISTS "${schemaName}" CASCADE; DROP SCHEMA IF EXISTS "${stateName}" CASCADE;
    CREATE SCHEMA "${schemaName}"; CREATE SCHEMA "${stateName}";
    CREATE TABLE "${stateName}".ledger(run_id text, table_name text, key text, column_name text, before text, after text, rule text);
    CREATE TABLE "${stateName}".quarantine(run_id text, table_name text, key text, row jsonb, rule text)`);
  await fillTarget(pool, target);
  return {
    plan: planOf(tables, plan),
    catalog: { ...read, ...catalog },
    snapshot,
    pool,
    schema: schemaName,
    live: null,
    state: stateName,
    run: runId,
    emit: emit ?? silent,
    signal: new AbortController().signal,
  };
}

/** SQL against the staging schema, as one transaction. */
export async function fillTarget(pool: Pool, sql: string): Promise<void> {
  await pool.query(`BEGIN; SET LOCAL search_path = "${schemaName}"; SET LOCAL TimeZone = 'UTC'; ${sql}; COMMIT`);
}

export async function addToLedger(
  pool: Pool,
  entry: { table: string; key: string; column: string; before: string; after: string | null; rule: string },
): Promise<void> {
  await pool.query(`INSERT INTO "${stateName}".ledger VALUES ($1, $2, $3, $4, $5, $6, $7)`, [
    runId,
    entry.table,
    entry.key,
    entry.column,
    entry.before,
    entry.after,
    entry.rule,
  ]);
}

export async function addToQuarantine(pool: Pool, table: string, key: string, rule: string): Promise<void> {
  await pool.query(`INSERT INTO "${stateName}".quarantine VALUES ($1, $2, $3, '{}', $4)`, [runId, table, key, rule]);
}

type ColumnSketch = Encoding | (Partial<ColumnPlan> & { readonly encoding: Encoding });

export function tablePlan(
  source: string,
  key: Key,
  columns: Readonly<Record<string, ColumnSketch>>,
  more: Partial<TablePlan> = {},
): TablePlan {
  return {
    source,
    target: source,
    where: null,
    rows: 10,
    columns: Object.entries(columns).map(([name, sketch]) => columnPlan(name, sketch)),
    key,
    rowidName: "rowid",
    identity: null,
    create: "",
    finish: [],
    ...more,
  };
}

function columnPlan(source: string, sketch: ColumnSketch): ColumnPlan {
  const more = "encoding" in sketch ? sketch : { encoding: sketch };
  const plan = { source, target: source, pgType: "text", arrives: "exactly", reason: "", computed: false } as const;
  return { ...plan, rules: [], ...more };
}

export const integer: Encoding = { kind: "integer", width: 8, wide: true };
export const text: Encoding = { kind: "text" };
export const integerKey: Key = { kind: "integer", columns: ["id"] };

function planOf(tables: readonly TablePlan[], more: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    name: "test",
    target: { schema: "public", staging: schemaName, aside: null, owner: null, grants: [], rowSecurity: false },
    tables,
    views: [],
    units: [],
    hazards: [],
    notes: [],
    appNotes: [],
    leftOut: [],
    estimate: { rows: 0, bytes: 0 },
    ...more,
  };
}

type Info = { name: string; type: string; notnull: number; dflt_value: string | null; pk: number; hidden: number };

/** As much of a catalog as the validators need, read by pragmas; checks, partial indexes and generated expressions are given by hand. */
function readCatalog(db: Database.Database): Catalog {
  const encoding = db.pragma("encoding", { simple: true }) as Catalog["encoding"];
  const listed = db.pragma("table_list") as {
    name: string;
    type: string;
    wr: number;
    strict: number;
    schema: string;
  }[];
  const named = listed.filter((t) => t.schema === "main" && !t.name.startsWith("sqlite_"));
  return {
    encoding,
    tables: named.filter((t) => t.type === "table").map((t) => readTable(db, t.name, t.wr === 1, t.strict === 1)),
    views: named.filter((t) => t.type === "view").map((t) => ({ name: t.name, sql: "" })),
    triggers: db
      .prepare("SELECT name, tbl_name AS 'table', sql FROM sqlite_schema WHERE type = 'trigger'")
      .all() as never,
    virtualTables: [],
    userVersion: 0,
    applicationId: 0,
    internal: [],
  };
}

function readTable(db: Database.Database, name: string, withoutRowid: boolean, strict: boolean): Table {
  const infos = db.pragma(`table_xinfo(${quoted(name)})`) as Info[];
  const key = infos.filter((c) => c.pk > 0).sort((a, b) => a.pk - b.pk);
  const single = !withoutRowid && key.length === 1 && key[0]?.type.toUpperCase() === "INTEGER";
  const taken = new Set(infos.map((c) => c.name.toLowerCase()));
  const indexes = (
    db.pragma(`index_list(${quoted(name)})`) as { name: string; unique: number; origin: string; partial: number }[]
  ).reverse();
  const partsOf = (index: string) =>
    (db.pragma(`index_xinfo(${quoted(index)})`) as { name: string | null; desc: number; coll: string; key: number }[])
      .filter((part) => part.key === 1)
      .map((p) => ({
        column: p.name,
        expression: p.name === null ? "?" : null,
        descending: p.desc === 1,
        collation: p.coll,
      }));
  const keyIndex = indexes.find((index) => index.origin === "pk");
  const keyParts = keyIndex && partsOf(keyIndex.name);
  return {
    name,
    sql: "",
    columns: infos.map(
      (c): Column => ({
        name: c.name,
        declaredType: c.type,
        affinity: "BLOB",
        notNull: c.notnull === 1,
        default: c.dflt_value,
        collation: "BINARY",
        isRowid: single && c.pk > 0,
        generated: c.hidden >= 2 ? { kind: c.hidden === 2 ? "virtual" : "stored", expression: "" } : null,
      }),
    ),
    primaryKey: key.length > 0 ? key.map((c) => c.name) : null,
    primaryKeyCollations: key.length > 0 ? (keyParts?.map((part) => part.collation) ?? key.map(() => "BINARY")) : null,
    withoutRowid,
    strict,
    autoincrement: false,
    sequence: null,
    rowidName: withoutRowid ? null : ((["rowid", "_rowid_", "oid"] as const).find((n) => !taken.has(n)) ?? null),
    uniques: indexes
      .filter((i) => i.origin === "u")
      .map((i) => ({
        name: null,
        columns: partsOf(i.name).map((p) => p.column ?? ""),
        collations: partsOf(i.name).map((p) => p.collation),
      })),
    conflictClauses: [],
    indexes: indexes
      .filter((i) => i.origin === "c")
      .map((i) => ({
        name: i.name,
        unique: i.unique === 1,
        parts: partsOf(i.name),
        where: i.partial === 1 ? "?" : null,
        sql: "",
      })),
    foreignKeys: readForeignKeys(db, name),
    checks: [],
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function readForeignKeys(db: Database.Database, table: string): ForeignKey[] {
  type Row = {
    id: number;
    seq: number;
    table: string;
    from: string;
    to: string | null;
    on_update: string;
    on_delete: string;
  };
  const rows = db.pragma(`foreign_key_list(${quoted(table)})`) as Row[];
  return [...new Set(rows.map((row) => row.id))].map((id) => {
    const parts = rows.filter((row) => row.id === id).sort((a, b) => a.seq - b.seq);
    const [first] = parts;
    return {
      name: null,
      columns: parts.map((part) => part.from),
      parent: first?.table ?? "",
      parentColumns: parts.map((part) => part.to ?? "id"),
      onUpdate: (first?.on_update ?? "NO ACTION") as ForeignKey["onUpdate"],
      onDelete: (first?.on_delete ?? "NO ACTION") as ForeignKey["onDelete"],
      deferrable: "no",
    };
  });
}
