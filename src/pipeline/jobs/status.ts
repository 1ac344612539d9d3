/** Which runs a pipeline has had. */
import { existsSync } from "node:fs";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import type { Settings } from "../../core/settings.ts";
import { Journal } from "../../run-folder/journal.ts";
import { RunFolder } from "../../run-folder/run-folder.ts";
import type { RunHome } from "../../run-folder/run-home.ts";
import { checkJournal } from "../../run-folder/settle.ts";
import { homeOf } from "../home-of.ts";

export type RunSummary = {
  readonly run: string;
  /** `unknown` where the run's own files do not say. */
  readonly stage: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly snapshot: string | null;
  readonly folder: string;
  readonly interrupted: boolean;
  /** What is wrong with the run's files, as a sentence; null where nothing is. */
  readonly problem: string | null;
};

/** The pipeline's runs, oldest first, from the folders beside it. */
export function status(settings: Settings): RunSummary[] {
  return statusWithErrors(settings).map(({ summary }) => summary);
}

/** Each with the error behind its problem, for whoever has to end with it. */
export function statusWithErrors(settings: Settings): { readonly summary: RunSummary; readonly error: unknown }[] {
  const home = homeOf(settings);
  const lost = lostFolder(home);
  return [
    ...home.kept().map(({ folder, record, problem }) => {
      const { interrupted, error } = problem === null ? journalOf(folder) : { interrupted: false, error: problem };
      const summary = {
        run: folder.id,
        stage: record?.stage ?? "unknown",
        startedAt: record?.startedAt ?? null,
        finishedAt: record?.finishedAt ?? null,
        snapshot: record?.snapshot?.takenAt ?? null,
        folder: folder.path,
        interrupted,
        problem: error === null ? null : messageOf(error),
      };
      return { summary, error };
    }),
    ...(lost === null ? [] : [lost]),
  ];
}

function journalOf(folder: RunFolder): { readonly interrupted: boolean; readonly error: unknown } {
  try {
    checkJournal(folder);
    return { interrupted: new Journal(folder.journalPath).open() !== null, error: null };
  } catch (error) {
    return { interrupted: false, error };
  }
}

/** The newest run, when all that is left of it is its name; or why not even that is known. */
function lostFolder(home: RunHome): { readonly summary: RunSummary; readonly error: unknown } | null {
  let named: string | null;
  try {
    named = home.named();
  } catch (error) {
    return { summary: unknownRun("unknown", home.path, messageOf(error)), error };
  }
  if (named === null) return null;
  const folder = new RunFolder(home.path, named);
  if (existsSync(folder.path)) return null;
  const error = new RowhaulError("SNAPSHOT_LOST", `The folder of the newest run, ${folder.path}, is gone.`);
  return { summary: unknownRun(named, folder.path, error.message), error };
}

function unknownRun(run: string, folder: string, problem: string): RunSummary {
  const unknown = { startedAt: null, finishedAt: null, snapshot: null };
  return { run, stage: "unknown", ...unknown, folder, interrupted: false, problem };
}
