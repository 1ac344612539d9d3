/** `col:`, `{a b}:`, `-col:`, `-{a b}:`. */
import { expect, fail, folded, kind, type Reader, shift } from "./reader.ts";
import { unquoted } from "./tokens.ts";

/** The columns of the filter that stands here, its colon taken; null when none does. */
export function columnFilter(read: Reader, base: number): readonly number[] | null {
  const inverted = kind(read) === "-";
  const named = kind(read) === "string" && kind(read, 1) === ":";
  if (!inverted && !named && kind(read) !== "{") return null;
  if (inverted) shift(read, base + 1);
  const chosen = new Set<number>();
  const below = inverted ? base + 1 : base;
  if (kind(read) === "{") {
    shift(read, below + 1);
    do {
      expect(read, "string");
      chosen.add(columnOf(read, shift(read, below + (chosen.size === 0 ? 2 : 3))));
    } while (kind(read) !== "}");
    shift(read, below + 3);
  } else {
    expect(read, "string");
    chosen.add(columnOf(read, shift(read, below + 1)));
  }
  expect(read, ":");
  shift(read, base + 2);
  return [...read.columns.values()].filter((column) => chosen.has(column) !== inverted);
}

export function intersection(
  outer: readonly number[] | null,
  inner: readonly number[] | null,
): readonly number[] | null {
  if (outer === null || inner === null) return inner ?? outer;
  return inner.filter((column) => outer.includes(column));
}

function columnOf(read: Reader, text: string): number {
  const name = unquoted(text);
  return read.columns.get(folded(name)) ?? fail(read, `no such column: ${name}`);
}
