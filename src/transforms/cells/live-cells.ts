/** Cells of columns that the application made: the text that the live type reads, or what an accepted rule makes of it. */
import type { LiveProblem, LiveReading } from "../../core/live-type.ts";
import type { CellRule, ColumnPlan } from "../../core/plan.ts";
import type { Cell } from "../../core/wire.ts";
import { readCell } from "../../live-types/read-cell.ts";
import { treat } from "../../live-types/treat.ts";
import { applyAction } from "./cell-actions.ts";

export type LiveRead =
  | { readonly ok: true; readonly text: string | null }
  | { readonly ok: false; readonly problem: LiveProblem };

export function readLive(reading: LiveReading, cell: Cell): LiveRead {
  return cell.storage === "null" ? { ok: true, text: null } : readCell(reading, cell);
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
      return mended(rule, cell, column, reading);
  }
}

/** A text that was mended must still go into the column. */
function mended(rule: CellRule, cell: Cell, column: ColumnPlan, reading: LiveReading): ReturnType<typeof treatLive> {
  const result = applyAction(rule, cell, { ...column, encoding: { kind: "text" } });
  if (typeof result?.slot !== "string") return undefined;
  const read = readCell(reading, { ...cell, storage: "text", bytes: Buffer.from(result.slot, "utf8"), valid: true });
  return read.ok ? sent(read.text) : undefined;
}

function sent(text: string | null): ReturnType<typeof treatLive> {
  return text === null ? undefined : { slot: text, text };
}
