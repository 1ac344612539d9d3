/**
 * A cell as a token: one string for one value, class and all. Cells are equal
 * where their tokens are. The meanings of meanings.ts make tokens of their own
 * and fall back on these.
 */
import { hash } from "node:crypto";
import type { Value } from "../core/plan/transform.ts";
import { decimalOf, decimalToken } from "./decimal.ts";

export type Token = (cell: Value) => string;

/** Storage class and bytes: 5 is not 5.0, 0.0 not −0.0. */
export function exactToken(cell: Value): string {
  if (cell === null) return "n";
  switch (typeof cell) {
    case "bigint":
      return `i${cell}`;
    case "number":
      return `r${Object.is(cell, -0) ? "-0" : cell}`;
    case "string":
      return `t${cell}`;
    default:
      return cell instanceof Uint8Array ? bytesToken(cell) : `x${latin1(cell.rawText)}`;
  }
}

/** Numbers by value whatever their class, everything else exactly. */
export function plainToken(cell: Value): string {
  if (typeof cell === "bigint") return `d${cell}`;
  if (typeof cell === "number") return decimalToken(decimalOf(cell));
  return exactToken(cell);
}

export function bytesToken(bytes: Uint8Array): string {
  return `b${latin1(bytes)}`;
}

/** Exactly the cells of one token; without making tokens of long texts and blobs. */
export function sameCell(a: Value, b: Value): boolean {
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return Object.is(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  return !(b instanceof Uint8Array) && Buffer.compare(a.rawText, b.rawText) === 0;
}

/** Tokens live only while a row does; a digest keeps those of large blobs small all the same. */
const long = 1 << 16;

function latin1(bytes: Uint8Array): string {
  return bytes.length <= long
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")
    : `${bytes.length}:${hash("sha256", bytes)}`;
}
