/**
 * The quick look at a row: does every cell of it hold what the file says? Most
 * rows are one flat object, and V8 parses those with their numbers put in quotes,
 * like all others, but without a call per token. Whatever is out of the ordinary
 * is no agreement here, and is judged by the whole comparison.
 */
import type { CellForm } from "../../json/stored-rows.ts";
import { holds, type StoredCell } from "./expected-cell.ts";

/** `keys[i]` with the form `forms[i]` stands in cell `i`. True only when the row and the cells are the same. */
export function flatRowHolds(
  text: string,
  keys: readonly string[],
  forms: readonly CellForm[],
  cells: readonly StoredCell[],
): boolean {
  const row = flatRow(text);
  if (row === null) return false;
  let there = 0;
  for (let i = 0; i < keys.length; i++) {
    const value = row[keys[i] as string];
    const cell = cells[i] as StoredCell;
    if (value === undefined) {
      if (cell !== null) return false;
      continue;
    }
    there++;
    if (!sameCell(forms[i] as CellForm, value, cell)) return false;
  }
  for (const _ in row) there--;
  return there === 0;
}

type Flat = { readonly [key: string]: unknown };

/** In front of a number's digits. V8 keeps one copy of each string of up to ten characters, and looks for it first: hence so many. */
const letter = "\u00FF";
const mark = letter.repeat(11);
/** A row with it in a string is not flat. */
const escapedLetter = /\\u00ff/i;
/** In a string it would leave a quote where none may stand, and V8 refuses. */
const number = /(:\s*)(-?\d[\d.eE+-]*)(?=\s*[,}])/g;

/** Null when the text has equal keys, or may have them. */
function flatRow(text: string): Flat | null {
  if (text.includes(letter) || escapedLetter.test(text) || /"\s+:/.test(text)) return null;
  let row: Flat;
  try {
    row = JSON.parse(text.replace(number, `$1"${mark}$2"`));
  } catch {
    return null;
  }
  let names = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) names++;
  for (const _ in row) names--;
  return names === 0 ? row : null;
}

function sameCell(form: CellForm, value: unknown, cell: StoredCell): boolean {
  if (value === null || cell === null) return value === null && cell === null;
  if (typeof value === "boolean") return holds(form, value, cell);
  if (typeof value !== "string") return false;
  if (!value.startsWith(mark)) return form === "text" ? value === cell : holds(form, `s${value}`, cell);
  const digits = value.slice(mark.length);
  if (form === "integer" && typeof cell === "bigint" && String(cell) === digits) return true;
  if (form === "decimal" && cell === digits && /^-?[\d.]+$/.test(digits)) return true;
  return holds(form, `n${digits}`, cell);
}
