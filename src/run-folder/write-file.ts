/** Files of a run: 0600, written whole or not at all. */
import { readFileSync } from "node:fs";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { onDisk } from "../system/disk-error.ts";
import { writeDurably } from "../system/durable-file.ts";
import { damaged } from "./formats/damaged.ts";

export function writeWhole(path: string, text: string): void {
  onDisk(path, () => writeDurably(path, text));
}

export function writeJson(path: string, value: unknown): void {
  writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** What stands at a path where a file of a run should, and is none that can be read. */
export function unreadable(path: string, thrown: unknown, remedy: string): RowhaulError {
  const { code } = thrown as { readonly code?: string };
  if (code === "EISDIR") return damaged(path, "it is a folder", remedy, thrown);
  // A file in the place of one of its folders.
  if (code === "ENOTDIR")
    return new RowhaulError("LOCAL_DISK", `${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  return new RowhaulError("LOCAL_DISK", `${path} cannot be read: ${messageOf(thrown)}.`, {
    hint: `Check the permissions of the file and its folder. ${remedy}`,
    cause: thrown,
  });
}

/** Null when the file is not there. Throws RUN_FILE_DAMAGED for what is no JSON. */
export function readJson(path: string, remedy = "Put the file back from a copy."): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if ((thrown as { code?: string }).code === "ENOENT") return null;
    throw unreadable(path, thrown, remedy);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw damaged(path, text === "" ? "it is empty" : messageOf(thrown), remedy, thrown);
  }
  // What is there must not look as if it were not.
  if (value === null) throw damaged(path, "it holds no object", remedy);
  return value;
}
