/** A value as the text that people would write for it: what `map`, `join`, `hash` and the like go by. */
import type { Value } from "../../core/plan/transform.ts";
import { realDigits } from "../../core/values/wire.ts";
import { refuse } from "./refuse.ts";

/** Null for NULL. A BLOB and a text that is not valid in its encoding are refused. */
export function textOf(value: Value, column: string): string | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return realDigits(value);
  return refuse(
    column,
    value,
    value instanceof Uint8Array ? "a BLOB is no text" : "the text is not valid in its encoding",
  );
}
