/** The encoding of a column whose PostgreSQL type is known: that type again, as long as its values are still in it. */

import type { ColumnProfile } from "../../../core/plan/profile.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import type { Choice } from "../column-draft.ts";
import { integerEncoding, presentClasses } from "../from-sqlite/column-encoding.ts";

/** Null when the type is not known, or when the values are others than that type's. */
export function givenEncoding(column: Column, profile: ColumnProfile): Choice | null {
  const { pgType } = column;
  if (pgType === undefined || !isTypeName(pgType)) return null;
  const classes = presentClasses(profile);
  const only = (storage: string): boolean => classes.every((one) => one === storage);
  const reason = `${pgType} in the source`;
  const chosen = (encoding: Encoding): Choice => ({ encoding, reason });
  const width = widths[pgType];
  if (width !== undefined) {
    const { wide } = integerEncoding(profile, "bigint") as Extract<Encoding, { kind: "integer" }>;
    return only("integer") && fits(profile, width) ? chosen({ kind: "integer", width, wide }) : null;
  }
  if (pgType === "boolean") {
    const bits =
      profile.integers === null || (BigInt(profile.integers.min) >= 0n && BigInt(profile.integers.max) <= 1n);
    return only("integer") && bits ? chosen({ kind: "boolean", true: { integer: 1 }, false: { integer: 0 } }) : null;
  }
  if (pgType === "bytea") return only("blob") ? chosen({ kind: "bytes" }) : null;
  if (!only("text")) return null;
  // COPY binary can carry it, and it is the same text.
  return chosen(pgType === "text" ? { kind: "text" } : { kind: "literal", type: pgType });
}

/** It becomes a part of statements as it is, and an export's manifest may hold anything. */
export function isTypeName(text: string): boolean {
  return /^[a-z_"][\w ".]*(?:\([\d, -]+\))?(?: [a-z ]+)?(?:\[\])*$/i.test(text);
}

const widths: Readonly<Record<string, 2 | 4 | 8>> = { smallint: 2, integer: 4, bigint: 8 };

function fits({ integers }: ColumnProfile, width: 2 | 4 | 8): boolean {
  if (integers === null) return true;
  return [integers.min, integers.max].every((value) => BigInt.asIntN(width * 8, BigInt(value)) === BigInt(value));
}
