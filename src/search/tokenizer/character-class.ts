/** Bracket expressions for PostgreSQL's regular expressions, inside an E'' literal. */
import type { Run } from "../unicode/runs.ts";

/** As `[…]` or `[^…]`; null for one that would be empty. */
export function bracket(runs: readonly Run[], negated = false): string | null {
  if (runs.length === 0) return null;
  const items = runs.map(({ first, last }) => (first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`));
  return `[${negated ? "^" : ""}${items.join("")}]`;
}

/** A text as an SQL literal, whatever standard_conforming_strings says. */
export function literal(text: string): string {
  const safe = [...text].map((c) => (/[\x20-\x7e]/.test(c) ? c.replace(/['\\]/, "$&$&") : sqlEscaped(c)));
  return `E'${safe.join("")}'`;
}

function escaped(point: number): string {
  const character = String.fromCodePoint(point);
  if (/[0-9A-Za-z]/.test(character)) return character;
  return point > 0xffff ? `\\\\U${hex(point, 8)}` : `\\\\u${hex(point, 4)}`;
}

function sqlEscaped(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return `\\x${hex(point, 2)}`;
  return point > 0xffff ? `\\U${hex(point, 8)}` : `\\u${hex(point, 4)}`;
}

function hex(point: number, width: number): string {
  return point.toString(16).padStart(width, "0");
}
