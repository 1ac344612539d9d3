/**
 * A second, plain reading of the rules in core/plan.ts: what an accepted rule
 * makes of a cell. Written apart from the loader on purpose, so that a defect
 * there shows up here as a cell whose change no rule explains.
 */
import { layoutOf } from "../../core/date-layout.ts";
import type { CellAction, CellCondition, CellRule, ColumnPlan } from "../../core/plan.ts";
import { datedText, expectedText, microsOf, zoned } from "./expected-text.ts";
import { midnightText, timestampText } from "./instants.ts";
import { type Cell, nullCell, textCell } from "./source-row.ts";

export type Outcome =
  /** The target's text, null for NULL. */
  | { readonly kind: "value"; readonly text: string | null }
  | { readonly kind: "quarantine" }
  /** No rule makes the cell fit. */
  | { readonly kind: "refused" };

const refused: Outcome = { kind: "refused" };

/** `isOrphan` says whether the row lacks the parent these columns point to. */
export function afterRules(column: ColumnPlan, cell: Cell, isOrphan: (columns: readonly string[]) => boolean): Outcome {
  let current = cell;
  for (const rule of column.rules) {
    if (!applies(rule.when, column, current, isOrphan)) continue;
    if (rule.then === "quarantine") return { kind: "quarantine" };
    if (rule.then === "convert") {
      const text = converted(column, current);
      return text === undefined ? refused : { kind: "value", text };
    }
    const changed = change(rule.then, current);
    if (changed === null) return refused;
    current = changed;
  }
  const text = expectedText(column.encoding, current);
  return text === undefined ? refused : { kind: "value", text };
}

export function applies(
  when: CellRule["when"],
  column: ColumnPlan,
  cell: Cell,
  isOrphan: (columns: readonly string[]) => boolean,
): boolean {
  return condition(when, column, cell) ?? (when.kind === "orphan" && isOrphan(when.columns));
}

function condition(when: CellCondition, column: ColumnPlan, cell: Cell): boolean | undefined {
  switch (when.kind) {
    case "nul":
      return cell.storage === "text" && (cell.text ?? cell.bytes.toString("latin1")).includes("\0");
    case "invalid-encoding":
      return cell.storage === "text" && cell.text === null;
    case "class":
      return when.classes.includes(cell.storage);
    case "layout":
      if (cell.storage === "integer" || cell.storage === "real") return true;
      return cell.storage === "text" && !("layout" in column.encoding && isIn(column.encoding.layout, cell));
    case "null":
      return cell.storage === "null";
    case "orphan":
      return undefined;
  }
}

function isIn(layout: string, cell: Cell): boolean {
  return cell.text !== null && layoutOf(cell.text) === layout;
}

function change(action: Exclude<CellAction, "quarantine" | "convert">, cell: Cell): Cell | null {
  switch (action) {
    case "strip":
      return withoutZeros(cell);
    case "escape":
      return escaped(cell);
    case "replace":
      return cell.repaired === null ? null : textCell(cell.repaired);
    case "windows-1252":
      return textCell(singleBytes(cell.bytes, windows1252));
    case "latin1":
      return textCell(singleBytes(cell.bytes, new Map()));
    case "null":
      return nullCell;
    case "reinterpret":
      return reinterpreted(cell);
  }
}

/** A text may hold NULs and invalid bytes; whichever rule comes second finds the rest. */
function withoutZeros(cell: Cell): Cell {
  if (cell.text !== null) return textCell(cell.text.replaceAll("\0", ""));
  const bytes = Buffer.from(cell.bytes.filter((byte) => byte !== 0));
  return { ...cell, bytes, repaired: cell.repaired?.replaceAll("\0", "") ?? null };
}

function escaped(cell: Cell): Cell {
  if (cell.text !== null) return textCell(cell.text.replaceAll("\0", "\u2400"));
  const bytes = Buffer.from(cell.bytes.toString("latin1").replaceAll("\0", "\xe2\x90\x80"), "latin1");
  return { ...cell, bytes, repaired: cell.repaired?.replaceAll("\0", "\u2400") ?? null };
}

/** By hand, for `latin1` is another name for windows-1252 to TextDecoder. */
function singleBytes(bytes: Buffer, exceptions: ReadonlyMap<number, number>): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(exceptions.get(byte) ?? byte);
  return text;
}

/** 0x80 to 0x9F; the five bytes without a character keep their number, as browsers have it. */
const windows1252 = new Map(
  [
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d,
    0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
    0x017e, 0x0178,
  ].map((character, i) => [0x80 + i, character]),
);

function reinterpreted(cell: Cell): Cell | null {
  if (cell.storage === "text") return { ...cell, storage: "blob", text: null, repaired: null };
  if (cell.storage !== "blob") return null;
  const text = cell.bytes.toString("utf8");
  // Decoding and encoding again gives the bytes back only if they were UTF-8.
  return Buffer.from(text).equals(cell.bytes) ? textCell(text) : null;
}

/** A number's unit follows from its size: as seconds, 10¹¹ is the year 5138; as milliseconds, 1973. */
function converted({ encoding }: ColumnPlan, cell: Cell): string | undefined {
  if (encoding.kind !== "date" && encoding.kind !== "timestamp" && encoding.kind !== "timestamptz") return undefined;
  if (cell.text !== null) return datedText(encoding.kind, cell.text);
  if (cell.number === null) return undefined;
  const size = Math.abs(Number(cell.number));
  const micros = microsOf(cell, size < 1e11 ? 6 : size < 1e14 ? 3 : 0);
  if (micros === null) return undefined;
  if (encoding.kind === "date") return midnightText(micros) ?? undefined;
  return zoned(timestampText(micros), encoding.kind === "timestamptz");
}
