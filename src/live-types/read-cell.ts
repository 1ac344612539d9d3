/**
 * A stored value and the type of a live column: the text that the type is to read, or why the value does not go in as
 * it is. Everything PostgreSQL would round, cut, guess or evaluate is met here, before a row is sent.
 */

import type { LiveReading } from "../core/schema/live-type.ts";
import type { Cell } from "../core/values/wire.ts";
import { isArrayText, readArray } from "./arrays.ts";
import { answerKey } from "./asked-key.ts";
import { readBytes, readUuid } from "./bytes.ts";
import { readInterval } from "./intervals.ts";
import { readMoment } from "./moments.ts";
import { readBoolean, readFloat, readInteger, readNumeric } from "./numbers.ts";
import { asMeant } from "./origin.ts";
import type { Read } from "./read.ts";
import { isWithoutText, readJson, readText } from "./texts.ts";

/** Not for NULL, which every type holds. A text that is not valid, or holds U+0000, is `unreadable`. */
export function readCell(reading: LiveReading, cell: Cell): Read {
  const read = answered(reading, cell, byKind(reading, asMeant(reading, cell)));
  if (!read.ok || reading.layout === null || read.layout === undefined || read.layout === reading.layout) return read;
  return { ok: false, problem: "layout", text: read.text };
}

/** Of a type that we do not read ourselves, and of a domain's own conditions, the server has been asked. */
function answered({ answers, type }: LiveReading, cell: Cell, read: Read): Read {
  if (!read.ok || !(type.domain || type.kind === "asked")) return read;
  const key = answerKey(cell);
  if (!Object.hasOwn(answers, key)) return read;
  const answer = answers[key] ?? null;
  return answer === null ? refusedByServer(read.text) : { ok: false, problem: "respelled", text: answer };
}

/** Some of these types have an empty value, others do not. */
export function refusedByServer(text: string): Read & { readonly ok: false } {
  return { ok: false, problem: text === "" ? "empty" : "unreadable" };
}

function byKind(reading: LiveReading, cell: Cell): Read {
  const { type } = reading;
  if (cell.storage === "text" && type.kind !== "bytea" && (!cell.valid || cell.bytes.includes(0)))
    return { ok: false, problem: "unreadable" };
  switch (type.kind) {
    case "text":
    case "char":
      return readText(reading, cell);
    case "integer":
      return readInteger(type, cell);
    case "numeric":
      return readNumeric(type, cell);
    case "float":
      return readFloat(type, cell);
    case "boolean":
      return readBoolean(cell);
    case "date":
    case "time":
    case "timestamp":
    case "timestamptz":
      return readMoment(reading, cell);
    case "uuid":
      return readUuid(reading, cell);
    case "json":
    case "jsonb":
      return readJson(reading, cell);
    case "bytea":
      return readBytes(reading, cell);
    case "asked":
      return readAsked(reading, cell);
  }
}

function readAsked(reading: LiveReading, cell: Cell): Read {
  if (reading.type.base === "interval" && (cell.storage === "integer" || cell.storage === "real"))
    return readInterval(reading, cell);
  if (cell.storage === "blob") return { ok: false, problem: "class" };
  const text = cell.bytes.toString("utf8");
  if (cell.storage === "real" && isWithoutText(text)) return { ok: false, problem: "unreadable" };
  // `[0:1]={7,8}` is an array with bounds, and no JSON.
  if (cell.storage !== "text" || !reading.type.base.endsWith("[]") || !isArrayText(text)) return { ok: true, text };
  const read = readArray(text);
  return read.ok && reading.as.arrays !== "json" ? { ok: false, problem: "array" } : read;
}
