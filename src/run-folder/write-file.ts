/** Files of a run: 0600, written whole or not at all. */
import { readFileSync } from "node:fs";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { onDisk } from "../system/disk-error.ts";
import { writeDurably } from "../system/durable-file.ts";

export function writeWhole(path: string, text: string): void {
  onDisk(path, () => writeDurably(path, text));
}

export function writeJson(path: string, value: unknown): void {
  writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Null when the file is not there. */
export function readJson<T>(path: string): T | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if ((thrown as { code?: string }).code === "ENOENT") return null;
    throw new RowhaulError("LOCAL_DISK", `${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
  return JSON.parse(text) as T;
}
