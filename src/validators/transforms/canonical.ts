/**
 * A row as bytes that stand for exactly these values: class, length and content of each. Written into one buffer that
 * is used again for every row, because a hash that is fed cell by cell takes five times as long.
 */
import { isUtf8 } from "node:buffer";
import type { Value } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { decoded } from "./cells.ts";

let buffer = Buffer.alloc(1 << 16);
let end = 0;

/** Valid until the next call. `places`: positions in the row; −1 is NULL. */
export function canonicalRow(row: readonly Value[], places: readonly number[], encoding: Catalog["encoding"]): Buffer {
  end = 0;
  for (const place of places) put(place < 0 ? null : (row[place] ?? null), encoding);
  return buffer.subarray(0, end);
}

function put(value: Value, encoding: Catalog["encoding"]): void {
  if (value === null) mark(0x6e, 0);
  else if (typeof value === "bigint") {
    mark(0x69, 8);
    end = buffer.writeBigInt64BE(BigInt.asIntN(64, value), end);
  } else if (typeof value === "number") {
    mark(0x72, 8);
    end = buffer.writeDoubleBE(value, end);
  } else if (typeof value === "string") putText(value);
  else if (value instanceof Uint8Array) putBytes(0x62, value);
  else putRawText(Buffer.from(value.rawText.buffer, value.rawText.byteOffset, value.rawText.byteLength), encoding);
}

function putText(text: string): void {
  const length = Buffer.byteLength(text);
  mark(0x74, length + 4);
  end = buffer.writeUInt32BE(length, end);
  end += buffer.write(text, end, "utf8");
}

/** A text that turns out to be valid is the same as a string. */
function putRawText(bytes: Buffer, encoding: Catalog["encoding"]): void {
  if (encoding === "UTF-8") {
    putBytes(isUtf8(bytes) ? 0x74 : 0x75, bytes);
    return;
  }
  const text = decoded(bytes, encoding);
  if (text === null) putBytes(0x75, bytes);
  else putText(text);
}

function putBytes(kind: number, bytes: Uint8Array): void {
  mark(kind, bytes.length + 4);
  end = buffer.writeUInt32BE(bytes.length, end);
  buffer.set(bytes, end);
  end += bytes.length;
}

/** The class, and room for what follows. */
function mark(kind: number, room: number): void {
  if (end + room + 1 > buffer.length) {
    const larger = Buffer.alloc(2 * (end + room + 1));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  }
  buffer[end] = kind;
  end += 1;
}
