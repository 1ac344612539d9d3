/**
 * Columns whose profile alone shows that every value goes into the live column unchanged: they are encoded like columns
 * of a fresh table, without examining each cell.
 */

import type { ColumnProfile } from "../../../core/plan/profile.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import type { LiveReading, LiveType } from "../../../core/schema/live-type.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import { integerEncoding, presentClasses } from "../from-sqlite/column-encoding.ts";

export function plainEncoding(
  column: Column,
  profile: ColumnProfile,
  { type, json, as }: LiveReading,
): Encoding | null {
  const classes = presentClasses(profile);
  // Of NULL alone any encoding carries every value.
  if (classes.length === 0) return { kind: "text" };
  if (type.domain || json || classes.length > 1) return null;
  switch (classes[0]) {
    case "text":
      return textFits(column, profile, type) ? sameText(column, type) : null;
    case "integer":
      return type.kind === "integer" && inRange(profile, type) ? integer(profile, type) : null;
    case "real":
      return type.kind === "float" && type.size === 8 ? { kind: "real" } : null;
    default:
      return type.kind === "bytea" && as.bytes === undefined ? { kind: "bytes" } : null;
  }
}

/** Between two PostgreSQL the same type reads what it wrote. */
function textFits({ pgType }: Column, { nul, invalidEncoding, longest }: ColumnProfile, type: LiveType): boolean {
  if (nul.count > 0 || invalidEncoding.count > 0) return false;
  // Bytes are never fewer than characters.
  if (type.kind === "text") return type.size === null || longest <= type.size;
  return pgType !== undefined && pgType === type.written;
}

function sameText({ pgType }: Column, type: LiveType): Encoding {
  return type.kind === "text" || pgType === undefined ? { kind: "text" } : { kind: "literal", type: pgType };
}

function integer(profile: ColumnProfile, { size }: LiveType): Encoding {
  return { ...(integerEncoding(profile, "bigint") as Encoding & { kind: "integer" }), width: size as 2 | 4 | 8 };
}

function inRange({ integers }: ColumnProfile, { size }: LiveType): boolean {
  if (integers === null) return true;
  const bits = (size ?? 8) * 8;
  return [integers.min, integers.max].every((value) => BigInt.asIntN(bits, BigInt(value)) === BigInt(value));
}
