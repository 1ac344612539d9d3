/** A text as it lies in a SQLite file, and back. Never through SQLite's own conversion, which changes what is not valid. */
import { isUtf8 } from "node:buffer";
import type { RawText } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";

export function decodeText(bytes: Buffer, encoding: Catalog["encoding"]): string | RawText {
  if (encoding === "UTF-8") return isUtf8(bytes) ? bytes.toString("utf8") : { rawText: bytes };
  if (bytes.length % 2 !== 0) return { rawText: bytes };
  const text = (encoding === "UTF-16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
  return text.isWellFormed() ? text : { rawText: bytes };
}

export function encodeText(text: string, encoding: Catalog["encoding"]): Buffer {
  if (encoding === "UTF-8") return Buffer.from(text, "utf8");
  const bytes = Buffer.from(text, "utf16le");
  return encoding === "UTF-16be" ? bytes.swap16() : bytes;
}
