/**
 * rowhaul as a library: everything the command line does. Each function takes a
 * pipeline file's path, or settings, and reports through `onEvent`.
 *
 * @example
 * import { run } from "rowhaul";
 * const result = await run("pipelines/knowledge-base.yaml", { onEvent: (event) => console.log(event.type) });
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Comparison } from "./compare/comparison.ts";
import { type Emit, silent } from "./core/events.ts";
import { plural } from "./core/messages/count.ts";
import { RowhaulError } from "./core/messages/errors.ts";
import { intoMode } from "./core/plan/into-mode.ts";
import type { Plan } from "./core/plan/plan.ts";
import type { Report } from "./core/report.ts";
import type { JsonSettings, Settings } from "./core/settings.ts";
import { cleanRuns } from "./phases/clean.ts";
import type { ExportSummary } from "./phases/export.ts";
import { rollbackRun, run as runPhases, validateRun } from "./phases/run.ts";
import type { RunOptions, RunResult } from "./phases/run-options.ts";
import { comparePlaces } from "./pipeline/compare-places.ts";
import { compose, homeOf } from "./pipeline/compose.ts";
import { copySettings } from "./pipeline/copy-settings.ts";
import { noEnvironment } from "./pipeline/environment-of.ts";
import { type ExportOptions, exportSettings } from "./pipeline/export-data.ts";
import { pathAt } from "./pipeline/path-at.ts";
import { isJson, isUrl } from "./pipeline/places.ts";
import { readPipeline } from "./pipeline/read-pipeline.ts";
import { withAcceptAll } from "./pipeline/settings.ts";
import { Journal } from "./run-folder/journal.ts";
import { withFullPath } from "./transforms/step-settings.ts";

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
export { readPipeline } from "./pipeline/read-pipeline.ts";
export type { RowFunction, RowInfo, RowValue } from "./transforms/functions/row-function.ts";

export type Options = {
  /** Receives every event; must not throw. */
  readonly onEvent?: Emit;
  /** Stops cleanly: the run can be resumed. */
  readonly signal?: AbortSignal;
  /** Takes every hazard's default policy. */
  readonly acceptAll?: boolean;
  /** Discards a stopped run and takes a new snapshot. */
  readonly fresh?: boolean;
  /** Asked with the plan before the target is changed; default: yes. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  /** Called with the plan as soon as it is made, accepted or not. */
  readonly onPlan?: (plan: Plan) => void;
  /** The last phase to run; default: all of them. */
  readonly until?: RunOptions["until"];
  readonly dryRun?: boolean;
  readonly forward?: boolean;
  /** Goes on although rows that the application wrote since an earlier switch would be hidden. */
  readonly discardNewWrites?: boolean;
  /** Only goes on with a run whose validation passed; else throws NOT_VALIDATED. */
  readonly validated?: boolean;
  /** Where an embedded target lives; `temporary` throws it away. */
  readonly embedded?: "kept" | "temporary";
};

/** A pipeline file's path, or settings made by {@link readPipeline} or {@link copySettings}. */
export type Pipeline = string | Settings;

/** The whole job: preflight to cutover. Throws RowhaulError. */
export async function run(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  return composed(pipeline, options, (context) =>
    runPhases(context, {
      until: options.until ?? "cutover",
      fresh: options.fresh ?? false,
      dryRun: options.dryRun ?? false,
      forward: options.forward ?? false,
      validated: options.validated ?? false,
      discardNewWrites: options.discardNewWrites ?? false,
      confirm: options.confirm ?? (async () => true),
      onPlan: options.onPlan ?? (() => {}),
    }),
  );
}

/** Preflight to plan; changes nothing in the target. Throws HAZARDS_NOT_ACCEPTED when the plan could not be executed. */
export async function plan(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  return run(pipeline, { ...options, until: "plan" });
}

/** Proves the newest run again, in staging or live. Throws VALIDATION_FAILED. */
export async function validate(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  return composed(pipeline, options, (context) => validateRun(context));
}

/** Back to what was before the newest cutover. Throws ROLLBACK_REFUSED when that would hide new rows. */
export async function rollback(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  const confirm = options.confirm;
  return composed(pipeline, options, (context) =>
    rollbackRun(context, {
      discardNewWrites: options.discardNewWrites ?? false,
      confirm: confirm === undefined ? async () => true : (folder) => confirm(folder.plan),
    }),
  );
}

