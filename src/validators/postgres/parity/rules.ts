/**
 * A second, plain reading of the rules in core/plan/plan.ts: what an accepted rule
 * makes of a cell. Written apart from the loader on purpose, so that a defect
 * there shows up here as a cell whose change no rule explains.
 */

import type { CellAction, CellCondition, CellRule, ColumnPlan } from "../../../core/plan/plan.ts";
import type { LiveProblem, LiveReading } from "../../../core/schema/live-type.ts";
import { isWritten } from "../../../core/values/date-layout.ts";
import { liveText } from "./live/live-text.ts";
import { treatedText } from "./live/live-treated.ts";
import { liveValue } from "./live/live-value.ts";
import type { StoredValue } from "./live/outcome.ts";
import { type Cell, textCell } from "./source-row.ts";
import { expectedText, microsOf, zoned } from "./values/expected-text.ts";
import { midnightText, readInstant, timestampText } from "./values/instants.ts";

export type Outcome =
  /** The target's text, null for NULL. */
  | { readonly kind: "value"; readonly text: string | null }
  | { readonly kind: "quarantine" }
  /** NULL becomes what the live column's default gave, which only the ledger knows. */
  | { readonly kind: "default" }
  /** No rule makes the cell fit. */
  | { readonly kind: "refused" };

const refused: Outcome = { kind: "refused" };

/** Answers whether the row lacks the parent that the condition names. */
export type OrphanTest = (when: OrphanCondition) => boolean;
export type OrphanCondition = Extract<CellCondition, { kind: "orphan" }>;

/** The first rule whose condition holds treats the cell; a cell that none concerns arrives by its encoding. */
export function afterRules(column: ColumnPlan, cell: Cell, isOrphan: OrphanTest): Outcome {
  const rule = column.rules.find(({ when }) => (when.kind === "orphan" ? isOrphan(when) : holds(when, column, cell)));
  if (rule?.then === "quarantine") return { kind: "quarantine" };
  if (column.encoding.kind === "live") return afterLiveRule(column.encoding.reading, rule, cell);
  const text = rule === undefined ? expectedText(column.encoding, cell) : treated(rule, column, cell);
  return text === undefined ? refused : { kind: "value", text };
}

function holds(when: Exclude<CellCondition, OrphanCondition>, column: ColumnPlan, cell: Cell): boolean {
  switch (when.kind) {
    case "nul":
      return cell.text?.includes("\0") ?? false;
    case "invalid-encoding":
      return cell.storage === "text" && cell.text === null;
    case "class":
      return when.classes.includes(cell.storage);
    case "layout":
      return cell.storage !== "null" && !("layout" in column.encoding && isIn(column.encoding.layout, cell));
    case "null":
      return cell.storage === "null";
    case "unfit": {
      const problem = problemOf(column, cell);
      return problem !== null && when.problems.includes(problem);
    }
  }
}

/** Why a live column does not take the cell as it is; null when it does. */
function problemOf({ encoding }: ColumnPlan, cell: Cell): LiveProblem | null {
  if (encoding.kind !== "live" || cell.storage === "null") return null;
  const found = liveValue(encoding.reading, storedOf(cell));
  return found.fits ? null : found.problem;
}

/** Values by texts that the column's type reads: the caller compares them as values of that type. */
function afterLiveRule(reading: LiveReading, rule: CellRule | undefined, cell: Cell): Outcome {
  const found = (text: string | null | undefined): Outcome => (text === undefined ? refused : { kind: "value", text });
  if (cell.storage === "null") return rule?.then === "default" ? { kind: "default" } : found(null);
  if (rule === undefined) return found(liveText(reading, storedOf(cell)));
  if (rule.then === "null") return found(null);
  if (rule.when.kind === "unfit") return found(treatedText(reading, storedOf(cell), rule.then));
  const changed = change(rule.then, cell);
  return found(changed?.text ?? undefined);
}

