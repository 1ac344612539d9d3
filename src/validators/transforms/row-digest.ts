/** A row as one digest, and many rows as one sum that knows no order: digests are added, so a doubled row counts. */

import type { Value } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { digestOf } from "../digest.ts";
import { canonicalRow } from "./canonical.ts";

/** `places`: the position of each of the table's columns in the row; −1 where the row has none, which is NULL. */
export function rowDigest(row: readonly Value[], places: readonly number[], encoding: Catalog["encoding"]): Buffer {
  return digestOf(canonicalRow(row, places, encoding));
}

export type Sum = { rows: number; readonly words: Uint32Array };

export function emptySum(): Sum {
  return { rows: 0, words: new Uint32Array(8) };
}

/** Each eighth on its own, modulo 2^32. */
export function addDigest(sum: Sum, digest: Buffer): void {
  sum.rows += 1;
  for (let i = 0; i < 8; i++) sum.words[i] = (sum.words[i] ?? 0) + digest.readUInt32BE(4 * i);
}

export function sameSum(a: Sum, b: Sum): boolean {
  return a.rows === b.rows && a.words.every((word, i) => word === b.words[i]);
}
