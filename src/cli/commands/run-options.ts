/** What commands that run phases have in common. */

import { RowhaulError } from "../../core/errors.ts";
import { sameName } from "../../core/names.ts";
import type { Plan } from "../../core/plan.ts";
import type { Options } from "../../index.ts";
import { type Pipeline, readPipeline } from "../../index.ts";
import { digestOf } from "../../pipeline/settings.ts";
import type { Call } from "../command.ts";
import type { OptionName } from "../options.ts";

export const runFlags = [
  "yes",
  "dry-run",
  "fresh",
  "accept-all",
  "tables",
  "discard-new-writes",
] as const satisfies readonly OptionName[];

export function runOptions(call: Call, shown: string): Options {
  return {
    onEvent: call.emit,
    signal: call.signal,
    acceptAll: call.flag("accept-all"),
    fresh: call.flag("fresh"),
    dryRun: call.flag("dry-run"),
    forward: call.flag("forward"),
    discardNewWrites: call.flag("discard-new-writes"),
    confirm: (plan) => confirmPlan(call, plan, shown),
  };
}

/** The pipeline of the first argument, narrowed by --tables. */
export function pipelineOf(call: Call): Exclude<Pipeline, string> {
  const settings = readPipeline(required(call, 0, "a pipeline file"));
  const tables = call.value("tables");
  if (tables === undefined) return settings;
  const include = namesOf(tables);
  const kept =
    settings.tables === null
      ? null
      : Object.fromEntries(
          Object.entries(settings.tables).filter(([name]) => include.some((one) => sameName(one, name))),
        );
  const narrowed = { ...settings, tables: kept, include };
  return { ...narrowed, digest: digestOf(narrowed) };
}

export function namesOf(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

export function required(call: Call, position: number, what: string): string {
  const argument = call.arguments[position];
  if (argument === undefined) throw new RowhaulError("USAGE", `The command needs ${what}.`);
  return argument;
}

function confirmPlan(call: Call, plan: Plan, shown: string): Promise<boolean> {
  const aside = plan.target.aside === null ? "" : ", moving what stands in the way aside";
  return call.ask(
    `Move ${plan.estimate.rows.toLocaleString("en-US")} rows in ${plan.tables.length} tables into ${shown}, schema ${plan.target.schema}${aside}?`,
  );
}

/** Where a pipeline leads, without password. */
export function shownTarget(settings: Exclude<Pipeline, string>): string {
  if (settings.target.kind === "embedded") return "the embedded PostgreSQL";
  if (settings.target.path !== null) return settings.target.path;
  try {
    const url = new URL(settings.target.url ?? "");
    return `${url.hostname}:${url.port || 5432}${url.pathname}`;
  } catch {
    return "the target";
  }
}
