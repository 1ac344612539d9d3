/**
 * rowhaul as a library: everything the command line does. Each function takes a
 * pipeline file's path, or settings, and reports through `onEvent`.
 *
 * @example
 * import { run } from "rowhaul";
 * const result = await run("pipelines/knowledge-base.yaml", { onEvent: (event) => console.log(event.type) });
 */
import type { Report } from "./core/report.ts";
import type { Settings } from "./core/settings.ts";
import type { ExportSummary } from "./phases/export.ts";
import type { RunResult } from "./phases/run-options.ts";
import { type CleanOptions, clean as cleanSettings } from "./pipeline/jobs/clean.ts";
import { type ExportDataOptions, exportData as exportSettings } from "./pipeline/jobs/export.ts";
import type { Options } from "./pipeline/jobs/options.ts";
import { rehearse as rehearseSettings } from "./pipeline/jobs/rehearse.ts";
import { report as reportOf } from "./pipeline/jobs/report.ts";
import {
  plan as planSettings,
  rollback as rollbackSettings,
  run as runSettings,
  validate as validateSettings,
} from "./pipeline/jobs/run.ts";
import { type RunSummary, status as statusOf } from "./pipeline/jobs/status.ts";
import { readPipeline } from "./pipeline/read-pipeline.ts";

export type { Comparison } from "./compare/comparison.ts";
export type { Event } from "./core/events.ts";
export type { Finding, ValidatorResult } from "./core/finding.ts";
export type { ErrorCode } from "./core/messages/error-codes.ts";
export { RowhaulError } from "./core/messages/errors.ts";
export type { ColumnPlan, Hazard, Plan, TablePlan } from "./core/plan/plan.ts";
export type { Profile } from "./core/plan/profile.ts";
export type { Catalog } from "./core/schema/catalog.ts";
export type { Settings } from "./core/settings.ts";
export type { ExportSummary } from "./phases/export.ts";
export type { RunResult } from "./phases/run-options.ts";
export { copySettings } from "./pipeline/copy-settings.ts";
export { type Draft, draftPipeline } from "./pipeline/draft-pipeline.ts";
export { compare } from "./pipeline/jobs/compare.ts";
export type { Options } from "./pipeline/jobs/options.ts";
export type { RunSummary } from "./pipeline/jobs/status.ts";
export { readPipeline } from "./pipeline/read-pipeline.ts";
export type { RowFunction, RowInfo, RowValue } from "./transforms/functions/row-function.ts";

/** A pipeline file's path, or settings made by {@link readPipeline} or {@link copySettings}. */
export type Pipeline = string | Settings;

/** The whole job: preflight to cutover. Throws RowhaulError. */
export async function run(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  return runSettings(settingsOf(pipeline), options);
}

/** Preflight to plan; changes nothing in the target. Throws HAZARDS_NOT_ACCEPTED when the plan could not be executed. */
export async function plan(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  return planSettings(settingsOf(pipeline), options);
}

/** Proves the newest run again, in staging or live. Throws VALIDATION_FAILED. */
export async function validate(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  return validateSettings(settingsOf(pipeline), options);
}

/** Back to what was before the newest cutover. Throws ROLLBACK_REFUSED when that would hide new rows. */
export async function rollback(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  return rollbackSettings(settingsOf(pipeline), options);
}

/** The whole job against an embedded PostgreSQL that lives only as long as this call; neither files nor target are touched. */
export async function rehearse(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  return rehearseSettings(settingsOf(pipeline), options);
}

/** The pipeline's runs, oldest first, from the folders beside it. */
export function status(pipeline: Pipeline): RunSummary[] {
  return statusOf(settingsOf(pipeline));
}

/** The newest run's report; null when there is none. */
export function report(pipeline: Pipeline): Report | null {
  return reportOf(settingsOf(pipeline));
}

/** Removes the pipeline's runs from target and disk; returns what was removed. The live tables stay. */
export async function clean(pipeline: Pipeline, options: CleanOptions = {}): Promise<string[]> {
  return cleanSettings(settingsOf(pipeline), options);
}

/**
 * Writes a store, or what a pipeline selects and reshapes of it, as NDJSON files with a manifest.
 * Throws SELECTION_INCOMPLETE, EXPORT_EXISTS, LOCAL_DISK, SOURCE_*.
 */
export async function exportData(
  pipeline: Pipeline,
  folder: string,
  options: ExportDataOptions = {},
): Promise<ExportSummary> {
  return exportSettings(settingsOf(pipeline), folder, options);
}

function settingsOf(pipeline: Pipeline): Settings {
  return typeof pipeline === "string" ? readPipeline(pipeline) : pipeline;
}
