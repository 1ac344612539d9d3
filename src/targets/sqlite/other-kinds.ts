/** Anything but a SQLite database at the target's path is never overwritten, and reported before anything is read. */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { fileKind, headBytes } from "../../system/file-kind.ts";
import { isThere } from "./switch/files.ts";

/** Throws TARGET_FILE. */
export function refuseOtherKinds(path: string): void {
  if (!existsSync(path)) return;
  const stat = statSync(path);
  if (stat.isDirectory())
    throw new RowhaulError("TARGET_FILE", `${path} is a folder, and a SQLite target is a file.`, {
      hint: existsSync(join(path, "manifest.json"))
        ? "It holds an export: the source is named first, the target second."
        : `Name a file in it, such as ${join(path, "app.db")}.`,
    });
  if (!stat.isFile()) throw new RowhaulError("TARGET_FILE", `${path} is not a file.`);
  if (!isThere(path)) return;
  const head = firstBytes(path);
  const kind = fileKind(path, head);
  if (kind?.name === "sqlite") return;
  const what = kind === null ? "no SQLite database, or an encrypted one" : `${kind.is}, and no SQLite database`;
  throw new RowhaulError("TARGET_FILE", `${path} is ${what}; nothing is written over it.`, {
    hint: "Choose another path; the source is named first, the target second.",
  });
}

function firstBytes(path: string): Buffer {
  const bytes = Buffer.alloc(headBytes);
  try {
    const fd = openSync(path, "r");
    try {
      return bytes.subarray(0, readSync(fd, bytes, 0, headBytes, 0));
    } finally {
      closeSync(fd);
    }
  } catch (thrown) {
    throw new RowhaulError("TARGET_FILE", `${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
}
