/**
 * rowhaul as a library: everything the command line does. Each function takes a
 * pipeline file's path, or settings, and reports through `onEvent`.
 *
 * @example
 * import { run } from "rowhaul";
 * const result = await run("pipelines/knowledge-base.yaml", { onEvent: (event) => console.log(event.type) });
 */
import { basename } from "node:path";
import { type Emit, silent } from "./core/events.ts";
import type { Plan } from "./core/plan.ts";
import type { Settings } from "./core/settings.ts";
import { type RunOptions, type RunResult, rollbackRun, run as runPhases, validateRun } from "./phases/run.ts";
import { compose } from "./pipeline/compose.ts";
import { readPipeline } from "./pipeline/read-pipeline.ts";
import { digestOf, withAcceptAll } from "./pipeline/settings.ts";

export type { Catalog } from "./core/catalog.ts";
export type { ErrorCode } from "./core/error-codes.ts";
export { RowhaulError } from "./core/errors.ts";
export type { Event } from "./core/events.ts";
export type { Finding, ValidatorResult } from "./core/finding.ts";
export type { ColumnPlan, Hazard, Plan, TablePlan } from "./core/plan.ts";
export type { Profile } from "./core/profile.ts";
export type { Settings } from "./core/settings.ts";
export type { RunResult } from "./phases/run.ts";
export { readPipeline } from "./pipeline/read-pipeline.ts";

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
  /** The last phase to run; default: all of them. */
  readonly until?: RunOptions["until"];
  readonly dryRun?: boolean;
  readonly forward?: boolean;
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
      confirm: options.confirm ?? (async () => true),
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
export async function rollback(
  pipeline: Pipeline,
  options: Options & { readonly discardNewWrites?: boolean } = {},
): Promise<RunResult> {
  const confirm = options.confirm;
  return composed(pipeline, options, (context) =>
    rollbackRun(context, {
      discardNewWrites: options.discardNewWrites ?? false,
      confirm: confirm === undefined ? async () => true : (folder) => confirm(folder.plan),
    }),
  );
}

/** Settings for moving one SQLite file as a whole, without a pipeline file. `url`: a server, or `embedded`. */
export function copySettings(
  source: string,
  url: string,
  more: {
    readonly schema?: string;
    readonly existing?: "refuse" | "keep-aside";
    readonly folder?: string;
    readonly tables?: readonly string[];
  } = {},
): Settings {
  const stem = basename(source)
    .replace(/\.[^.]*$/, "")
    .replace(/[^A-Za-z0-9_-]/g, "-");
  const settings: Omit<Settings, "digest"> = {
    name: `copy-${stem.replace(/^-+/, "") || "database"}`.slice(0, 60),
    folder: more.folder ?? process.cwd(),
    source,
    target: {
      kind: url === "embedded" ? "embedded" : "postgres",
      url: url === "embedded" ? null : url,
      schema: more.schema ?? "public",
      existing: more.existing ?? "refuse",
      state: "rowhaul",
      owner: null,
      grants: [],
      rowSecurity: null,
      collation: "binary",
    },
    tables: null,
    include: more.tables ?? null,
    exclude: [],
    accept: [],
    acceptAll: false,
    validate: { counts: true, schema: true, parity: true },
    cutover: null,
    concurrency: 2,
    integers: "bigint",
    disk: "refuse",
  };
  return { ...settings, digest: digestOf(settings) };
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
