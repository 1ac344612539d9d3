/**
 * Edits of configuration files, planned: every file read, every edit tried on
 * its text, and nothing touched, so that all that can be known to fail fails
 * before the cutover begins.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { RowhaulError } from "../core/messages/errors.ts";
import { editConfig } from "./edit.ts";
import type { Settings } from "./setting.ts";

export type FileEdit = { readonly path: string; readonly set: Settings };

/**
 * Plain JSON for the journal, enough to undo in another process. It holds no
 * contents, because those are secrets: the text before is in the backup, the
 * text after is made again from the same edits.
 */
export type PlannedEdit = {
  /** Absolute paths as named by the edits: usually one, more when several lead to the same file. */
  readonly paths: readonly string[];
  /** The file itself, symbolic links followed. */
  readonly file: string;
  /** SHA-256 of the bytes before and after, in hex; equal when the settings are there already. */
  readonly before: string;
  readonly after: string;
  /** Where the bytes before are kept; the file appears when the edit is applied. */
  readonly backup: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
};

/** One planned edit per file, in the order of first mention. `stamp` goes into the backups' names. */
export function planFileEdits(edits: readonly FileEdit[], stamp: string = timestamp()): PlannedEdit[] {
  const problems: RowhaulError[] = [];
  const files = new Map<string, FileEdit[]>();
  for (const edit of edits) {
    const file = attempt(() => realFile(edit.path));
    if (file !== null) files.set(file, [...(files.get(file) ?? []), edit]);
  }
  const planned = [...files].map(([file, own]) => attempt(() => planOne(file, own, stamp)));
  if (problems.length === 0) return planned.filter((edit) => edit !== null);
  throw together(problems);

  function attempt<T>(action: () => T): T | null {
    try {
      return action();
    } catch (thrown) {
      if (!(thrown instanceof RowhaulError)) throw thrown;
      problems.push(thrown);
      return null;
    }
  }
}

/** The bytes after these edits. Every one reads the file as the format its own path names. */
export function editedBytes(edits: readonly FileEdit[], before: Uint8Array): Buffer {
  const path = edits[0]?.path ?? "";
  if (!isUtf8(before)) throw refused(path, "is not UTF-8 text", "Convert the file to UTF-8.");
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(before);
  return Buffer.from(edits.reduce((current, edit) => editConfig(edit.path, current, edit.set), text));
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function realFile(path: string): string {
  try {
    return realpathSync(resolve(path));
  } catch (cause) {
    throw refused(path, unreadable(cause), "Check the path and its permissions.");
  }
}

function planOne(file: string, edits: readonly FileEdit[], stamp: string): PlannedEdit {
  const path = edits[0]?.path ?? file;
  const { bytes, stats } = readRegular(path, file);
  checkReplaceable(path, file, stats);
  return {
    paths: [...new Set(edits.map((edit) => resolve(edit.path)))],
    file,
    before: sha256(bytes),
    after: sha256(editedBytes(edits, bytes)),
    backup: freeName(`${file}.rowhaul-backup-${stamp}`),
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
  };
}

function readRegular(path: string, file: string): { bytes: Buffer; stats: Stats } {
  try {
    const stats = statSync(file);
    // Before reading: a pipe would wait for ever.
    if (!stats.isFile()) throw refused(path, "is not a regular file", "Name the configuration file itself.");
    return { bytes: readFileSync(file), stats };
  } catch (cause) {
    if (cause instanceof RowhaulError) throw cause;
    throw refused(path, unreadable(cause), "Check the path and its permissions.");
  }
}

/** What replacing the file by a new one would break is found now, not in the middle of a cutover. */
function checkReplaceable(path: string, file: string, stats: Stats): void {
  if (stats.nlink > 1)
    throw refused(path, "has several hard links, and the others would keep the old text", "Make it a file of its own.");
  const user = process.geteuid?.() ?? 0;
  if (user !== 0 && user !== stats.uid)
    throw refused(path, "belongs to another user, who might lose access to it", "Run rowhaul as that user.");
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw refused(path, "is in a folder that cannot be written to", "Check the folder's permissions.");
  }
}

function freeName(name: string): string {
  let free = name;
  for (let n = 2; existsSync(free); n++) free = `${name}-${n}`;
  return free;
}

function unreadable(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : "unknown";
  return code === "ENOENT" ? "does not exist" : `cannot be read (${String(code)})`;
}

function refused(path: string, message: string, hint: string): RowhaulError {
  return new RowhaulError("PIPELINE_INVALID", `${path} ${message}.`, { hint });
}

function together(problems: readonly RowhaulError[]): RowhaulError {
  const [only, second] = problems;
  if (only && !second) return only;
  return new RowhaulError("PIPELINE_INVALID", `${problems.length} configuration files cannot be edited as asked.`, {
    hint: "Correct the places named.",
    details: problems.map((problem) => `${problem.message} ${problem.hint}`),
  });
}

function timestamp(): string {
  return new Date().toISOString().replace(/[-:]|\.\d+/g, "");
}
