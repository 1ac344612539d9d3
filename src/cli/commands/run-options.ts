/** What commands that run phases have in common. */

import { basename } from "node:path";
import { plural } from "../../core/messages/count.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { Settings } from "../../core/settings.ts";
import { copySettings } from "../../pipeline/file/copy-settings.ts";
import { onlyTables } from "../../pipeline/file/only-tables.ts";
import { homeOf } from "../../pipeline/home-of.ts";
import type { RunOptions } from "../../pipeline/jobs/options.ts";
import { status } from "../../pipeline/jobs/status.ts";
import { planText } from "../../report/plan-text.ts";
import { wrapText } from "../../report/wrap.ts";
import type { Call } from "../command.ts";
import { confirm } from "../confirm.ts";
import { existingRowsText } from "./existing-rows.ts";

export function runOptions(call: Call, settings: Settings): RunOptions {
  const shown = shownTarget(settings);
  return {
    onEvent: call.emit,
    signal: call.signal,
    acceptAll: call.flag("accept-all"),
    fresh: call.flag("fresh"),
    dryRun: call.flag("dry-run"),
    forward: call.flag("forward"),
    discardNewWrites: call.flag("discard-new-writes"),
    confirm: async (plan) => confirmed(call, plan, shown, settings),
  };
}

/** `head`: lines that stand before them, where they are to be a whole file. */
export type Hint = string | { readonly hint: string; readonly keepLines: true; readonly head?: readonly string[] };
/** By error code. */
export type Hints = Readonly<Partial<Record<string, Hint>>>;

/**
 * Errors' hints speak of the pipeline file; where there is none to edit, these stand in their place. Lines for it are
 * left out, unless the hint leads to a file for them.
 */
export function withHints(thrown: unknown, hints: Hints): unknown {
  if (!(thrown instanceof RowhaulError)) return thrown;
  const { code, message, place, details } = thrown;
  const given = hints[code];
  // An error about a single row has another hint than the plan's questions.
  if (given === undefined || (code === "HAZARDS_NOT_ACCEPTED" && place.key !== undefined)) return thrown;
  const paste = typeof given === "string" ? [] : [...(given.head ?? []), ...thrown.paste];
  const hint = typeof given === "string" ? given : given.hint;
  return new RowhaulError(code, message, { hint, place, details, paste, cause: thrown });
}

/** A pipeline, or the source and target of a copy or an import, which have runs like any other. */
export async function pipelineOrPlaces(call: Call): Promise<Settings> {
  if (call.arguments[1] === undefined) return await pipelineOf(call);
  const { verb, existing } = runOfPlaces(call);
  return placedSettings(call, verb, existing);
}

type Existing = Settings["target"]["existing"];

/** Which command made this run, and its flags for existing tables, so that they need not be repeated. */
export function runOfPlaces(call: Call): { readonly verb: "import" | "copy"; readonly existing: Existing } {
  const verb = (["import", "copy"] as const).find((one) => status(placedSettings(call, one)).length > 0) ?? "import";
  const loaded = homeOf(placedSettings(call, verb))
    .kept()
    .findLast(({ record }) => record?.existing !== undefined);
  return { verb, existing: loaded?.record?.existing ?? "refuse" };
}

function placedSettings(call: Call, verb: "import" | "copy", existing: Existing = "refuse"): Settings {
  const schema = call.value("schema");
  return copySettings(required(call, 0, "a source"), required(call, 1, "a target"), {
    verb,
    existing,
    ...(schema === undefined ? {} : { schema }),
  });
}

/** The pipeline of the first argument, narrowed by --tables. */
export async function pipelineOf(call: Call): Promise<Settings> {
  // Commands that read no pipeline file load neither the YAML parser nor the schema.
  const { readPipeline } = await import("../../pipeline/file/read-pipeline.ts");
  const settings = readPipeline(required(call, 0, "a pipeline file"), process.env, call.value("env") ?? null);
  const tables = call.value("tables");
  if (tables === undefined) return settings;
  return onlyTables(settings, namesOf(tables));
}

export function namesOf(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

export function required(call: Call, position: number, what: string): string {
  const argument = call.arguments[position];
  if (argument === undefined || argument === "") throw new RowhaulError("USAGE", `The command needs ${what}.`);
  return argument;
}

/** As strict as the environment wants it; throws NOT_CONFIRMED. */
async function confirmed(call: Call, plan: Plan, shown: string, { environment, target }: Settings): Promise<boolean> {
  const where = target.kind === "sqlite" ? shown : `${shown}, schema ${plan.target.schema}`;
  const rows = `${plural(plan.estimate.rows, "row")} in ${plural(plan.tables.length, "table")}`;
  // Whoever must type a name should have seen what it is for.
  if (environment.confirm === "name" && !call.json && !call.flag("quiet"))
    call.print(wrapText(planText(plan, call.paint), call.width));
  await confirm(environment, {
    doing: `Move ${rows} into ${where}${existingRowsText(plan, target.existing)}`,
    database: databaseName(target),
    yes: call.flag("yes"),
    given: call.value("confirm") ?? null,
    ask: call.askLine,
  });
  return true;
}

/** What `confirm: name` wants typed: the database's name, or the file's. */
function databaseName(target: Settings["target"]): string {
  if (target.kind === "sqlite") return basename(target.path);
  if (target.kind === "embedded") return "embedded";
  try {
    return decodeURIComponent(new URL(target.url).pathname.slice(1)) || "postgres";
  } catch {
    return "postgres";
  }
}

/** The target of a pipeline, without its password. */
export function shownTarget({ target }: Settings): string {
  if (target.kind === "embedded") return "the embedded PostgreSQL";
  if (target.kind === "sqlite") return target.path;
  try {
    const url = new URL(target.url);
    return `${url.hostname}:${url.port || 5432}${url.pathname}`;
  } catch {
    return "the target";
  }
}
