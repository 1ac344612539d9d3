/** One JSON text read exactly: for a line at a time, where the reader of whole files would be too much. */
import type { ScanFault } from "../../src/json/faults.ts";
import { emptyRecord, type JsonKind, type JsonRecord, type JsonValue, jsonKind } from "../../src/json/record.ts";
import { type Duplicates, needMore, type Scanner, scanner } from "../../src/json/scanner.ts";
import { JsonTextError } from "../../src/json/text-error.ts";

export type JsonCell =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "integer"; readonly value: bigint }
  /** A number that is no 64-bit integer, as written: fraction, exponent, `-0` or too many digits. */
  | { readonly kind: "decimal"; readonly raw: string }
  | { readonly kind: "string"; readonly value: string }
  /** An object or array, its text as written. */
  | { readonly kind: "json"; readonly raw: string };

/** The fields of an object in their order. Throws {@link JsonTextError}; duplicate keys are refused. */
export function exactJson(text: string | Uint8Array): [name: string, cell: JsonCell][] {
  const record = objectReader("refuse")(text);
  const fields: [string, JsonCell][] = [];
  for (let i = 0; i < record.count; i++)
    fields.push([record.keys[i]?.name ?? "", cell(record.kinds[i] ?? jsonKind.null, record.values[i] ?? null)]);
  return fields;
}

/** Any value. */
export function exactValue(text: string | Uint8Array): JsonCell {
  const scan = scanner("refuse");
  const record = whole(scan, text, scratch(text), () => scan.value(0));
  return cell(record.kinds[0] ?? jsonKind.null, record.values[0] ?? null);
}

/**
 * Reads objects one after another into one record, which the next call fills again: many lines with the same keys cost
 * little more than their bytes.
 */
export function objectReader(duplicates: Duplicates): (text: string | Uint8Array) => JsonRecord {
  const scan = scanner(duplicates);
  let buffer: Buffer = Buffer.alloc(4096);
  const nothing = emptyRecord();
  return (text) => {
    if (needed(text) > buffer.length) buffer = Buffer.alloc(2 * needed(text));
    return whole(scan, text, buffer, () => {
      if (scan.peek() === 0x7b) return scan.object(0);
      scan.fail("expected an object");
      return nothing;
    });
  };
}

/** {@link JsonRecord} is for loops over many cells; this is one of its cells for everybody else. */
export function cell(kind: JsonKind, value: JsonValue): JsonCell {
  switch (kind) {
    case jsonKind.null:
      return { kind: "null" };
    case jsonKind.false:
    case jsonKind.true:
      return { kind: "boolean", value: kind === jsonKind.true };
    case jsonKind.integer:
      return { kind: "integer", value: BigInt(value ?? 0) };
    case jsonKind.decimal:
      return { kind: "decimal", raw: String(value) };
    case jsonKind.string:
      return { kind: "string", value: String(value) };
    case jsonKind.nested:
      return { kind: "json", raw: String(value) };
  }
}

function whole(scan: Scanner, text: string | Uint8Array, buffer: Buffer, read: () => JsonRecord): JsonRecord {
  const length = fill(buffer, text);
  buffer[length] = 0;
  const place = (offset: number) => ({ offset, line: linesBefore(buffer, offset) + 1 });
  try {
    scan.load(buffer, 0, length, true);
    if (scan.peek() === 0 && scan.position() >= length)
      throw new JsonTextError("the text is empty", place(length), "truncated");
    const record = read();
    if (scan.peek() !== 0 || scan.position() < length) scan.fail("something follows the value");
    return record;
  } catch (thrown) {
    if (thrown === needMore) throw new JsonTextError("the text ends in the middle", place(length), "truncated");
    const { fault, at, duplicate } = thrown as Partial<ScanFault>;
    if (fault === undefined || at === undefined) throw thrown;
    throw new JsonTextError(fault, place(at), duplicate ? "duplicate" : "invalid");
  }
}

function fill(buffer: Buffer, text: string | Uint8Array): number {
  if (typeof text === "string") {
    if (!text.isWellFormed()) throw new JsonTextError("half of a surrogate pair", { offset: 0, line: 1 });
    return buffer.write(text, "utf8");
  }
  buffer.set(text);
  return text.length;
}

function needed(text: string | Uint8Array): number {
  return (typeof text === "string" ? text.length * 3 : text.length) + 1;
}

function scratch(text: string | Uint8Array): Buffer {
  return Buffer.alloc(needed(text));
}

function linesBefore(buffer: Buffer, offset: number): number {
  let lines = 0;
  for (let i = buffer.indexOf(10); i >= 0 && i < offset; i = buffer.indexOf(10, i + 1)) lines++;
  return lines;
}
