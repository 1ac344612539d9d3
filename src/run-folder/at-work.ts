/**
 * Records which process is at work on a pipeline's runs. The lease in the target
 * begins only with the load; before it, a second run would take the folder of the
 * first for one that a crash left, and remove it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { mayBeAlive, type ProcessIdentity, thisProcess } from "../system/process.ts";
import { readFormat } from "./formats/format.ts";
import { holderFormat, holderText } from "./formats/holder.ts";
import { refuseForeign } from "./own-folder.ts";

export type Claim = { release(): void };

/** Throws RUN_IN_PROGRESS while another process, or another call in this one, holds the folder. */
export function claimFolder(folder: string): Claim {
  const path = join(folder, "at-work.json");
  const own = holderText(thisProcess());
  for (let attempt = 0; ; attempt++) {
    refuseForeign(folder);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path, own, { flag: "wx", mode: 0o600 });
      return { release: () => releaseIf(path, own) };
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== "EEXIST" || attempt > 2)
        throw new RowhaulError("LOCAL_DISK", `${path} cannot be written: ${messageOf(thrown)}.`, { cause: thrown });
    }
    const holder = readHolder(path);
    if (holder !== null && mayBeAlive(holder)) throw inProgress(folder, holder);
    rmSync(path, { force: true });
  }
}

/** Null for a file that a crash left half written, and for one that is gone by now. Throws RUN_FILE_DAMAGED, STATE_NEWER. */
function readHolder(path: string): ProcessIdentity | null {
  try {
    JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
  return readFormat(path, holderFormat);
}

function inProgress(folder: string, { pid, host }: ProcessIdentity): RowhaulError {
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
