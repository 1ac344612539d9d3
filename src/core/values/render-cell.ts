/**
 * A source cell as one printable line, exact and unambiguous: what the ledger
 * and quarantine keep of a value that was changed or left behind.
 */
import { isUtf8 } from "node:buffer";
import type { StorageClass } from "../plan/profile.ts";

/** `bytes` are the cell's bytes: UTF-8 for text, raw for blob; digits in ASCII for numbers. */
export function renderCell(storage: StorageClass, bytes: Buffer): string {
  switch (storage) {
    case "null":
      return "NULL";
    case "integer":
    case "real":
      return `${storage} ${bytes.toString("latin1")}`;
    case "text":
      return isUtf8(bytes) ? `text ${JSON.stringify(bytes.toString("utf8"))}` : `text x'${bytes.toString("hex")}'`;
    case "blob":
      return `blob x'${bytes.toString("hex")}'`;
  }
}

/** Cut to `limit` characters for messages; what a terminal would act upon is shown escaped. */
export function shorten(text: string, limit = 60): string {
  const safe = text.replace(/[\p{Cc}\u2028\u2029]/gu, (c) => `\\u${c.codePointAt(0)?.toString(16).padStart(4, "0")}`);
  // Never half of a character.
  return safe.length > limit ? `${safe.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…` : safe;
}
