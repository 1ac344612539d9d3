/** Cells and types for tests of single values. */
import type { Interpretation, LiveReading } from "../../src/core/schema/live-type.ts";
import type { Cell } from "../../src/core/values/wire.ts";
import { parseType } from "../../src/live-types/parse-type.ts";

/** `over`: of a domain. */
export function reading(written: string, as: Interpretation = {}, more: Partial<LiveReading> = {}): LiveReading {
  const type = parseType(written, written, false);
  return { type, as, layout: null, json: false, numbersAmongTexts: false, answers: {}, ...more };
}

export function domain(over: string, answers: LiveReading["answers"]): LiveReading {
  return reading(over, {}, { type: parseType("public.own", over, true), answers });
}

/** A text; a whole number; a REAL as `{ real }`, as SQLite casts it; bytes. */
export function cell(value: string | bigint | Buffer | { readonly real: string }): Cell {
  const common = { orphan: -1, valid: true };
  if (typeof value === "string") return { ...common, storage: "text", bytes: Buffer.from(value) };
  if (typeof value === "bigint") return { ...common, storage: "integer", bytes: Buffer.from(String(value)) };
  if (Buffer.isBuffer(value)) return { ...common, storage: "blob", bytes: value };
  return { ...common, storage: "real", bytes: Buffer.from(value.real) };
}

export const real = (text: string): { readonly real: string } => ({ real: text });
