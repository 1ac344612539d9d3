/**
 * Identity of processes. A pid alone is not enough: it is used again after
 * a while, soon in a container, so a start time goes with it where the system
 * tells one.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

export type ProcessIdentity = { readonly pid: number; readonly started: string | null; readonly host: string };

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startTime(process.pid), host: hostname() };
}

/** Whether the process may still be there. One of another host (a shared folder, a container) is presumed so. */
export function mayBeAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true;
  return isAlive(identity.pid) && (identity.started === null || startTime(identity.pid) === identity.started);
}

/** For a column of text: host, pid, and start time where the system tells one. */
export function processText({ host, pid, started }: ProcessIdentity): string {
  return [host, pid, ...(started === null ? [] : [started])].join(":");
}

/** Also of the form that SQLite targets' state had once, with tabs. Null for anything else. */
export function readProcessText(text: string): ProcessIdentity | null {
  const [, host = "", pid = "", started = ""] = /^(.*?)[:\t](\d+)(?:[:\t](\d*))?$/.exec(text) ?? [];
  return pid === "" ? null : { host, pid: Number(pid), started: started === "" ? null : started };
}

/** Whether it is known to be gone: it was of this host, and no such process is there now. */
export function hasDied(text: string): boolean {
  const identity = readProcessText(text);
  return identity !== null && !mayBeAlive(identity);
}

/** False also for a zombie: it has ended, but was not reaped (a container's first process may never do that). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return statFields(pid)?.[0] !== "Z";
}

/** The process's command line, its parts joined by spaces; null when the system does not tell. */
export function commandLine(pid: number): string | null {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    if (process.platform === "win32") return null;
    return execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

function startTime(pid: number): string | null {
  return statFields(pid)?.[19] ?? null;
}

/** /proc/<pid>/stat from the state on (its third field); the name before it may hold anything, so it is cut at its `)`. */
function statFields(pid: number): string[] | null {
  if (process.platform !== "linux") return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
