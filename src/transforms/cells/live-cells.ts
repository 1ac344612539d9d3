/** Cells of columns that the application made: the text that the live type reads, or what an accepted rule makes of it. */

import type { CellRule, ColumnPlan } from "../../core/plan/plan.ts";
import type { FileReading } from "../../core/schema/file-schema.ts";
import type { LiveProblem, LiveReading } from "../../core/schema/live-type.ts";
import type { Cell, Slot } from "../../core/values/wire.ts";
import { readForFile, shownValue, slotOf, treatForFile } from "../../live-types/file-value.ts";
import { readCell } from "../../live-types/read-cell.ts";
import { treat } from "../../live-types/treat.ts";
import { applyAction } from "./cell-actions.ts";

export type LiveRead =
  | { readonly ok: true; readonly slot: Slot }
  | { readonly ok: false; readonly problem: LiveProblem };

/** Null for a column that rowhaul makes. `slot`: the cell as it came. */
export function readInto({ encoding }: ColumnPlan, cell: Cell, slot: Slot): LiveRead | null {
  if (encoding.kind === "live") return readLive(encoding.reading, cell);
  if (encoding.kind !== "tagged" || encoding.file === undefined) return null;
  if (cell.storage === "null") return { ok: true, slot: null };
  const read = readForFile(encoding.file, cell);
  return read.ok ? { ok: true, slot: read.value === null ? slot : slotOf(read.value) } : read;
}

function readLive(reading: LiveReading, cell: Cell): LiveRead {
  if (cell.storage === "null") return { ok: true, slot: null };
  const read = readCell(reading, cell);
  return read.ok ? { ok: true, slot: read.text } : read;
}

/** A column of a SQLite file: undefined when the rule cannot treat this value. */
export function treatFile(
  rule: CellRule,
  cell: Cell,
  reading: FileReading,
): { readonly slot: Slot; readonly text: string | null } | undefined {
  if (rule.then === "null") return { slot: null, text: null };
  const value = treatForFile(reading, cell, rule.then);
  return value === null ? undefined : { slot: slotOf(value), text: shownValue(value) };
}

/** Undefined when the rule cannot treat this value. */
export function treatLive(
  rule: CellRule,
  cell: Cell,
  column: ColumnPlan,
  reading: LiveReading,
): { readonly slot: string | null; readonly text: string | null } | undefined {
  switch (rule.then) {
    case "null":
    case "default":
      return { slot: null, text: null };
    case "round":
    case "truncate":
    case "respell":
    case "utc":
    case "wall":
      return sent(treat(reading, cell, rule.then));
    case "reinterpret":
      return sent(treat(reading, cell, "reinterpret"));
    default:
      return repaired(rule, cell, column, reading);
  }
}

/** A repaired text must still fit into the column. */
function repaired(rule: CellRule, cell: Cell, column: ColumnPlan, reading: LiveReading): ReturnType<typeof treatLive> {
  const result = applyAction(rule, cell, { ...column, encoding: { kind: "text" } });
  if (typeof result?.slot !== "string") return undefined;
  const read = readCell(reading, { ...cell, storage: "text", bytes: Buffer.from(result.slot, "utf8"), valid: true });
  return read.ok ? sent(read.text) : undefined;
}

function sent(text: string | null): ReturnType<typeof treatLive> {
  return text === null ? undefined : { slot: text, text };
}
