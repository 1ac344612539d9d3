/** Texts byte for byte; numbers as SQLite casts them to text; JSON as it is written. */
import { isUtf8 } from "node:buffer";
import type { LiveReading } from "../core/schema/live-type.ts";
import { jsonProblem } from "../core/values/json-facts.ts";
import type { Cell } from "../core/values/wire.ts";
import type { Read } from "./read.ts";

export function readText(reading: LiveReading, cell: Cell): Read {
  const { type } = reading;
  if (cell.storage === "blob") return readBlob(reading, cell);
  const text = cell.bytes.toString("utf8");
  if (cell.storage === "real" && isWithoutText(text)) return { ok: false, problem: "unreadable" };
  if (cell.storage !== "text" && reading.numbersAmongTexts) return { ok: false, problem: "class", text };
  if (cell.storage === "text" && reading.json && text.startsWith('"')) return { ok: false, problem: "json" };
  return fitted(type.kind === "char", type.size, text);
}

/** Whether a text fits as it is. PostgreSQL fills char(n) up with blanks and takes those at the end for such. */
export function fitted(padded: boolean, size: number | null, text: string): Read {
  if (padded && text.endsWith(" ")) return { ok: false, problem: "blanks" };
  if (size !== null && text.length > size && lengthOf(text) > size) return { ok: false, problem: "too long" };
  return { ok: true, text };
}

/** Characters, as PostgreSQL counts them. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

export function readJson(reading: LiveReading, cell: Cell): Read {
  if (cell.storage === "blob") return readBlob(reading, cell);
  const text = cell.bytes.toString("utf8");
  if (cell.storage === "text" && text === "") return { ok: false, problem: "empty" };
  if (cell.storage === "real" && isWithoutText(text)) return { ok: false, problem: "unreadable" };
  return asJson(reading.type.kind === "jsonb", text);
}

/** json takes whatever is well formed; jsonb only what it does not change the meaning of. */
function asJson(binary: boolean, text: string): Read {
  const problem = jsonProblem(text);
  const fits = problem === null || (!binary && problem !== "invalid");
  return fits ? { ok: true, text } : { ok: false, problem: "unreadable" };
}

/** `bytes` where the bytes are UTF-8 that would go in as text. */
function readBlob(reading: LiveReading, cell: Cell): Read {
  if (!isUtf8(cell.bytes) || cell.bytes.includes(0)) return { ok: false, problem: "class" };
  const text = cell.bytes.toString("utf8");
  const { kind, size } = reading.type;
  const read =
    kind === "json" || kind === "jsonb" ? asJson(kind === "jsonb", text) : fitted(kind === "char", size, text);
  if (reading.as.bytes === "utf8") return read;
  return read.ok ? { ok: false, problem: "bytes", text } : { ok: false, problem: "class" };
}

/** SQLite's cast writes −0.0 as 0.0 and infinity as Inf: the column would not tell them from others. */
export function isWithoutText(text: string): boolean {
  return text === "-0.0" || text.endsWith("Infinity");
}
