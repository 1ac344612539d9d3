/** Child rows without a parent, over all of the snapshot. */
import { statSync } from "node:fs";
import type { ProfileRequest } from "../core/ports.ts";
import { runSqliteProgram } from "../system/program/run-program.ts";
import { findAllOrphans, type Orphans } from "./find-orphans.ts";

/** SQLite follows a key in one call: through a large file in a process of its own, which an abort ends. */
export async function orphansIn(
  path: string,
  requests: readonly ProfileRequest[],
  signal: AbortSignal,
): Promise<Orphans> {
  signal.throwIfAborted();
  if (requests.every(({ table }) => table.foreignKeys.length === 0)) return new Map();
  if (statSync(path).size < largeFile) return findAllOrphans({ path, requests });
  return runSqliteProgram<typeof import("./programs/find-orphans.ts")>(
    new URL("./programs/find-orphans.ts", import.meta.url),
    { path, requests },
    signal,
  );
}

const largeFile = 64 << 20;
