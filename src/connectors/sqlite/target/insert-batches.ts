/** Rows one by one, from the phases' batches. Every cell comes with its storage class. */
import { setImmediate } from "node:timers/promises";
import type { Statement } from "better-sqlite3";
import type { UnitRows } from "../../../core/ports.ts";
import { decodeTagged, type Slot } from "../../../core/wire.ts";
import type { LoadHooks } from "./load-unit.ts";

export async function insertBatches(
  insert: Statement,
  { table, batches }: UnitRows,
  real: (cell: unknown) => unknown,
  hooks: LoadHooks,
): Promise<number> {
  const sent = table.columns.filter((column) => !column.computed);
  let rows = 0;
  for (const batch of batches) {
    for (const row of batch)
      insert.run(
        sent.map(({ encoding }, i) => (encoding.kind === "real" ? real(row[i] ?? null) : cell(row[i] ?? null))),
      );
    rows += batch.length;
    hooks.progress(table, batch.length);
    await setImmediate();
    hooks.signal.throwIfAborted();
  }
  return rows;
}

function cell(slot: Slot): unknown {
  const { storage, bytes } = decodeTagged(slot);
  switch (storage) {
    case "null":
      return null;
    case "integer":
      return BigInt(bytes.toString("latin1"));
    case "real":
      return typeof slot === "number" ? slot : Number(bytes.toString("latin1"));
    case "text":
      return bytes.toString("utf8");
    default:
      return bytes;
  }
}
