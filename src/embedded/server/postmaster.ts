/**
 * The running server as its own pid file tells it. The file outlives a crash,
 * and its pid may by then belong to another program.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine, isAlive } from "../../system/process.ts";
import { realPath } from "../data/places.ts";

export type Postmaster = {
  readonly pid: number;
  readonly port: number | null;
  /** `starting`, `ready`, `stopping` … */
  readonly status: string;
};

/** Null when no server of this data directory runs. */
export function runningPostmaster(data: string): Postmaster | null {
  const file = readPostmasterFile(data);
  return file !== null && isServerOf(file.pid, data) ? file : null;
}

export function isServerOf(pid: number, data: string): boolean {
  if (!isAlive(pid)) return false;
  const command = commandLine(pid);
  // Windows does not tell; the pid file is all there is
  if (command === null) return process.platform === "win32";
  return isServerCommand(command, data);
}

export function isServerCommand(command: string, data: string): boolean {
  return /postgres|postmaster/.test(command) && ` ${command} `.includes(` ${realPath(data)} `);
}

/** Line by line: pid, data directory, start time, port, socket directory, address, shared memory, status. */
export function readPostmasterFile(data: string): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
  // a standalone backend writes its pid with a minus
  const pid = Math.abs(Number.parseInt(lines[0] ?? "", 10));
  if (!Number.isInteger(pid) || pid < 2) return null;
  const port = Number.parseInt(lines[3] ?? "", 10);
  return { pid, port: Number.isInteger(port) ? port : null, status: (lines[7] ?? "").trim() };
}
