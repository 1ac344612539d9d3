/** A phrase, a phrase with `^`, or NEAR(): what a column filter stands before. */
import { defaultDistance, type Near, type Part, type Phrase } from "./expression.ts";
import { expect, fail, kind, type Reader, reserve, shift } from "./reader.ts";
import { unquoted } from "./tokens.ts";

export function nearset(read: Reader, below: number, columns: readonly number[] | null): Near {
  if (kind(read) === "^") {
    shift(read, below + 1);
    const phrases = [{ parts: parts(read, below + 1), initial: true }];
    return { phrases, distance: defaultDistance, columns };
  }
  if (kind(read) === "string" && kind(read, 1) === "(") return near(read, below, columns);
  return { phrases: [{ parts: parts(read, below), initial: false }], distance: defaultDistance, columns };
}

/** Any word may stand here for FTS5's grammar; that it is not NEAR is found at the end. */
function near(read: Reader, below: number, columns: readonly number[] | null): Near {
  const name = shift(read, below + 1);
  shift(read, below + 2);
  const phrases: Phrase[] = [{ parts: parts(read, below + 2), initial: false }];
  while (kind(read) === "string") phrases.push({ parts: parts(read, below + 3), initial: false });
  const written = writtenDistance(read, below + 4);
  expect(read, ")");
  shift(read, below + 5);
  if (name !== "NEAR") fail(read, `fts5: syntax error near "${name}"`);
  return { phrases, distance: distanceOf(read, written), columns };
}

function parts(read: Reader, below: number): readonly Part[] {
  expect(read, "string");
  const found = [part(read, below + 1)];
  while (kind(read) === "+") {
    shift(read, below + 2);
    expect(read, "string");
    found.push(part(read, below + 3));
  }
  return found;
}

function part(read: Reader, depth: number): Part {
  const text = unquoted(shift(read, depth));
  const prefix = kind(read) === "*";
  if (prefix) shift(read, depth + 1);
  else reserve(read, depth + 1);
  return { text, prefix };
}

function writtenDistance(read: Reader, depth: number): string | null {
  if (kind(read) !== ",") {
    reserve(read, depth);
    return null;
  }
  shift(read, depth);
  expect(read, "string");
  return shift(read, depth + 1);
}

function distanceOf(read: Reader, written: string | null): number {
  if (written === null) return defaultDistance;
  if (!/^[0-9]+$/.test(written)) fail(read, `expected integer, got "${written}"`);
  // FTS5 leaves out the digits that would overflow
  return [...written].reduce((sum, digit) => (sum < 214748363 ? sum * 10 + Number(digit) : sum), 0);
}
