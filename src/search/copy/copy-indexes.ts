/**
 * FTS5's own index, document by document, as rows ready for PostgreSQL: so what was found before is found after,
 * whatever made the tokens and whether or not the texts are still there. In a thread, for SQLite answers
 * when it is done and not before.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { messageOf } from "../../core/messages/errors.ts";
import { diskError } from "../../system/disk-error.ts";
import { compiledModule, nodeOptionsFor } from "../../system/program/compiled-module.ts";
import type { CopyOrder, ThreadData, ThreadMessage } from "./copy-thread.ts";

export type CopyRequest = {
  /** Read only. */
  readonly snapshot: string;
  /** The file to make; one that is complete and of the same snapshot and indexes stays as it is. */
  readonly scratch: string;
  readonly indexes: readonly IndexToCopy[];
  readonly signal: AbortSignal;
  progress?(name: string, documents: number): void;
};

export type IndexToCopy = {
  readonly name: string;
  /** All of FTS5's, in order. */
  readonly columns: readonly { readonly name: string; readonly indexed: boolean }[];
};

export type CopiedIndex = {
  readonly name: string;
  readonly documents: number;
  readonly tokens: number;
  readonly bigDocuments: number;
};

/** Rejects with the signal's reason, LOCAL_DISK, or a plain error for an index that keeps no positions. */
export async function copyIndexes(request: CopyRequest): Promise<CopiedIndex[]> {
  request.signal.throwIfAborted();
  const origin = originOf(request);
  const there = readComplete(request.scratch, origin);
  if (there !== null) return there;
  const partial = `${request.scratch}.part`;
  const failure = await inThread(request, { ...orderOf(request), partial, origin });
  if (failure === null) return readComplete(request.scratch, origin) ?? [];
  for (const suffix of ["", "-journal"]) rmSync(`${partial}${suffix}`, { force: true });
  request.signal.throwIfAborted();
  throw failureOf(failure, request.scratch);
}

/** Raised whenever the same index would give other rows than before. */
const layout = 2;

/** What the copy depends on. A snapshot is never written to, so its time and its header tell it from any other. */
function originOf({ snapshot, indexes }: CopyRequest): string {
  const { size, mtimeMs } = statSync(snapshot);
  const file = openSync(snapshot, "r");
  const header = Buffer.alloc(100);
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  const columns = indexes.map(({ name, columns }) => [name, columns.map((column) => [column.name, column.indexed])]);
  return createHash("sha256")
    .update(JSON.stringify([layout, size, mtimeMs, header.toString("hex"), columns]))
    .digest("hex");
}

function readComplete(scratch: string, origin: string): CopiedIndex[] | null {
  if (!existsSync(scratch)) return null;
  const db = new Database(scratch, { readonly: true, fileMustExist: true });
  try {
    if (db.prepare("SELECT value FROM origin").pluck().get() !== origin) return null;
    return db
      .prepare<[], CopiedIndex>("SELECT name, documents, tokens, big AS bigDocuments FROM meta ORDER BY i")
      .all();
  } catch {
    // Unusable, for whatever reason: it is made again.
    return null;
  } finally {
    db.close();
  }
}

function orderOf({ snapshot, scratch, indexes }: CopyRequest): Omit<CopyOrder, "partial" | "origin"> {
  return {
    snapshot,
    scratch,
    indexes: indexes.map(({ name, columns }) => ({
      name,
      columns: columns.flatMap((column, number) => (column.indexed ? [{ name: column.name, number }] : [])),
    })),
  };
}

type Failure = { readonly message: string; readonly code: string };

/** Null when the file is there. Settles only once the thread has ended, and with it everything it had open. */
function inThread({ signal, progress }: CopyRequest, order: CopyOrder): Promise<Failure | null> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const module = compiledModule(new URL("./copy-thread.ts", import.meta.url));
  const worker = new Worker(module, {
    // Without the process's own options: one of them may say that text is a module.
    execArgv: nodeOptionsFor(module),
    workerData: { order, stop } satisfies ThreadData,
  });
  const abort = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return new Promise((resolve) => {
    let outcome: Failure | null = { message: "the thread ended before its work", code: "" };
    worker.on("message", (message: ThreadMessage) => {
      if ("outcome" in message) outcome = message.outcome;
      else progress?.(message.name, message.documents);
    });
    worker.once("error", (thrown) => {
      outcome = { message: messageOf(thrown), code: "" };
    });
    worker.once("exit", () => {
      signal.removeEventListener("abort", abort);
      resolve(outcome);
    });
  });
}

function failureOf(failure: Failure, scratch: string): unknown {
  const known = diskError(`the copy of the full-text index ${scratch}`, failure);
  return known === failure ? new Error(`The full-text index cannot be copied: ${failure.message}`) : known;
}
