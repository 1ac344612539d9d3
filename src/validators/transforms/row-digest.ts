/** A row as one digest, and many rows as one sum that knows no order: digests are added, so a doubled row counts. */
import { createHash } from "node:crypto";
import type { Catalog } from "../../core/catalog.ts";
import type { Value } from "../../core/transform.ts";
import { canonical } from "./cells.ts";

/** `places`: the position of each of the table's columns in the row; −1 where the row has none, which is NULL. */
export function rowDigest(row: readonly Value[], places: readonly number[], encoding: Catalog["encoding"]): Buffer {
  const hash = createHash("sha256");
  for (const place of places)
    for (const piece of canonical(place < 0 ? null : (row[place] ?? null), encoding)) hash.update(piece);
  return hash.digest();
}

export type Sum = { rows: number; readonly words: BigUint64Array };

export function emptySum(): Sum {
  return { rows: 0, words: new BigUint64Array(4) };
}

/** Each quarter on its own, modulo 2^64. */
export function addDigest(sum: Sum, digest: Buffer): void {
  sum.rows += 1;
  for (let i = 0; i < 4; i++) sum.words[i] = (sum.words[i] ?? 0n) + digest.readBigUInt64BE(8 * i);
}

export function sameSum(a: Sum, b: Sum): boolean {
  return a.rows === b.rows && a.words.every((word, i) => word === b.words[i]);
}
