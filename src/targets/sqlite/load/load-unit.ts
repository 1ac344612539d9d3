/**
 * Loads one unit: its rows, their ledger and the checkpoint, in one transaction. SQLite itself carries the rows from
 * the snapshot to the file, so no value passes through JavaScript; only between two encodings, which SQLite does
 * not attach to each other, they go one by one.
 */

import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";
import { cleaningUp } from "../../../core/messages/clean-up.ts";
import type { Plan, TablePlan } from "../../../core/plan/plan.ts";
import { isRuled } from "../../../core/plan/ruled.ts";
import { isVirtual } from "../../../core/plan/virtual.ts";
import { quoteName } from "../../../core/quote.ts";
import type { LoadHooks, UnitRows } from "../../../core/session.ts";
import { constraintError } from "../constraint-error.ts";
import { rollBack } from "../roll-back.ts";
import { type Sqlite, writeChanges } from "../state/state.ts";
import { copyShadows } from "./copy-shadows.ts";
import { type Inserted, insertBatches } from "./insert-batches.ts";
import { type Arrival, arrivalOf, insertHead, insertTail } from "./insert-sql.ts";
import { prepare, work } from "./staging.ts";

const sliceRows = 20_000;

/** `before` is given the commit, to do it while the lease is surely ours. */
export async function loadUnit(
  staging: string,
  run: string,
  _plan: Plan,
  unit: string,
  parts: Iterable<UnitRows>,
  hooks: LoadHooks,
  before: (commit: () => void) => void,
): Promise<number> {
  let connection: Connection | null = null;
  return cleaningUp(
    async () => {
      let rows = 0;
      for (const part of parts) {
        connection ??= connect(staging, part.snapshot);
        const loaded = await loadPart(connection, part, hooks);
        rows += loaded.rows;
        writeChanges(
          connection.db,
          { ledger: connection.at(work.ledger), quarantine: connection.at(work.quarantine) },
          run,
          { ledger: part.ledger, quarantine: [...part.quarantine, ...loaded.skipped] },
        );
      }
      connection ??= connect(staging, null);
      const { db, at } = connection;
      db.prepare(`INSERT INTO ${at(work.checkpoints)} VALUES (?, ?)`).run(`load/${unit}`, rows);
      before(() => db.exec("COMMIT"));
      return rows;
    },
    () => (connection === null ? undefined : rollBack(connection.db)),
    () => connection?.db.close(),
  );
}

type Connection = { readonly db: Sqlite; readonly attached: boolean; at(name: string): string };

/**
 * The snapshot is the main database, so that a pipeline's own conditions find its tables and not those that are
 * being filled. A transaction is open from here on.
 */
function connect(staging: string, snapshot: string | null): Connection {
  const db = new Database(snapshot ?? staging, { fileMustExist: true, timeout: 5000 });
  // Tables that belong to a full-text index are written directly.
  db.unsafeMode(true);
  prepare(db);
  db.function("rowhaul_real", { deterministic: true }, real);
  let attached = false;
  if (snapshot !== null) {
    try {
      db.prepare("ATTACH ? AS rowhaul_target").run(staging);
      attached = true;
    } catch (thrown) {
      db.close();
      if (!/same text encoding/.test((thrown as Error).message)) throw thrown;
      return { ...connect(staging, null), attached: false };
    }
  }
  db.exec("BEGIN");
  return { db, attached, at: (name) => `${attached ? "rowhaul_target" : "main"}.${name}` };
}

/** A text as PostgreSQL writes a double precision; NaN, which SQLite does not have, stays as it is. */
function real(cell: unknown): unknown {
  if (typeof cell !== "string") return cell;
  if (cell === "Infinity" || cell === "-Infinity") return cell === "Infinity" ? Infinity : -Infinity;
  const value = cell.trim() === "" ? Number.NaN : Number(cell);
  return Number.isNaN(value) ? cell : value;
}

async function loadPart({ db, attached, at }: Connection, part: UnitRows, hooks: LoadHooks): Promise<Inserted> {
  const { table } = part;
  hooks.signal.throwIfAborted();
  const schema = attached ? "rowhaul_target" : "main";
  const arrival = arrivalOf(db, schema, table);
  if (isVirtual(table)) {
    const rows = copyShadows(db, attached, table, arrival);
    hooks.progress(table, part.part.rows);
    return { rows, skipped: [] };
  }
  if (!attached || arrival.skipBy !== null || table.columns.some(isRuled))
    return insertBatches(db, at(quoteName(table.target)), part, arrival, real, hooks);
  return { rows: await insertSlices(db, part, arrival, hooks), skipped: [] };
}

