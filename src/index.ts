/**
 * rowhaul as a library: everything the command line does. Functions take a pipeline file's path or settings, report
 * through `onEvent`, stop at `signal`, and reject with a {@link RowhaulError}. See docs/library.md.
 *
 * @example
 * import { run } from "rowhaul";
 * const result = await run("pipelines/knowledge-base.yaml", { onEvent: (event) => console.log(event.type) });
 */
import type { Comparison } from "./compare/comparison.ts";
import type { Report } from "./core/report.ts";
import type { Settings } from "./core/settings.ts";
import type { Embedded } from "./embedded/index.ts";
import type { ExportSummary } from "./phases/export.ts";
import type { RunResult } from "./phases/run/run-options.ts";
import type { Draft, DraftOptions } from "./pipeline/draft/draft-pipeline.ts";
import { readPipeline } from "./pipeline/file/read-pipeline.ts";
import type { CompareOptions } from "./pipeline/jobs/compare.ts";
import type { CopyOptions, ImportOptions } from "./pipeline/jobs/copy.ts";
import type { DownOptions, DownResult, QueryPlace } from "./pipeline/jobs/embedded.ts";
import type { ExportDataOptions } from "./pipeline/jobs/export.ts";
import type {
  CheckOptions,
  CleanOptions,
  CutoverOptions,
  LoadOptions,
  PlanOptions,
  RehearseOptions,
  RollbackOptions,
  RunOptions,
  ValidateOptions,
} from "./pipeline/jobs/options.ts";
import { report as reportOf } from "./pipeline/jobs/report.ts";
import { type RunSummary, status as statusOf } from "./pipeline/jobs/status.ts";
import type { QueryResult } from "./pipeline/query.ts";

export { RowhaulError } from "./core/messages/errors.ts";
export { copySettings } from "./pipeline/file/copy-settings.ts";
export { onlyTables } from "./pipeline/file/only-tables.ts";
export { readPipeline } from "./pipeline/file/read-pipeline.ts";
export type * from "./types.ts";

/** A pipeline file's path, or settings made by {@link readPipeline}, {@link copySettings} or {@link onlyTables}. */
export type Pipeline = string | Settings;

/**
 * The whole job: preflight to cutover. One that was stopped goes on; one that is finished, on a source that has not
 * changed, has the outcome `nothing to do`. Throws RowhaulError.
 */
export async function run(pipeline: Pipeline, options: RunOptions = {}): Promise<RunResult> {
  return (await phases()).run(settingsOf(pipeline), options);
}

/** Preflight alone: is everything there, reachable and whole? Changes nothing. Throws CHECKS_FAILED, SOURCE_*, TARGET_*. */
export async function check(pipeline: Pipeline, options: CheckOptions = {}): Promise<RunResult> {
  return (await phases()).check(settingsOf(pipeline), options);
}

/** Preflight to plan; changes nothing in the target. Throws HAZARDS_NOT_ACCEPTED when the plan could not be executed. */
export async function plan(pipeline: Pipeline, options: PlanOptions = {}): Promise<RunResult> {
  return (await phases()).plan(settingsOf(pipeline), options);
}

/** Up to a loaded staging schema, of which the application sees nothing. Throws RowhaulError. */
export async function load(pipeline: Pipeline, options: LoadOptions = {}): Promise<RunResult> {
  return (await phases()).load(settingsOf(pipeline), options);
}

/** Proves the newest run again, in staging or live. Throws VALIDATION_FAILED, NO_RUN. */
export async function validate(pipeline: Pipeline, options: ValidateOptions = {}): Promise<RunResult> {
  return (await phases()).validate(settingsOf(pipeline), options);
}

/** Switches the application to the newest run, which must be validated. Throws NOT_VALIDATED, SOURCE_CHANGED, CUTOVER_FAILED. */
export async function cutover(pipeline: Pipeline, options: CutoverOptions = {}): Promise<RunResult> {
  return (await phases()).cutover(settingsOf(pipeline), options);
}

/** Back to what was before the newest cutover. Throws ROLLBACK_REFUSED when that would hide new rows, NO_RUN. */
export async function rollback(pipeline: Pipeline, options: RollbackOptions = {}): Promise<RunResult> {
  return (await phases()).rollback(settingsOf(pipeline), options);
}

/** The whole job against an embedded PostgreSQL that lives only as long as this call; neither files nor target are touched. */
export async function rehearse(pipeline: Pipeline, options: RehearseOptions = {}): Promise<RunResult> {
  return (await import("./pipeline/jobs/rehearse.ts")).rehearse(settingsOf(pipeline), options);
}

