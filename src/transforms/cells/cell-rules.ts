/**
 * Accepted treatments of single cells: the stage that applies a plan's cell rules.
 * Each changed cell goes to the ledger, each row taken out to quarantine.
 */
import { RowhaulError } from "../../core/messages/errors.ts";
import type { LedgerEntry, QuarantinedRow } from "../../core/plan/ledger.ts";
import type { CellRule, ColumnPlan, TablePlan } from "../../core/plan/plan.ts";
import { isRuled } from "../../core/plan/ruled.ts";
import type { LiveProblem } from "../../core/schema/live-type.ts";
import { type KeyValue, keyText } from "../../core/values/key-text.ts";
import { renderCell, shorten } from "../../core/values/render-cell.ts";
import { type Cell, decodeTagged, type Row, type Slot } from "../../core/values/wire.ts";
import { applyAction } from "./cell-actions.ts";
import { fitsClass } from "./cell-fit.ts";
import { type LiveRead, readInto, treatFile, treatLive } from "./live-cells.ts";
import type { Stage } from "./stage.ts";

export type RuleSink = { ledger(entry: LedgerEntry): void; quarantine(row: QuarantinedRow): void };

/** A stage for a table whose plan has rules; rows arrive with their key slots at the end and leave without. */
export function cellRules(table: TablePlan, sink: RuleSink): Stage {
  const sent = table.columns.filter((column) => !column.computed);
  let ordinal = 0;
  return function* rules(batch) {
    const kept: Row[] = [];
    for (const row of batch) {
      ordinal++;
      if (treatRow(table, sent, row, ordinal, sink)) kept.push(row.slice(0, sent.length));
    }
    if (kept.length > 0) yield kept;
  };
}

/** Replaces slots in place; false when the row goes to quarantine. */
function treatRow(table: TablePlan, sent: readonly ColumnPlan[], row: Row, ordinal: number, sink: RuleSink): boolean {
  const entries: LedgerEntry[] = [];
  // Quarantine keeps the row as it came, whatever was treated before its turn.
  const untouched = row.slice();
  for (const [i, column] of sent.entries()) {
    if (!isRuled(column)) continue;
    const cell = decodeTagged(row[i] ?? null);
    const live = readInto(column, cell, row[i] ?? null);
    const rule = column.rules.find((candidate) => applies(candidate, cell, column, live));
    if (rule === undefined && live !== null) {
      if (!live.ok) throw unfit(table, column, rowKey(table, sent.length, row, ordinal), cell, live.problem);
      row[i] = live.slot;
      continue;
    }
    if (rule === undefined) {
      row[i] = untag(cell, row[i] ?? null, column);
      continue;
    }
    const name = `${rule.code}:${rule.then}`;
    const key = rowKey(table, sent.length, row, ordinal);
    if (rule.then === "quarantine") {
      sink.quarantine({ table: table.source, key, row: renderRow(sent, untouched), rule: name });
      return false;
    }
    const result = treatCell(rule, cell, column);
    if (result === undefined) throw refused(table, column, key, cell, rule);
    row[i] = result.slot;
    // A step of finish puts the default there, and into the ledger what it was.
    if (rule.then === "default") continue;
    entries.push({
      table: table.source,
      key,
      column: column.source,
      before: renderCell(cell.storage, cell.bytes),
      after: result.text ?? null,
      rule: name,
    });
  }
  for (const entry of entries) sink.ledger(entry);
  return true;
}

function treatCell(rule: CellRule, cell: Cell, column: ColumnPlan): ReturnType<typeof applyAction> {
  const { encoding } = column;
  if (encoding.kind === "live") return treatLive(rule, cell, column, encoding.reading);
  return encoding.kind === "tagged" && encoding.file !== undefined
    ? treatFile(rule, cell, encoding.file)
    : applyAction(rule, cell, column);
}

function applies(rule: CellRule, cell: Cell, column: ColumnPlan, live: LiveRead | null): boolean {
  const { when } = rule;
  switch (when.kind) {
    case "nul":
      return cell.storage === "text" && cell.valid && cell.bytes.includes(0);
    case "invalid-encoding":
      return cell.storage === "text" && !cell.valid;
    case "class":
      return when.classes.includes(cell.storage);
    case "layout":
      return cell.storage !== "null" && !fitsClass(column.encoding, cell);
    case "null":
      return cell.storage === "null";
    case "unfit":
      return live !== null && !live.ok && when.problems.includes(live.problem);
    case "orphan":
      return column.rules.filter((one) => one.when.kind === "orphan").indexOf(rule) === cell.orphan;
  }
}