/** Between two slices the event loop runs: the lease is renewed, Ctrl-C is handled, progress is shown. */
async function insertSlices(
  db: Sqlite,
  { table, part }: UnitRows,
  arrival: Arrival,
  hooks: LoadHooks,
): Promise<number> {
  const relation = `main.${quoteName(table.relation ?? table.source)}`;
  const { rowidName } = table;
  const values = arrival.columns.map(({ source, encoding }) =>
    encoding.kind === "real" ? `rowhaul_real(${quoteName(source)})` : quoteName(source),
  );
  if (arrival.rowid !== null && rowidName !== null) values.unshift(rowidName);
  const conditions = table.where === null ? ["1"] : [`(${table.where}\n)`];
  const insert = (bounds: readonly string[]): string => {
    const order = rowidName === null ? "" : ` ORDER BY ${rowidName}`;
    const where = [...conditions, ...bounds].join(" AND ");
    return `${insertHead(`rowhaul_target.${quoteName(table.target)}`, arrival, true)} SELECT ${values.join(", ")} FROM ${relation} WHERE ${where}${order}${insertTail(arrival)}`;
  };
  if (rowidName === null) {
    // Without a rowid the row cannot be found; SQLite names the columns.
    const { changes } = db.prepare(insert([])).run();
    hooks.progress(table, changes);
    return changes;
  }
  const bounded = (from: bigint | null, to: bigint | null): { readonly sql: string[]; readonly values: bigint[] } => ({
    sql: [...(from === null ? [] : [`${rowidName} >= ?`]), ...(to === null ? [] : [`${rowidName} < ?`])],
    values: [from, to].filter((bound) => bound !== null),
  });
  const last = part.to === null ? null : BigInt(part.to);
  let from = part.from === null ? null : BigInt(part.from);
  let rows = 0;
  for (let more = true; more; ) {
    const rest = bounded(from, last);
    const where = rest.sql.length === 0 ? "" : ` WHERE ${rest.sql.join(" AND ")}`;
    const next = db
      .prepare(`SELECT ${rowidName} FROM ${relation}${where} ORDER BY ${rowidName} LIMIT 1 OFFSET ${sliceRows}`)
      .pluck()
      .safeIntegers()
      .get(...rest.values) as bigint | undefined;
    const slice = bounded(from, next ?? last);
    const { changes } = runSlice(db, table, arrival, insert, slice);
    rows += changes;
    hooks.progress(table, changes);
    more = next !== undefined;
    if (more) {
      from = next ?? null;
      await setImmediate();
      hooks.signal.throwIfAborted();
    }
  }
  return rows;
}

type Slice = { readonly sql: readonly string[]; readonly values: readonly bigint[] };

/** A slice that breaks a constraint leaves nothing behind, and goes in again row by row, up to the one that broke it. */
function runSlice(
  db: Sqlite,
  { source, relation, rowidName }: TablePlan,
  arrival: Arrival,
  insert: (bounds: readonly string[]) => string,
  { sql, values }: Slice,
): { readonly changes: number } {
  try {
    return db.prepare(insert(sql)).run(...values);
  } catch (thrown) {
    if (!String((thrown as { code?: unknown }).code).startsWith("SQLITE_CONSTRAINT")) throw thrown;
    const from = `main.${quoteName(relation ?? source)}`;
    const where = sql.length === 0 ? "1" : sql.join(" AND ");
    const rowids = db.prepare(`SELECT ${rowidName} FROM ${from} WHERE ${where} ORDER BY ${rowidName}`);
    const one = db.prepare(insert([`${rowidName} = ?`]));
    for (const rowid of rowids
      .pluck()
      .safeIntegers()
      .all(...values)) {
      try {
        one.run(rowid);
      } catch (again) {
        const cellOf = (name: string): unknown => {
          const column = arrival.columns.find(({ target }) => target.toLowerCase() === name.toLowerCase());
          if (column === undefined) return null;
          const cell = db.prepare(`SELECT ${quoteName(column.source)} FROM ${from} WHERE ${rowidName} = ?`);
          return cell.pluck().safeIntegers().get(rowid);
        };
        const key = arrival.key.map((name): readonly [string, unknown] => [name, cellOf(name)]);
        throw constraintError(again, source, key.length === 0 ? [["rowid", rowid]] : key, cellOf);
      }
    }
    throw thrown;
  }
}
