/** What FTS5 counts of its index for ranking; a new index may count otherwise than one that has seen deletions. */

import type Database from "better-sqlite3";
import { quoteName } from "../../core/quote.ts";
import type { VirtualTable } from "../../core/schema/catalog.ts";

/** The record of averages: rows, then the tokens of each column. Undefined where there is none. */
export function indexTotals(db: Database.Database, table: string): VirtualTable["totals"] {
  const block = db
    .prepare(`SELECT block FROM ${quoteName(`${table}_data`)} WHERE id = 1`)
    .pluck()
    .get();
  if (!Buffer.isBuffer(block) || block.length === 0) return undefined;
  const [rows = 0n, ...tokens] = varints(block);
  return { rows: String(rows), tokens: String(tokens.reduce((sum, n) => sum + n, 0n)) };
}

/** SQLite's: seven bits a byte, the highest first; a ninth byte has all eight. */
function varints(bytes: Buffer): bigint[] {
  const found: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    let value = 0n;
    for (let length = 1; at < bytes.length; length++) {
      const byte = bytes[at++] ?? 0;
      value = length === 9 ? (value << 8n) | BigInt(byte) : (value << 7n) | BigInt(byte & 0x7f);
      if (byte < 0x80 || length === 9) break;
    }
    found.push(value);
  }
  return found;
}
