/** Rows that violate their own CHECK, over all of the snapshot. */
import { statSync } from "node:fs";
import type { ProfileRequest } from "../core/ports.ts";
import { runHereOrBeside } from "../system/program/run-program.ts";
import { type BrokenChecks, findBrokenChecks } from "./find-broken-checks.ts";
import { largeFile } from "./orphans.ts";

/** Through a large file in a process of its own, which an abort ends. */
export async function brokenChecksIn(
  path: string,
  requests: readonly ProfileRequest[],
  signal: AbortSignal,
): Promise<BrokenChecks> {
  signal.throwIfAborted();
  if (requests.every(({ table }) => table.checks.length === 0)) return new Map();
  const program = new URL("./programs/find-broken-checks.ts", import.meta.url);
  return runHereOrBeside(
    findBrokenChecks,
    program,
    { path, requests },
    { large: statSync(path).size >= largeFile, signal },
  );
}
