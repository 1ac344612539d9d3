/** Rows one by one, from the phases' batches. Every cell comes with its storage class. */

import { setImmediate } from "node:timers/promises";
import type { Statement } from "better-sqlite3";
import type { QuarantinedRow } from "../../../core/plan/ledger.ts";
import { skippedRule } from "../../../core/plan/live.ts";
import { quoteName } from "../../../core/quote.ts";
import type { LoadHooks, UnitRows } from "../../../core/session.ts";
import { renderCell } from "../../../core/values/render-cell.ts";
import { decodeTagged, type Row, type Slot } from "../../../core/values/wire.ts";
import { constraintError } from "../constraint-error.ts";
import type { Sqlite } from "../state/state.ts";
import { type Arrival, insertHead, insertTail } from "./insert-sql.ts";

export type Inserted = { readonly rows: number; readonly skipped: readonly QuarantinedRow[] };

/** `relation`: the table with its schema. */
export async function insertBatches(
  db: Sqlite,
  relation: string,
  { table, batches }: UnitRows,
  arrival: Arrival,
  real: (cell: unknown) => unknown,
  hooks: LoadHooks,
): Promise<Inserted> {
  const sent = table.columns.filter((column) => !column.computed);
  const statements = new Map<string, Statement>();
  const insert = (casts: readonly number[]): Statement => {
    const found = statements.get(casts.join());
    if (found !== undefined) return found;
    const places = sent.map((_, i) => (casts.includes(i) ? "CAST(? AS TEXT)" : "?"));
    const made = db.prepare(
      `${insertHead(relation, arrival, false)} VALUES (${places.join(", ")})${insertTail(arrival)}`,
    );
    statements.set(casts.join(), made);
    return made;
  };
  const isTaken = takenKeys(db, relation, arrival);
  const keyOf = (values: readonly unknown[]): (readonly [string, unknown])[] =>
    arrival.key.flatMap((name) => {
      const at = sent.findIndex(({ target }) => target.toLowerCase() === name.toLowerCase());
      return at < 0 ? [] : [[name, values[at]] as const];
    });
  const skipped: QuarantinedRow[] = [];
  let rows = 0;
  for (const batch of batches) {
    for (const row of batch) {
      const casts: number[] = [];
      const values = sent.map(({ encoding }, i) => {
        if (encoding.kind === "real") return real(row[i] ?? null);
        const { value, bytes } = cell(row[i] ?? null);
        if (bytes) casts.push(i);
        return value;
      });
      if (isTaken?.(values) === true) {
        skipped.push({ table: table.source, key: keyLine(keyOf(values)), row: rendered(sent, row), rule: skippedRule });
        continue;
      }
      try {
        insert(casts).run(values);
      } catch (thrown) {
        throw constraintError(thrown, table.source, keyOf(values), (name) => {
          const at = sent.findIndex(({ target }) => target.toLowerCase() === name.toLowerCase());
          return values[at] ?? null;
        });
      }
    }
    rows += batch.length;
    hooks.progress(table, batch.length);
    await setImmediate();
    hooks.signal.throwIfAborted();
  }
  return { rows, skipped };
}

/** Null where no row stays as it is. */
function takenKeys(
  db: Sqlite,
  relation: string,
  { columns, skipBy }: Arrival,
): ((values: readonly unknown[]) => boolean) | null {
  if (skipBy === null) return null;
  const at = skipBy.map((name) => columns.findIndex(({ target }) => target.toLowerCase() === name.toLowerCase()));
  const find = db.prepare(
    `SELECT 1 FROM ${relation} WHERE ${skipBy.map((name) => `${quoteName(name)} = ?`).join(" AND ")}`,
  );
  return (values) => find.get(at.map((i) => values[i] ?? null)) !== undefined;
}

function keyLine(key: readonly (readonly [string, unknown])[]): string {
  return key
    .map(([name, value]) => `${name}=${typeof value === "string" ? JSON.stringify(value) : String(value)}`)
    .join(", ");
}

function rendered(columns: Arrival["columns"], row: Row): Record<string, string> {
  // From entries, because a column may be named __proto__.
  return Object.fromEntries(
    columns.map(({ source }, i) => {
      const { storage, bytes } = decodeTagged(row[i] ?? null);
      return [source, renderCell(storage, bytes)];
    }),
  );
}

/** `bytes`: a text that is none in its encoding, to be written byte for byte. */
function cell(slot: Slot): { readonly value: unknown; readonly bytes: boolean } {
  const { storage, bytes, valid } = decodeTagged(slot);
  const plain = (value: unknown): { readonly value: unknown; readonly bytes: boolean } => ({ value, bytes: false });
  switch (storage) {
    case "null":
      return plain(null);
    case "integer":
      return plain(BigInt(bytes.toString("latin1")));
    case "real":
      return plain(typeof slot === "number" ? slot : Number(bytes.toString("latin1")));
    case "text":
      return valid ? plain(bytes.toString("utf8")) : { value: bytes, bytes: true };
    default:
      return plain(bytes);
  }
}
