/**
 * Can jsonb carry this JSON text without losing meaning? A scan of the text
 * rather than JSON.parse, which rounds numbers and keeps only the last of two
 * equal keys.
 */
import type { JsonProblem } from "../plan/profile.ts";

/** The first reason why jsonb could not carry the text, null when it can. */
export function jsonProblem(text: string): JsonProblem | null {
  const scan: Scan = { text, at: 0, depth: 0, problem: null };
  if (!space(scan) || !value(scan)) return "invalid";
  space(scan);
  return scan.at === text.length ? scan.problem : "invalid";
}

type Scan = { readonly text: string; at: number; depth: number; problem: JsonProblem | null };

/** PostgreSQL's own stack limit allows more; deeper texts stay text. */
const maxDepth = 500;
const numberShape = /-?(?:0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y;

function value(scan: Scan): boolean {
  const c = scan.text[scan.at];
  if (c === "{") return object(scan);
  if (c === "[") return array(scan);
  if (c === '"') return string(scan) !== null;
  for (const word of ["true", "false", "null"]) {
    if (scan.text.startsWith(word, scan.at)) {
      scan.at += word.length;
      return true;
    }
  }
  return number(scan);
}

function object(scan: Scan): boolean {
  if (++scan.depth > maxDepth) return false;
  scan.at++;
  const keys = new Set<string>();
  space(scan);
  if (scan.text[scan.at] !== "}") {
    for (;;) {
      space(scan);
      const key = scan.text[scan.at] === '"' ? string(scan) : null;
      if (key === null) return false;
      if (keys.has(key)) scan.problem ??= "duplicate key";
      keys.add(key);
      space(scan);
      if (scan.text[scan.at++] !== ":") return false;
      space(scan);
      if (!value(scan)) return false;
      space(scan);
      if (scan.text[scan.at] !== ",") break;
      scan.at++;
    }
    if (scan.text[scan.at] !== "}") return false;
  }
  scan.at++;
  scan.depth--;
  return true;
}

function array(scan: Scan): boolean {
  if (++scan.depth > maxDepth) return false;
  scan.at++;
  space(scan);
  if (scan.text[scan.at] !== "]") {
    for (;;) {
      space(scan);
      if (!value(scan)) return false;
      space(scan);
      if (scan.text[scan.at] !== ",") break;
      scan.at++;
    }
    if (scan.text[scan.at] !== "]") return false;
  }
  scan.at++;
  scan.depth--;
  return true;
}

/** Steps over a string and gives its value; null when it is malformed. */
function string(scan: Scan): string | null {
  const from = scan.at++;
  for (; ; scan.at++) {
    const c = scan.text.charCodeAt(scan.at);
    if (Number.isNaN(c) || c < 0x20) return null;
    if (c === 0x5c) scan.at++;
    else if (c === 0x22) break;
  }
  scan.at++;
  let parsed: string;
  try {
    parsed = JSON.parse(scan.text.slice(from, scan.at)) as string;
  } catch {
    return null;
  }
  if (parsed.includes("\0")) scan.problem ??= "\\u0000";
  if (!parsed.isWellFormed()) scan.problem ??= "lone surrogate";
  return parsed;
}

function number(scan: Scan): boolean {
  numberShape.lastIndex = scan.at;
  const found = numberShape.exec(scan.text);
  if (!found) return false;
  scan.at += found[0].length;
  // numeric holds 131,072 digits before and 16,383 after the point, and has no −0.
  const exponent = Number(found[2] ?? 0);
  const digits = found[0].length;
  if (Math.abs(exponent) + digits > 16_000 || /^-0(?:\.0+)?(?:[eE]|$)/.test(found[0])) scan.problem ??= "number";
  return true;
}

function space(scan: Scan): boolean {
  while (
    scan.text[scan.at] === " " ||
    scan.text[scan.at] === "\n" ||
    scan.text[scan.at] === "\r" ||
    scan.text[scan.at] === "\t"
  )
    scan.at++;
  return scan.at < scan.text.length;
}
