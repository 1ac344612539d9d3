/** One store moved as a whole into another, without a pipeline file. */
import type { RunResult } from "../../phases/run/run-options.ts";
import { type CopySettingsOptions, copySettings } from "../file/copy-settings.ts";
import type { RunOptions } from "./options.ts";
import { run } from "./run.ts";

export type CopyOptions = RunOptions & Omit<CopySettingsOptions, "usualSchema" | "verb">;

export type ImportOptions = Omit<CopyOptions, "sourceSchema">;

/**
 * Moves a SQLite or JSON file, an export's folder or the schema of a PostgreSQL URL into a PostgreSQL URL, `embedded` or
 * a SQLite file, as a run that can be resumed, validated and rolled back. Throws RowhaulError.
 */
export async function copy(source: string, target: string, options: CopyOptions = {}): Promise<RunResult> {
  return run(copySettings(source, target, options), options);
}

/** As {@link copy}, of an export's folder or a JSON file; its runs are called imports. */
export async function importData(source: string, target: string, options: ImportOptions = {}): Promise<RunResult> {
  return run(copySettings(source, target, { ...options, verb: "import" }), options);
}