/** The pipeline's runs, oldest first, from the folders beside it. */
export function status(pipeline: Pipeline): RunSummary[] {
  return statusOf(settingsOf(pipeline));
}

/** The newest run's report; null when there is none. */
export function report(pipeline: Pipeline): Report | null {
  return reportOf(settingsOf(pipeline));
}

/** Removes the pipeline's runs from target and disk; returns what was removed. The live tables stay. Throws OPEN_JOURNAL. */
export async function clean(pipeline: Pipeline, options: CleanOptions = {}): Promise<string[]> {
  return (await import("./pipeline/jobs/clean.ts")).clean(settingsOf(pipeline), options);
}

/**
 * Moves one store as a whole into another, without a pipeline file. `source`: a SQLite or JSON file, an export's folder or
 * a PostgreSQL URL. `target`: a PostgreSQL URL, `embedded`, or a SQLite file. It is a run like any other: {@link copySettings}
 * with the same arguments gives the settings for `validate`, `rollback`, `report` and `clean`. Throws RowhaulError.
 */
export async function copy(source: string, target: string, options: CopyOptions = {}): Promise<RunResult> {
  return (await import("./pipeline/jobs/copy.ts")).copy(source, target, options);
}

/** Takes an export's folder, or a JSON file, as {@link copy} does; {@link copySettings} then needs `verb: "import"`. Throws RowhaulError. */
export async function importData(source: string, target: string, options: ImportOptions = {}): Promise<RunResult> {
  return (await import("./pipeline/jobs/copy.ts")).importData(source, target, options);
}

/**
 * Writes NDJSON files with a manifest into a folder. `source`: a pipeline file (`.yaml`, `.yml`) or settings, for what they
 * select and reshape; or a store: a SQLite or JSON file, an export's folder or a PostgreSQL URL.
 * Throws USAGE, SELECTION_INCOMPLETE, EXPORT_EXISTS, LOCAL_DISK, SOURCE_*.
 */
export async function exportData(
  source: Pipeline,
  folder: string,
  options: ExportDataOptions = {},
): Promise<ExportSummary> {
  return (await import("./pipeline/jobs/export.ts")).exportData(source, folder, options);
}

/**
 * Compares two stores, each a SQLite or JSON file, an export's folder or a PostgreSQL URL. Neither is changed, and
 * differences are the result. Throws SOURCE_*, LOCAL_DISK, USAGE.
 */
export async function compare(a: string, b: string, options: CompareOptions = {}): Promise<Comparison> {
  return (await import("./pipeline/jobs/compare.ts")).compare(a, b, options);
}

/** Looks at every value of a store and makes the text of a pipeline file for it; writes nothing. Throws SOURCE_*, TARGET_*. */
export async function draftPipeline(source: string, options: DraftOptions = {}): Promise<Draft> {
  return (await import("./pipeline/draft/draft-pipeline.ts")).draftPipeline(source, options);
}

/** As {@link draftPipeline}, and writes the file. Throws USAGE where one is there already. */
export async function init(source: string, options: DraftOptions = {}): Promise<Draft> {
  return (await import("./pipeline/jobs/init.ts")).init(source, options);
}

/**
 * Starts the embedded PostgreSQL of a folder, or of a pipeline file in it, or adopts the one that runs there. It outlives
 * this process unless `stop` is called, or {@link down}. Throws EMBEDDED_NOT_INSTALLED, EMBEDDED_FAILED, USAGE.
 */
export async function up(folder = "."): Promise<Embedded> {
  return (await embedded()).up(folder);
}

/** Stops the embedded PostgreSQL of a folder, or of a pipeline file in it; its data go only with `remove`. Throws USAGE, NOT_CONFIRMED. */
export async function down(folder = ".", options: DownOptions = {}): Promise<DownResult> {
  return (await embedded()).down(folder, options);
}

/**
 * Runs one statement in a read-only transaction, on a server or on the embedded one of a folder, by default the working
 * directory's; that is started for it if need be. Values are texts, as PostgreSQL writes them. Throws QUERY_FAILED, USAGE, TARGET_*.
 */
export async function query(sql: string, place: QueryPlace = { folder: "." }): Promise<QueryResult> {
  return (await embedded()).query(sql, place);
}

function settingsOf(pipeline: Pipeline): Settings {
  return typeof pipeline === "string" ? readPipeline(pipeline) : pipeline;
}

/** Loaded when they are first called: most programs use few of the functions. */
const phases = () => import("./pipeline/jobs/run.ts");
const embedded = () => import("./pipeline/jobs/embedded.ts");