/** The whole job against an embedded PostgreSQL that lives only as long as this call; neither files nor target are touched. */
export async function rehearse(pipeline: Pipeline, options: Options = {}): Promise<RunResult> {
  const read = typeof pipeline === "string" ? readPipeline(pipeline) : pipeline;
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-rehearsal-"));
  const settings: Settings = {
    ...read,
    folder,
    tables: withFullPaths(read),
    cutover: null,
    environment: { ...noEnvironment, confirm: "none", performance: read.environment.performance },
    target: { ...read.target, kind: "embedded", url: null, path: null, owner: null, grants: [] },
  };
  try {
    const result = await run(settings, { ...options, embedded: "temporary" });
    return { ...result, outcome: rehearsed(result, read) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A rehearsal is kept in a folder of its own; functions stay where they are. */
function withFullPaths({ tables, folder }: Settings): Settings["tables"] {
  if (tables === null) return null;
  const settled = Object.entries(tables).map(([name, table]) => {
    const steps = table.steps.map((step) => withFullPath(step, folder));
    return [name, { ...table, steps }] as const;
  });
  return Object.fromEntries(settled);
}

/** A rehearsal stops before the application: its files and checks are told, so that nobody takes them for tried. */
function rehearsed(
  { plan: made, outcome }: RunResult,
  { cutover, validate: wanted, target, tables }: Settings,
): string {
  if (made === null) return `rehearsed: ${outcome}`;
  const files = new Set((cutover ?? []).flatMap((step) => (step.kind === "file" ? [step.path] : []))).size;
  const checks = (cutover ?? []).filter((step) => step.kind === "check").length;
  const into = [target.existing, ...Object.values(tables ?? {}).map((table) => table.existing)];
  const left = [
    ...(into.some((mode) => mode !== null && intoMode(mode) !== null)
      ? ["how rows go into the application's tables, at which `plan` looks"]
      : []),
    ...(files > 0 ? [plural(files, "file")] : []),
    ...(checks > 0 ? [plural(checks, "check")] : []),
  ];
  const arrived = `${plural(made.estimate.rows, "row")} in ${plural(made.tables.length, "table")} arrive${wanted.parity ? " and are proven" : ""}`;
  return `rehearsed: ${arrived}${left.length === 0 ? "" : `; not rehearsed: ${left.join(", ")}`}`;
}

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
export function status(pipeline: Pipeline): RunSummary[] {
  const settings = typeof pipeline === "string" ? readPipeline(pipeline) : pipeline;
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

/** The newest run's report; null when there is none. */
export function report(pipeline: Pipeline): Report | null {
  const settings = typeof pipeline === "string" ? readPipeline(pipeline) : pipeline;
  return homeOf(settings).latest()?.report() ?? null;
}

/** Removes the pipeline's runs from target and disk; returns what was removed. The live tables stay. */
export async function clean(
  pipeline: Pipeline,
  options: { readonly onEvent?: Emit; readonly signal?: AbortSignal; readonly confirm?: () => Promise<boolean> } = {},
): Promise<string[]> {
  const { confirm, ...rest } = options;
  return composed(pipeline, rest, (context) => cleanRuns(context, confirm ?? (async () => true)));
}

/**
 * Writes a store, or what a pipeline selects and reshapes of it, as NDJSON files with a manifest.
 * Throws SELECTION_INCOMPLETE, EXPORT_EXISTS, LOCAL_DISK, SOURCE_*.
 */
export async function exportData(
  pipeline: Pipeline,
  folder: string,
  options: ExportOptions & { readonly acceptAll?: boolean } = {},
): Promise<ExportSummary> {
  const read = typeof pipeline === "string" ? readPipeline(pipeline) : pipeline;
  return exportSettings(options.acceptAll === true ? withAcceptAll(read) : read, pathAt(folder), options);
}

/**
 * Compares two stores, each a SQLite or JSON file, an export's folder or a PostgreSQL URL. Neither is changed.
 * Throws SOURCE_*; differences are the result.
 */
export async function compare(
  a: string,
  b: string,
  options: {
    readonly onEvent?: Emit;
    readonly signal?: AbortSignal;
    readonly tables?: readonly string[];
    /** Of a PostgreSQL store; of the second, where it is another one there. */
    readonly schema?: string;
    readonly otherSchema?: string;
    /** Of the stores that are JSON files: fields that are missing in some rows and null in others. */
    readonly missing?: JsonSettings["missing"];
    /** Compares by meaning also where both stores are of a kind. */
    readonly byMeaning?: boolean;
  } = {},
): Promise<Comparison> {
  const { tables, schema, otherSchema, missing, byMeaning = false, ...rest } = options;
  const side = (place: string, sourceSchema: string | undefined, usualSchema?: string): Settings =>
    copySettings(place, "embedded", {
      ...(tables === undefined ? {} : { tables }),
      ...(sourceSchema === undefined ? {} : { sourceSchema }),
      ...(usualSchema === undefined ? {} : { usualSchema }),
      ...(missing === undefined || !isJson(place) ? {} : { missing }),
    });
  if (missing !== undefined && !isJson(a) && !isJson(b))
    throw new RowhaulError("USAGE", "--missing says what becomes of a JSON file's fields, and neither store is one.", {
      hint: "Leave it out.",
    });
  // Of two servers, the second's URL may name another schema; beside a file, `schema` can only be the server's.
  const second = otherSchema ?? (isUrl(a) ? undefined : schema);
  return comparePlaces({ a: side(a, schema), b: side(b, second, schema), byMeaning, ...rest });
}

async function composed<T>(
  pipeline: Pipeline,
  options: Options,
  work: (context: Awaited<ReturnType<typeof compose>>["context"]) => Promise<T>,
): Promise<T> {
  const read = typeof pipeline === "string" ? readPipeline(pipeline) : pipeline;
  const settings = options.acceptAll === true ? withAcceptAll(read) : read;
  const { context, close } = await compose(
    settings,
    options.onEvent ?? silent,
    options.signal ?? new AbortController().signal,
    options.embedded,
  );
  try {
    return await work(context);
  } finally {
    await close();
  }
}
