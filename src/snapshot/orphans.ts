/** Child rows without a parent, over all of the snapshot. */
import { statSync } from "node:fs";
import type { ProfileRequest } from "../core/ports.ts";
import { runHereOrBeside } from "../system/program/run-program.ts";
import { findAllOrphans, type Orphans } from "./find-orphans.ts";

/** SQLite follows a key in one call: through a large file in a process of its own, which an abort ends. */
export async function orphansIn(
  path: string,
  requests: readonly ProfileRequest[],
  signal: AbortSignal,
): Promise<Orphans> {
  signal.throwIfAborted();
  if (requests.every(({ table }) => table.foreignKeys.length === 0)) return new Map();
  const program = new URL("./programs/find-orphans.ts", import.meta.url);
  return runHereOrBeside(
    findAllOrphans,
    program,
    { path, requests },
    { large: statSync(path).size >= largeFile, signal },
  );
}

export const largeFile = 64 << 20;
