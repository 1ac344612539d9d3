/**
 * What parity adds to SQLite: functions for cells that SQL cannot write
 * exactly. Text comes to them as a BLOB, since a driver's string would show
 * U+FFFD in place of bytes that are not UTF-8.
 */
import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import type { Catalog } from "../../../core/schema/catalog.ts";
import type { LiveReading } from "../../../core/schema/live-type.ts";
import type { Source } from "../../source-reader.ts";
import { liveValue } from "./live/live-value.ts";
import type { StoredValue } from "./live/outcome.ts";
import { longCell, notCarried } from "./values/canonical-limits.ts";
import { jsonbText } from "./values/json-text.ts";
import { decimalText, looksLikeNumber, scaledInteger } from "./values/number-text.ts";

export function addFunctions(source: Source, encoding: Catalog["encoding"]): void {
  const add = (name: string, f: (...values: never[]) => string | number) =>
    source.function(
      `rowhaul_${name}`,
      { deterministic: true, directOnly: true },
      f as (...values: unknown[]) => unknown,
    );
  const eight = Buffer.alloc(8);

  add("float8", (value: number) => {
    eight.writeDoubleBE(value);
    return eight.toString("hex");
  });
  add("decimal", decimalText);
  add("looks_like_number", (text: string) => (looksLikeNumber(text) ? 1 : 0));
  add("scaled", (value: number, power: number | bigint) => {
    const scaled = scaledInteger(value, Number(power));
    return scaled === null ? notCarried : `i${scaled};`;
  });
  add("digest_hex", (bytes: Buffer) => hash("sha256", bytes));
  add("digest_of_hex", (bytes: Buffer) => hash("sha256", bytes.toString("hex")));
  add("json", (bytes: Buffer) => {
    const text = decode(bytes, encoding);
    const canonical = text === null ? null : jsonbText(text);
    return canonical === null ? notCarried : `j${hash("sha256", canonical)}`;
  });
  const readings = new Map<string, LiveReading>();
  add("live", (text: string, storage: string, value: Buffer | number | bigint, cast: string | null) => {
    const reading = readings.get(text) ?? (JSON.parse(text) as LiveReading);
    readings.set(text, reading);
    const found = liveValue(reading, storedValue(storage, value, cast, encoding));
    return found.fits ? found.canonical : notCarried;
  });
  // UTF-16 databases: SQL there would decode a lone surrogate into some other character.
  add("text16", (prefix: string, bytes: Buffer) => {
    const text = decode(bytes, encoding);
    if (text === null) return notCarried;
    const length = Buffer.byteLength(text);
    return length <= longCell
      ? `${prefix}${length}:${text}`
      : `${prefix.toUpperCase()}${length}:${hash("sha256", text)}`;
  });
  add("text16_bytes", (bytes: Buffer) => {
    const text = decode(bytes, encoding);
    if (text === null) return notCarried;
    const utf8 = Buffer.from(text);
    return utf8.length <= longCell
      ? `b${utf8.length}:${utf8.toString("hex")}`
      : `B${utf8.length}:${hash("sha256", utf8)}`;
  });
}

/** A cell as SQLite gives it: a text as its bytes in the database's encoding. */
export function storedValue(
  storage: string,
  value: Buffer | number | bigint | null,
  cast: string | null,
  encoding: Catalog["encoding"],
): StoredValue {
  const text = storage === "text" && value instanceof Buffer ? decode(value, encoding) : null;
  return {
    storage: storage as StoredValue["storage"],
    text,
    bytes: text !== null ? Buffer.from(text, "utf8") : value instanceof Buffer ? value : Buffer.alloc(0),
    ...(storage === "text" && text === null && encoding !== "UTF-8" ? { wide: true } : {}),
    number: typeof value === "number" || typeof value === "bigint" ? value : null,
    cast: cast ?? "",
  };
}

/** A text's bytes as they lie in the database, decoded; null when they are not valid. */
export function decode(bytes: Buffer, encoding: Catalog["encoding"]): string | null {
  if (encoding === "UTF-8") return isUtf8(bytes) ? bytes.toString("utf8") : null;
  if (bytes.length % 2 !== 0) return null;
  const text = (encoding === "UTF-16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
  return text.isWellFormed() ? text : null;
}
