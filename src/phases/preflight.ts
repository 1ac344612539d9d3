/**
 * Preflight: a go / no-go list before anything is copied. Every check is made,
 * whatever the others say; a failure among them stops the run.
 */
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { recentBackup } from "../backups/recent-backup.ts";
import { plural } from "../core/messages/count.ts";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import type { TargetFacts } from "../core/plan/target-facts.ts";
import {
  type Answer,
  type Check,
  failure,
  ok,
  refuseFailures,
  runChecklist,
  warning,
} from "../operations/checklist.ts";
import { diskCheck } from "../operations/disk-check.ts";
import { downtimeCheck, estimateDowntime } from "../operations/downtime.ts";
import { baselineLines, measureBaseline } from "../operations/performance.ts";
import { sqliteChecks } from "../operations/source-checks.ts";
import { onDisk } from "../system/disk-error.ts";
import { functionPaths } from "../transforms/step-files.ts";
import { fileEdits } from "./cutover.ts";
import { namesTaken } from "./names-taken.ts";
import { bytesText, type Context, phase } from "./run/context.ts";
import { earlierRuns } from "./run/earlier-runs.ts";

/**
 * `check` also reads the source whole, for its health; a run does that later anyway. A `plan` changes nothing, so it needs
 * no backup.
 */
export type Purpose = "check" | "plan" | "run";

export async function preflight(context: Context, run: string | null, purpose: Purpose): Promise<TargetFacts> {
  return phase(context, "preflight", async () => {
    const { source, target } = context.parts;
    let facts: TargetFacts | null = null;
    let sourceIsThere = false;
    const reached = (check: (facts: TargetFacts) => Promise<string> | string): (() => Promise<Answer[]>) => {
      return async () => (facts === null ? [] : okUnlessEmpty(await check(facts)));
    };
    const list = await runChecklist(
      [
        {
          name: "source",
          check: async () => {
            const warnings = (await source.check()).map((message) => warning(message, ""));
            const bytes = bytesText(await source.bytes());
            sourceIsThere = true;
            return [...warnings, ok(`${source.shown}, ${bytes}`)];
          },
        },
        {
          name: "target",
          check: async () => {
            const found = await target.facts();
            target.check(found);
            facts = found;
            return ok(target.words.itself(found));
          },
        },
        {
          name: "no other run",
          check: reached(async () => {
            await target.runs.checkFree(run);
            return `none is at work on ${target.words.held}`;
          }),
        },
        // A plan and a run check every name later, once they know them all.
        ...(purpose === "check"
          ? [
              {
                name: "what is there",
                check: async () => (facts !== null && sourceIsThere ? namesTaken(context) : []),
              },
            ]
          : []),
        { name: "queries", check: () => okUnlessEmpty(queryFiles(context)) },
        { name: "functions", check: () => okUnlessEmpty(functionFiles(context)) },
        { name: "application", check: () => applicationFiles(context) },
        { name: "row security", check: reached(async (found) => target.rowSecurity(found)) },
        ...health(context, purpose),
        { name: "seed", check: () => seed(context) },
        // Both need the source's size: an unreachable source is reported once.
        { name: "disk", check: () => (sourceIsThere ? disk(context) : []) },
        { name: "downtime", check: async () => (sourceIsThere ? downtime(context) : []) },
      ],
      (line) => context.emit({ type: "check", ...line }),
      context.signal,
    );
    refuseFailures(list);
    if (facts === null) throw new RowhaulError("TARGET_UNREACHABLE", `${target.shown} says nothing about itself.`);
    const warnings = list.lines.filter(({ outcome }) => outcome === "warning").length;
    const summary = warnings === 0 ? "go" : `go, with ${plural(warnings, "warning")}`;
    return { result: facts as TargetFacts, summary };
  });
}

/** An empty text is a check that has nothing to say. */
function okUnlessEmpty(message: string): Answer[] {
  return message === "" ? [] : [ok(message)];
}

