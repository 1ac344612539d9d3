/** Can jsonb carry this JSON text without losing meaning? */
import type { JsonProblem } from "../plan/profile.ts";
import { walkJson } from "./walk-json.ts";

/** The first reason why jsonb could not carry the text, null when it can. */
export function jsonProblem(text: string): JsonProblem | null {
  let problem: JsonProblem | null = null;
  /** Of the objects that are open; null for an array. */
  const keys: (Set<string> | null)[] = [];
  const string = (value: string): void => {
    if (value.includes("\0")) problem ??= "\\u0000";
    if (!value.isWellFormed()) problem ??= "lone surrogate";
  };
  const isJson = walkJson(text, deepestJsonb, {
    begin: (bracket) => void keys.push(bracket === "{" ? new Set() : null),
    end: () => void keys.pop(),
    key(name) {
      string(name);
      const known = keys.at(-1);
      if (known?.has(name)) problem ??= "duplicate key";
      known?.add(name);
    },
    string,
    number(raw) {
      if (!fitsNumeric(raw)) problem ??= "number";
    },
  });
  return isJson ? problem : "invalid";
}

/** PostgreSQL's own stack limit allows more; deeper texts stay text. */
export const deepestJsonb = 500;

/** numeric holds 131,072 digits before and 16,383 after the point, and has no −0. */
function fitsNumeric(raw: string): boolean {
  const exponent = Number(/[eE](.*)$/.exec(raw)?.[1] ?? 0);
  return Math.abs(exponent) + raw.length <= 16_000 && !/^-0(?:\.0+)?(?:[eE]|$)/.test(raw);
}