function storedOf(cell: Cell): StoredValue {
  return {
    storage: cell.storage as StoredValue["storage"],
    text: cell.text,
    bytes: cell.bytes,
    number: cell.number,
    cast: cell.cast ?? "",
    ...(cell.wide ? { wide: true } : {}),
  };
}

function isIn(layout: string, cell: Cell): boolean {
  return cell.text !== null && isWritten(cell.text, layout);
}

function treated({ when, then }: CellRule, column: ColumnPlan, cell: Cell): string | null | undefined {
  switch (then) {
    case "null":
      // Among dates, what is recognised is converted; NULL is for the rest.
      return when.kind === "layout" ? (converted(column, cell) ?? null) : null;
    case "convert":
      return converted(column, cell);
    case "round":
    case "truncate":
      return shortened(column, cell, then);
    case "quarantine":
      return undefined;
    default: {
      const changed = change(then, cell);
      return changed === null ? undefined : expectedText(column.encoding, changed);
    }
  }
}

function change(action: CellAction, cell: Cell): Cell | null {
  switch (action) {
    case "strip":
      return cell.text === null ? null : textCell(cell.text.replaceAll("\0", ""));
    case "escape":
      return cell.text === null ? null : textCell(cell.text.replaceAll("\0", "\u2400"));
    case "replace":
      return cell.repaired === null ? null : textCell(withoutNul(cell.repaired));
    case "windows-1252":
      return textCell(withoutNul(singleBytes(cell.bytes, windows1252)));
    case "latin1":
      return textCell(withoutNul(singleBytes(cell.bytes, new Map())));
    case "reinterpret":
      return reinterpreted(cell);
    default:
      return null;
  }
}

/** A text that is not valid may hold NULs besides, and none of them has a place in PostgreSQL. */
function withoutNul(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}

/** By hand: to TextDecoder `latin1` is another name for windows-1252, and Node 20 decodes both as latin1. */
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

/**
 * A date in another layout, in UTC; an INTEGER whose digits say its unit (9 to 11
 * seconds, 12 to 14 milliseconds, 15 to 17 microseconds since 1970); a REAL that
 * is a julian day of the years 1 to 9999, to the millisecond.
 */
function converted({ encoding }: ColumnPlan, cell: Cell): string | undefined {
  if (encoding.kind !== "date" && encoding.kind !== "timestamp" && encoding.kind !== "timestamptz") return undefined;
  const micros = instantOf(cell);
  if (micros === null) return undefined;
  if (encoding.kind === "date") return midnightText(micros) ?? undefined;
  return zoned(timestampText(micros), encoding.kind === "timestamptz");
}

/** A time with more digits of a second than a microsecond has. */
function shortened({ encoding }: ColumnPlan, cell: Cell, then: "round" | "truncate"): string | undefined {
  const [, start = "", kept = "", next = "", end = ""] = /^(.{19}\.)(\d{6})(\d)\d*(.*)$/.exec(cell.text ?? "") ?? [];
  const whole = `${start}${kept}${end}`;
  if (!("layout" in encoding) || !isWritten(whole, encoding.layout)) return undefined;
  const instant = readInstant(whole);
  if (instant === null) return undefined;
  const up = then === "round" && next >= "5" ? 1n : 0n;
  return zoned(timestampText(instant.utc + up), encoding.kind === "timestamptz");
}

function instantOf(cell: Cell): bigint | null {
  if (cell.text !== null) return readInstant(cell.text)?.utc ?? null;
  if (typeof cell.number === "bigint") {
    const digits = String(cell.number).replace("-", "").length;
    return digits < 9 || digits > 17 ? null : microsOf(cell, digits <= 11 ? 6 : digits <= 14 ? 3 : 0);
  }
  if (cell.number === null || !(cell.number >= 1_721_425.5 && cell.number < 5_373_484.5)) return null;
  return BigInt(Math.round((cell.number - 2_440_587.5) * 86_400_000)) * 1000n;
}
