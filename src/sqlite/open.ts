/**
 * Opening a SQLite file: always read-only and never creating one. Before SQLite
 * sees the path, the header is examined by hand, because SQLite's own answers
 * ("file is not a database", an empty new file) do not say what to do.
 */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { shellWord } from "../core/messages/shell-word.ts";
import { quoteName } from "../core/quote.ts";
import { type FileKind, fileKind, headBytes } from "../system/file-kind.ts";
import { folderKind } from "../system/folder-kind.ts";
import { nearFileHint } from "../system/near-file.ts";
import { nativeError } from "./native.ts";

export type Sqlite = Database.Database;

export type Header = {
  readonly pageSize: number;
  /** The header says write-ahead log. */
  readonly wal: boolean;
  readonly bytes: number;
};

const magic = "SQLite format 3\0";

/** Opens read-only; integers come as BigInt unless a statement says otherwise. */
export function openSqlite(path: string): Sqlite {
  readHeader(path);
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
    db.defaultSafeIntegers(true);
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (thrown) {
    throw sourceError(path, thrown);
  }
}

/** Reads the file's header. Errors: SOURCE_NOT_FOUND, SOURCE_UNREADABLE, SOURCE_EMPTY, SOURCE_NOT_SQLITE. */
export function readHeader(path: string): Header {
  const bytes = sizeOf(path);
  if (bytes === 0) throw new RowhaulError("SOURCE_EMPTY", `${path} is an empty file (0 bytes).`);
  const head = Buffer.alloc(headBytes);
  let read = 0;
  try {
    read = withFile(path, (fd) => readSync(fd, head, 0, headBytes, 0));
  } catch (thrown) {
    throw new RowhaulError("SOURCE_UNREADABLE", `${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
  if (head.toString("latin1", 0, 16) !== magic) throw notSqlite(path, fileKind(path, head.subarray(0, read)));
  const pageSize = head.readUInt16BE(16) === 1 ? 65536 : head.readUInt16BE(16);
  return { pageSize, wal: head[18] === 2 || head[19] === 2, bytes };
}

const kept = new Map<string, number>();

/**
 * Keeps a handle of the file open until the returned function is called. Closing any handle of a file
 * drops every POSIX lock that this process holds on it, SQLite's among them
 * (https://sqlite.org/howtocorrupt.html, section 2.2), so while a lock counts, {@link withFile} reads
 * through this handle and closes none.
 */
export function keepOpen(path: string): () => void {
  const fd = openSync(path, "r");
  kept.set(path, fd);
  return () => {
    kept.delete(path);
    closeSync(fd);
  };
}

/** Gives `work` a handle of the file to read from. */
export function withFile<T>(path: string, work: (fd: number) => T): T {
  const own = kept.get(path);
  if (own !== undefined) return work(own);
  const fd = openSync(path, "r");
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

/** What SQLite threw, as an error that names the cause. */
export function sourceError(path: string, thrown: unknown): RowhaulError {
  if (thrown instanceof RowhaulError) return thrown;
  const native = nativeError(thrown);
  if (native !== null) return native;
  const code = (thrown as { code?: string }).code ?? "";
  const message = messageOf(thrown);
  if (code.startsWith("SQLITE_NOTADB")) {
    return notSqlite(path, null, thrown);
  }
  if (code.startsWith("SQLITE_CORRUPT")) {
    return new RowhaulError("SOURCE_CORRUPT", `${path} is damaged: ${message}.`, {
      cause: thrown,
      hint: recoverHint(path),
    });
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new RowhaulError("SOURCE_BUSY", `${path} is locked by another process: ${message}.`, { cause: thrown });
  }
  // Whoever reads only cannot take back what a crash left half done.
  if (code === "SQLITE_READONLY_ROLLBACK")
    return new RowhaulError(
      "SOURCE_UNREADABLE",
      `${path} was left in the middle of a transaction, which ${path}-journal takes back; rowhaul never writes to a source.`,
      {
        cause: thrown,
        hint: `Open it once with its application, or by \`sqlite3 ${shellWord(path)} "PRAGMA quick_check"\`; then run the same command again.`,
      },
    );
  if (
    code.startsWith("SQLITE_CANTOPEN") ||
    code.startsWith("SQLITE_READONLY") ||
    code.startsWith("SQLITE_IOERR") ||
    code.startsWith("SQLITE_PERM")
  ) {
    return new RowhaulError("SOURCE_UNREADABLE", `${path} cannot be read: ${message} (${code}).`, { cause: thrown });
  }
  return new RowhaulError("SOURCE_UNSUPPORTED", `${path}: SQLite says: ${message}${code ? ` (${code})` : ""}.`, {
    cause: thrown,
  });
}

function notSqlite(path: string, kind: FileKind | null, cause?: unknown): RowhaulError {
  const what = kind === null ? "not a SQLite database, or it is encrypted" : `${kind.is}, and no SQLite database`;
  return new RowhaulError("SOURCE_NOT_SQLITE", `${path} is ${what}.`, {
    ...(kind === null ? {} : { hint: kind.todo }),
    cause,
  });
}

/** With the command as a shell takes it. */
export function recoverHint(path: string): string {
  return `Restore from a backup, or recover what can be: \`sqlite3 ${shellWord(path)} .recover | sqlite3 recovered.db\` (SQLite's own build of sqlite3 has .recover, some distributions' have not).`;
}

/** A condition of the user's own, which may end in a comment. */
export function selection(where: string): string {
  return `(${where}\n)`;
}

/** A table, or those columns of the rows that a pipeline selects, to stand in a FROM. By name: a rowid is not among all columns. */
export function selected(table: string, where: string | null, columns: readonly string[]): string {
  if (where === null) return quoteName(table);
  const named = [...new Set(columns)].map((column) => `${quoteName(column)} AS ${quoteName(column)}`);
  return `(SELECT ${named.join(", ")} FROM ${quoteName(table)} WHERE ${selection(where)})`;
}

function nearFile(path: string): { hint?: string } {
  const hint = nearFileHint(path);
  return hint === null ? {} : { hint };
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) {
      const { is, todo } = folderKind(path);
      throw new RowhaulError("SOURCE_UNREADABLE", `${path} is ${is}, and not a file.`, { hint: todo });
    }
    if (!stat.isFile()) throw new RowhaulError("SOURCE_UNREADABLE", `${path} is not a file.`);
    return stat.size;
  } catch (thrown) {
    if (thrown instanceof RowhaulError) throw thrown;
    const missing = (thrown as { code?: string }).code === "ENOENT" || (thrown as { code?: string }).code === "ENOTDIR";
    throw missing
      ? new RowhaulError("SOURCE_NOT_FOUND", `There is no file at ${path}.`, nearFile(path))
      : new RowhaulError("SOURCE_UNREADABLE", `${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
}
