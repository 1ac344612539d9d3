/** What each accepted action makes of a cell: its new slot, and its text as PostgreSQL will print it (for the ledger). */
import { isUtf8 } from "node:buffer";
import type { CellRule, ColumnPlan } from "../../core/plan/plan.ts";
import { isWritten, layoutOf } from "../../core/values/date-layout.ts";
import { repairText } from "../../core/values/mend-text.ts";
import type { Cell, Slot } from "../../core/values/wire.ts";
import { epochToTimestamp, textToTimestamp, toMicroseconds } from "./cell-dates.ts";

type Result = { readonly slot: Slot; readonly text: string | null };

/** Undefined when the action cannot treat this value. */
export function applyAction(rule: CellRule, cell: Cell, column: ColumnPlan): Result | undefined {
  switch (rule.then) {
    case "null":
      return recognised(rule, cell, column) ?? { slot: null, text: null };
    case "convert":
      return recognised(rule, cell, column);
    case "strip":
    case "escape":
    case "replace":
    case "windows-1252":
    case "latin1":
      return repaired(repairText(rule.then, cell.bytes), column);
    case "reinterpret":
      return reinterpret(cell, column);
    case "round":
    case "truncate":
      return shortened(rule.then, cell, column);
    // The rest are for live columns.
    default:
      return undefined;
  }
}

/** Among dates, `null` and `convert` first convert what is recognised. */
function recognised(rule: CellRule, cell: Cell, column: ColumnPlan): Result | undefined {
  if (rule.when.kind !== "layout") return undefined;
  const digits = cell.bytes.toString("utf8");
  const converted =
    cell.storage === "text" && layoutOf(digits) !== null
      ? textToTimestamp(digits)
      : epochToTimestamp(cell.storage, digits);
  if (converted === null) return undefined;
  const zoned = column.encoding.kind === "timestamptz";
  if (column.encoding.kind === "date")
    return converted.endsWith(" 00:00:00") ? text(converted.slice(0, 10)) : undefined;
  return { slot: zoned ? `${converted}Z` : converted, text: zoned ? `${converted}+00` : converted };
}

/** A time with more digits than a microsecond has, in its column's layout otherwise. */
function shortened(then: "round" | "truncate", cell: Cell, { encoding }: ColumnPlan): Result | undefined {
  if (encoding.kind !== "timestamp" && encoding.kind !== "timestamptz") return undefined;
  const digits = cell.bytes.toString("utf8");
  const cut = toMicroseconds(digits, then);
  if (cut === null || !isWritten(digits.replace(/(\.\d{6})\d+/, "$1"), encoding.layout)) return undefined;
  const zoned = encoding.kind === "timestamptz";
  return { slot: zoned ? `${cut}Z` : cut, text: zoned ? `${cut}+00` : cut };
}

function reinterpret(cell: Cell, column: ColumnPlan): Result | undefined {
  if (column.encoding.kind === "bytes") return { slot: cell.bytes, text: `\\x${cell.bytes.toString("hex")}` };
  return isUtf8(cell.bytes) && !cell.bytes.includes(0) ? text(cell.bytes.toString("utf8")) : undefined;
}

/** In a column of several classes the text stands beside its class, as jsonb prints it. */
function repaired(value: string, { encoding }: ColumnPlan): Result {
  return encoding.kind === "tagged"
    ? { slot: value, text: `{"t": "text", "v": ${JSON.stringify(value)}}` }
    : text(value);
}

function text(value: string): Result {
  return { slot: value, text: value };
}
