/**
 * Says which process is at work on a pipeline's runs. The lease in the target
 * begins only with the load; before it, a second run would take the folder of the
 * first for one that a crash left, and remove it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { readFormat } from "./formats/format.ts";
import { type Holder, holderFormat, holderText } from "./formats/holder.ts";

export type Claim = { release(): void };

/** Throws RUN_IN_PROGRESS while another process, or another call in this one, holds the folder. */
export function claimFolder(folder: string): Claim {
  const path = join(folder, "at-work.json");
  const own = holderText({ pid: process.pid, started: startTime(process.pid), host: hostname() });
  for (let attempt = 0; ; attempt++) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path, own, { flag: "wx", mode: 0o600 });
      return { release: () => releaseIf(path, own) };
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== "EEXIST" || attempt > 2)
        throw new RowhaulError("LOCAL_DISK", `${path} cannot be written: ${messageOf(thrown)}.`, { cause: thrown });
    }
    const holder = readHolder(path);
    if (holder !== null && mayLive(holder)) throw inProgress(folder, holder);
    rmSync(path, { force: true });
  }
}

/** Null for a file that a crash left half written, and for one that is gone by now. Throws RUN_FILE_DAMAGED, STATE_NEWER. */
function readHolder(path: string): Holder | null {
  try {
    JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
  return readFormat(path, holderFormat);
}

/** A process of another host (a shared folder) is presumed alive: only its user can tell. */
function mayLive({ pid, started, host }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as { code?: string }).code === "ESRCH") return false;
  }
  // Pids come again, soon in a container; start times do not.
  return started === null || started === startTime(pid);
}

function inProgress(folder: string, { pid, host }: Holder): RowhaulError {
  return new RowhaulError("RUN_IN_PROGRESS", `Another process (${host}:${pid}) is at work on the runs in ${folder}.`, {
    hint: `Wait for it, or stop it. If there is no such process, remove ${join(folder, "at-work.json")}.`,
  });
}

function releaseIf(path: string, own: string): void {
  try {
    if (readFileSync(path, "utf8") === own) rmSync(path, { force: true });
  } catch {
    // `clean` has removed it with the folder.
  }
}

/** Field 22 of /proc/<pid>/stat; null where the system does not tell. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