/** Of a SQLite file: what it says about itself, and whether there is a backup of it. */
function health(context: Context, purpose: Purpose): Check[] {
  const { settings, signal } = context;
  const { environment } = settings;
  const { file: source } = context.parts.source;
  const file = source === null ? null : sqliteChecks(source, signal);
  const backups: Check = {
    name: "backups",
    check: async () => {
      const read = environment.backup === "require" ? await file?.facts().catch(() => null) : null;
      const orphans = [...(read?.orphans?.values() ?? [])].reduce((sum, count) => sum + count, 0);
      const answers = await recentBackup({
        environment,
        base: settings.folder,
        source,
        facts: read === null || read === undefined ? null : { rows: read.rows, orphans },
        scratch: context.home.path,
        signal,
      });
      return answers ?? [];
    },
  };
  return [
    ...(purpose === "check" ? [...(file?.checks ?? []), baseline(context)] : []),
    ...(purpose === "plan" ? [] : [backups]),
  ];
}

/** How long the application's queries take now; a run measures them again on its snapshot. */
function baseline({ settings: { environment }, parts: { source }, signal }: Context): Check {
  return {
    name: "performance",
    check: async () => {
      if (environment.performance === null || source.file === null) return [];
      const measured = await measureBaseline(environment.performance, source.file, signal);
      return baselineLines(measured).map(({ name, outcome, message, remedy }) => ({
        outcome,
        message: `${name}: ${message}`,
        remedy,
      }));
    },
  };
}

async function seed({ settings }: Context): Promise<Answer[]> {
  const { seed: path } = settings.environment;
  if (path === null) return [];
  const { checkSeed } = await import("../operations/seed/seed.ts");
  try {
    checkSeed(resolve(settings.folder, path));
  } catch (thrown) {
    // Not SEED_FAILED, which says that the move is complete.
    return [failure(messageOf(thrown), "Correct the seed, or take it out of the environment.")];
  }
  return [ok(`${path} will be put in after the cutover`)];
}

async function disk(context: Context): Promise<Answer> {
  const { parts, settings, home } = context;
  onDisk(home.path, () => mkdirSync(home.path, { recursive: true, mode: 0o700 }));
  const answer = diskCheck(home.path, await parts.source.bytes(), settings.disk === "refuse");
  if (answer.outcome === "failure") throw new RowhaulError("TARGET_DISK", answer.message);
  return answer;
}

async function downtime(context: Context): Promise<Answer[]> {
  const { maxDowntimeMs } = context.settings.environment;
  if (maxDowntimeMs === null) return [];
  const estimate = estimateDowntime(await context.parts.source.bytes(), null, earlierRuns(context.home));
  const answer = downtimeCheck(maxDowntimeMs, estimate);
  return answer === null ? [] : [answer];
}

/** The user's own queries are read only in validate; that they are there is seen now. */
function queryFiles({ settings: { search, validate } }: Context): string {
  if (!validate.search || search.check.files.length === 0) return "";
  const missing = search.check.files.filter(({ path }) => !existsSync(path));
  if (missing.length > 0)
    throw new RowhaulError("PIPELINE_INVALID", `There is no file ${missing.map(({ path }) => path).join(", ")}.`, {
      hint: "Correct `validate.search.queries` in the pipeline file.",
    });
  return plural(search.check.files.length, "file");
}

/** They are imported only when rows are transformed; that they are there is seen before the snapshot. */
function functionFiles({ settings: { tables, folder } }: Context): string {
  const paths = functionPaths(Object.values(tables ?? {}).flatMap(({ steps }) => steps));
  const missing = paths.filter((path) => !existsSync(resolve(folder, path)));
  if (missing.length > 0)
    throw new RowhaulError("PLAN_INVALID", `There is no file ${missing.join(", ")} with a function.`, {
      hint: "A function's path is relative to the pipeline file.",
    });
  return paths.length === 0 ? "" : paths.join(", ");
}

/** Mistakes in the application's files are found now, not after hours of loading. */
async function applicationFiles({ settings, parts }: Context): Promise<Answer[]> {
  if (settings.cutover === null) return [];
  parts.source.checkLockable();
  const edits = fileEdits(settings.cutover, parts.target.values);
  const files = await parts.files();
  const planned = files.plan(edits);
  const added = files.added(edits).map((setting) => warning(setting, ""));
  for (const step of settings.cutover) {
    if (step.kind === "check" && !existsSync(step.folder))
      throw new RowhaulError(
        "PIPELINE_INVALID",
        `The folder of the check \`${step.command}\` does not exist: ${step.folder}.`,
      );
  }
  return [...added, ok(`${plural(planned.length, "file")} can be rewritten`)];
}
