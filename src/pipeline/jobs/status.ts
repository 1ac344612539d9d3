/** Which runs a pipeline has had. */
import type { Settings } from "../../core/settings.ts";
import { Journal } from "../../run-folder/journal.ts";
import { homeOf } from "../home-of.ts";

export type RunSummary = {
  readonly run: string;
  readonly stage: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly snapshot: string | null;
  readonly folder: string;
  readonly interrupted: boolean;
};

/** The pipeline's runs, oldest first, from the folders beside it. */
export function status(settings: Settings): RunSummary[] {
  return homeOf(settings)
    .all()
    .map((folder) => {
      const { id, stage, startedAt, finishedAt, snapshot } = folder.record;
      return {
        run: id,
        stage,
        startedAt,
        finishedAt,
        snapshot: snapshot?.takenAt ?? null,
        folder: folder.path,
        interrupted: new Journal(folder.journalPath).open() !== null,
      };
    });
}
