/**
 * Loads one unit: its rows, their ledger and the checkpoint, in one transaction. SQLite itself carries the rows from
 * the snapshot to the file, so no value passes through JavaScript; only between two encodings, which SQLite does
 * not attach to each other, they go one by one.
 */
import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Plan, TablePlan } from "../../../core/plan.ts";
import type { UnitRows } from "../../../core/ports.ts";
import { quoteName } from "../open.ts";
import { copyShadows } from "./copy-shadows.ts";
import { insertBatches } from "./insert-batches.ts";
import { type Arrival, arrivalOf, insertHead, insertTail } from "./insert-sql.ts";
import { isVirtual, prepare, work } from "./staging.ts";
import { type Sqlite, writeChanges } from "./state.ts";

export type LoadHooks = { progress(table: TablePlan, rows: number): void; readonly signal: AbortSignal };

const sliceRows = 20_000;

/** `before` is given the commit, to do it while the lease is surely ours. */
export async function loadUnit(
  staging: string,
  merge: boolean,
  run: string,
  _plan: Plan,
  unit: string,
  parts: Iterable<UnitRows>,
  hooks: LoadHooks,
  before: (commit: () => void) => void,
): Promise<number> {
  let connection: Connection | null = null;
  try {
    let rows = 0;
    for (const part of parts) {
      connection ??= connect(staging, part.snapshot);
      rows += await loadPart(connection, part, merge, hooks);
      writeChanges(
        connection.db,
        { ledger: connection.at(work.ledger), quarantine: connection.at(work.quarantine) },
        run,
        part,
      );
    }
    connection ??= connect(staging, null);
    const { db, at } = connection;
    db.prepare(`INSERT INTO ${at(work.checkpoints)} VALUES (?, ?)`).run(`load/${unit}`, rows);
    before(() => db.exec("COMMIT"));
    return rows;
  } finally {
    if (connection?.db.inTransaction) connection.db.exec("ROLLBACK");
    connection?.db.close();
  }
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

async function loadPart(
  { db, attached, at }: Connection,
  part: UnitRows,
  merge: boolean,
  hooks: LoadHooks,
): Promise<number> {
  const { table } = part;
  hooks.signal.throwIfAborted();
  const schema = attached ? "rowhaul_target" : "main";
  const arrival = arrivalOf(db, schema, table, merge);
  if (isVirtual(table)) {
    const rows = copyShadows(db, attached, table, arrival);
    hooks.progress(table, part.part.rows);
    return rows;
  }
  const ruled = table.columns.some((column) => column.rules.length > 0);
  if (!attached || ruled) {
    const insert = `${insertHead(at(quoteName(table.target)), arrival, false)} VALUES (${arrival.columns.map(() => "?").join(", ")})${insertTail(arrival)}`;
    return insertBatches(db.prepare(insert), part, real, hooks);
  }
  return insertSlices(db, part, arrival, hooks);
}

/** Between two slices others have their turn: the lease is renewed, Ctrl-C is heard, progress is shown. */
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
    const { changes } = db.prepare(insert(slice.sql)).run(...slice.values);
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