/** A cell that no rule concerns, in the slot form of its encoding. */
function untag(cell: Cell, slot: Slot, column: ColumnPlan): Slot {
  if (column.encoding.kind === "tagged") return slot;
  switch (cell.storage) {
    case "null":
      return null;
    case "real":
      return typeof slot === "number" ? slot : Number(cell.bytes.toString("latin1"));
    case "integer": {
      const digits = cell.bytes.toString("latin1");
      const wantsNumber =
        (column.encoding.kind === "integer" && !column.encoding.wide) ||
        column.encoding.kind === "real" ||
        column.encoding.kind === "boolean";
      return wantsNumber ? Number(digits) : digits;
    }
    case "text":
      return column.encoding.kind === "text-bytes" ? cell.bytes : cell.bytes.toString("utf8");
    case "blob":
      return cell.bytes;
  }
}

/** Without key and rowid only the row's place is left; such a table is one unit, read in one order. */
function rowKey(table: TablePlan, width: number, row: Row, ordinal: number): string {
  if (table.key.kind === "none" && table.rowidName === null) return `row=${ordinal}`;
  const columns = table.key.kind === "none" ? ["rowid"] : table.key.columns;
  return keyText(columns, row.slice(width).map(keySlot));
}

function keySlot(slot: Slot): KeyValue {
  if (typeof slot !== "string") return slot;
  return slot.startsWith("s") ? slot.slice(1) : BigInt(slot.slice(0, -1));
}

function renderRow(sent: readonly ColumnPlan[], row: Row): Record<string, string> {
  // From entries, because a column may be named __proto__.
  return Object.fromEntries(
    sent.map((column, i) => {
      const slot = row[i] ?? null;
      const tagged = column.rules.length > 0 || column.encoding.kind === "tagged" || column.encoding.kind === "live";
      const cell = tagged ? decodeTagged(slot) : plainCell(slot, column);
      return [column.source, renderCell(cell.storage, cell.bytes)];
    }),
  );
}

function plainCell(slot: Slot, column: ColumnPlan): Cell {
  if (slot === null || typeof slot === "string") {
    const digits = typeof slot === "string" && /^-?\d+$/.test(slot);
    const numeric =
      column.encoding.kind === "integer" ||
      column.encoding.kind === "numeric" ||
      column.encoding.kind === "rendered" ||
      column.encoding.kind === "epoch";
    return digits && numeric ? { ...decodeTagged(slot), storage: "integer" } : decodeTagged(slot);
  }
  if (typeof slot === "number") {
    const integer = column.encoding.kind === "integer" || column.encoding.kind === "boolean";
    return integer
      ? { storage: "integer", bytes: Buffer.from(String(slot)), orphan: -1, valid: true }
      : decodeTagged(slot);
  }
  return { storage: column.encoding.kind === "bytes" ? "blob" : "text", bytes: slot, orphan: -1, valid: true };
}

function unfit(table: TablePlan, column: ColumnPlan, key: string, cell: Cell, problem: LiveProblem): RowhaulError {
  const sample = shorten(renderCell(cell.storage, cell.bytes));
  return new RowhaulError(
    "HAZARDS_NOT_ACCEPTED",
    `${table.source}.${column.source}: ${column.pgType} does not take the value of the row ${key} as it is (${problem}): ${sample}.`,
    {
      place: { table: table.source, column: column.source, key, sample },
      hint: "Start over, and the plan looks at every value again, and asks: `rowhaul run <pipeline> --fresh`.",
    },
  );
}

function refused(table: TablePlan, column: ColumnPlan, key: string, cell: Cell, rule: CellRule): RowhaulError {
  const sample = shorten(renderCell(cell.storage, cell.bytes));
  return new RowhaulError(
    "HAZARDS_NOT_ACCEPTED",
    `${table.source}.${column.source}: the policy "${rule.then}" accepted for ${rule.code} cannot treat the value of the row ${key}: ${sample}.`,
    {
      place: { table: table.source, column: column.source, key, sample },
      hint: "Choose another policy for this column (`null` or `quarantine` take every value).",
    },
  );
}
