/**
 * Identity of processes. A pid alone is not enough: it is used again after a while, soon in a container, so a start time
 * goes with it where the system tells one; and it counts only where pids are given out, which two containers of one
 * name do each for itself, and a machine anew with every start.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export type ProcessIdentity = {
  readonly pid: number;
  readonly started: string | null;
  readonly host: string;
  /** Of this start of the machine; null where the system tells none. Earlier versions wrote neither this nor the next. */
  readonly boot?: string | null;
  /** Where its pid was given out; null where all of a machine are given out in one place. */
  readonly pids?: string | null;
};

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startTime(process.pid), host: hostname(), boot: bootId(), pids: pidNamespace() };
}

/** What can be known of a process: one from elsewhere neither is there nor is not. */
export function fateOf(identity: ProcessIdentity): "alive" | "dead" | "unknown" {
  const { host, boot, pids, pid, started } = identity;
  // What earlier versions wrote has neither: there the name of the host must do.
  const isOld = boot === undefined && pids === undefined;
  if (host !== hostname() || (!isOld && (boot !== bootId() || pids !== pidNamespace()))) return "unknown";
  return isAlive(pid) && (started === null || startTime(pid) === started) ? "alive" : "dead";
}

/** Whether the process may still be there. One from elsewhere (a shared folder, a container) is presumed so. */
export function mayBeAlive(identity: ProcessIdentity): boolean {
  return fateOf(identity) !== "dead";
}

/** For a column of text: host, pid, and what else the system tells of it. */
export function processText({ host, pid, started, boot, pids }: ProcessIdentity): string {
  return [host, pid, started ?? "", boot ?? "", pids ?? ""].join(":");
}

/** Also of the forms of earlier versions: host, pid and start time, with tabs even earlier. Null for anything else. */
export function readProcessText(text: string): ProcessIdentity | null {
  const whole = /^(.*?)[:\t](\d+)(?:[:\t](\d*))?(?::([\w.-]*):(\d*))?$/.exec(text);
  if (whole === null) return null;
  const [, host = "", pid = "", started = "", boot, pids] = whole;
  const orNull = (part: string): string | null => (part === "" ? null : part);
  const identity = { host, pid: Number(pid), started: orNull(started) };
  return boot === undefined || pids === undefined ? identity : { ...identity, boot: orNull(boot), pids: orNull(pids) };
}

/** What can be known of the process that such a text names. */
export function fateOfText(text: string): "alive" | "dead" | "unknown" {
  const identity = readProcessText(text);
  return identity === null ? "unknown" : fateOf(identity);
}

/** Whether it is known to be gone. */
export function hasDied(text: string): boolean {
  return fateOfText(text) === "dead";
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

let boot: string | null | undefined;

/** Asked once: it is the same for as long as this process lives. */
function bootId(): string | null {
  boot ??= readBootId();
  return boot === "" ? null : boot;
}

function readBootId(): string {
  try {
    if (process.platform === "linux") return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    if (process.platform === "darwin")
      return execFileSync("sysctl", ["-n", "kern.bootsessionuuid"], { encoding: "utf8" }).trim();
  } catch {
    // A system that does not tell is one like others that do not.
  }
  return "";
}

/** The number in `pid:[4026531836]`. */
function pidNamespace(): string | null {
  if (process.platform !== "linux") return null;
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? null;
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
