/** How a step refuses a value. The engine adds the table and the row's key. */
import { type ErrorPlace, RowhaulError } from "../../core/messages/errors.ts";
import type { Value } from "../../core/plan/transform.ts";
import { renderCell, shorten } from "../../core/values/render-cell.ts";
import { realDigits } from "../../core/values/wire.ts";

export function refuse(column: string, value: Value, message: string, hint?: string): never {
  const place: ErrorPlace = { column, sample: showValue(value) };
  throw new RowhaulError(
    "TRANSFORM_FAILED",
    `${column}: ${message}.`,
    hint === undefined ? { place } : { place, hint },
  );
}

export function showValue(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint") return renderCell("integer", Buffer.from(String(value)));
  if (typeof value === "number") return renderCell("real", Buffer.from(realDigits(value)));
  if (typeof value === "string") return shorten(renderCell("text", Buffer.from(value)));
  const raw = value instanceof Uint8Array ? value : value.rawText;
  return shorten(renderCell(value instanceof Uint8Array ? "blob" : "text", Buffer.from(raw)));
}
