/** Is there a recent backup that can be restored? */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../core/environment.ts";
import { cleaningUp } from "../core/messages/clean-up.ts";
import { type Answer, failure, ok, warning } from "../operations/checklist.ts";
import { aboutDuration } from "../operations/duration.ts";
import { backupCandidates, type Candidate } from "./candidates.ts";
import type { Verdict, VerifyContext } from "./verdict.ts";

export type RecentBackupRequest = {
  readonly environment: Environment;
  /** Folder of the pipeline file. */
  readonly base: string;
  /** Path of the live source; null when it is no file. */
  readonly source: string | null;
  /** What the live source holds, to compare with. */
  readonly facts: VerifyContext["source"];
  /** Where copies may stand for a moment: backups hold production data. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly now?: Date;
  readonly pgRestore?: string;
};

/** How many newer ones that cannot be restored are skipped before giving up. */
const tries = 3;

/** One answer, plus a warning for each newer backup that cannot be restored. Null when the environment asks for no backup. */
export async function recentBackup(request: RecentBackupRequest): Promise<readonly Answer[] | null> {
  const { backup, backups } = request.environment;
  if (backup === "skip") return null;
  if (backup === "make") return [ok("one is made before anything is changed")];
  if (backups === null)
    return [failure("nothing says where the backups are", "Give `backups: { folder: … }`, or set `backup: make`.")];
  const now = request.now ?? new Date();
  const all = backupCandidates(backups, request.base, request.source);
  const where = backups.folder ?? backups.files.join(", ");
  const [newest] = all;
  if (newest === undefined) return [failure(`there is no backup in ${where}`, remedy)];
  const recent = all.filter(({ writtenAt }) => now.getTime() - writtenAt.getTime() <= backups.maxAgeMs);
  if (recent.length === 0)
    return [
      failure(
        `the newest backup, ${newest.path}, is ${age(newest, now)} old; ${aboutDuration(backups.maxAgeMs)} is allowed`,
        remedy,
      ),
    ];
  return firstGood(recent.slice(0, tries), request, now);
}

const remedy = "Make a backup, or set `backup: make`.";

async function firstGood(candidates: readonly Candidate[], request: RecentBackupRequest, now: Date): Promise<Answer[]> {
  const passed: { candidate: Candidate; verdict: Verdict }[] = [];
  for (const candidate of candidates) {
    const verdict = await verified(candidate.path, request);
    const text = `${candidate.path}, ${age(candidate, now)} old: ${verdict.message}`;
    if (verdict.quality === "bad") {
      passed.push({ candidate, verdict });
      continue;
    }
    const found = verdict.quality === "good" ? ok(text) : warning(text, "Restore it by hand once to be sure.");
    return [...passed.map(({ candidate, verdict }) => broken(candidate, verdict)), found];
  }
  const [first] = passed;
  return [
    failure(
      `no recent backup can be restored; ${first?.candidate.path}: ${first?.verdict.message}`,
      "Make a new backup, and look into why this one is broken.",
    ),
  ];
}

function broken({ path }: Candidate, { message }: Verdict): Answer {
  return warning(`${path} cannot be restored: ${message}`, "Look into why; an older one is good.");
}

async function verified(path: string, request: RecentBackupRequest): Promise<Verdict> {
  mkdirSync(request.scratch, { recursive: true, mode: 0o700 });
  const scratch = mkdtempSync(join(request.scratch, "backup-"));
  return cleaningUp(
    async () => {
      const { facts, signal, pgRestore = "pg_restore" } = request;
      const { verifyBackup } = await import("./verify.ts");
      return await verifyBackup(path, { source: facts, scratch, pgRestore, signal });
    },
    () => rmSync(scratch, { recursive: true, force: true }),
  );
}

/** With a clock that runs slow a file can seem to be from the future; that counts as recent. */
function age({ writtenAt }: Candidate, now: Date): string {
  return aboutDuration(Math.max(0, now.getTime() - writtenAt.getTime()));
}
