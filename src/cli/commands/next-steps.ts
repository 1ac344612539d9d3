/** The commands that come next, as lines that can be pasted. */

import { relative } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { shellWord } from "../../core/messages/shell-word.ts";
import { yamlText } from "../../core/messages/yaml-text.ts";
import { intoMode } from "../../core/plan/into-mode.ts";
import type { Settings } from "../../core/settings.ts";
import type { RunResult } from "../../index.ts";
import { shownPlace } from "../../pipeline/file/places.ts";
import type { Call } from "../command.ts";
import { invokedAs } from "../invoked-as.ts";
import { type Hint, type Hints, runOfPlaces } from "./run-options.ts";

/** After a command on a pipeline file. */
export async function nextSteps(call: Call, result: RunResult, settings: Settings): Promise<string[]> {
  switch (result.stage) {
    case "planned":
      return [`  ${again(call, "run")}   do it`];
    case "loaded":
      return [`  ${again(call, "validate")}   prove it`];
    case "validated":
      return settings.environment.validateOnly ? [] : [`  ${again(call, "cutover")}   switch the application`];
    case "done":
      return [
        ...(await stoppedServer(settings)),
        `  ${again(call, "report").padEnd(again(call, "rollback").length)}   the report, at any time`,
        `  ${again(call, "rollback")}   back to what was before`,
        `  ${again(call, "clean").padEnd(again(call, "rollback").length)}   remove the snapshot and what was kept aside`,
      ];
    default:
      return result.outcome === "go" ? [`  ${again(call, "plan")}   see every decision`] : [];
  }
}

/** Another command on the same pipeline, as the user called this one: in another environment it would be another run. */
export function again(
  call: Call,
  command: "plan" | "run" | "validate" | "cutover" | "report" | "rollback" | "clean",
): string {
  const environment = call.value("env");
  const tables = call.value("tables");
  const decides = ["plan", "run", "cutover"].includes(command);
  return [
    `rowhaul ${command} ${shellWord(call.arguments[0] ?? "")}`,
    ...(environment === undefined ? [] : [`--env ${shellWord(environment)}`]),
    ...(tables === undefined || !decides ? [] : [`--tables ${shellWord(tables)}`]),
    ...(call.flag("accept-all") && decides ? ["--accept-all"] : []),
  ].join(" ");
}

/** After a copy or an import, whose runs are identified by source and target. */
export function runSteps(call: Call, result: RunResult): string[] {
  if (result.stage !== "done") return [];
  const places = placesOf(call);
  return [
    `  rowhaul validate ${places}   prove it again, at any time`,
    `  rowhaul rollback ${places}   back to what was before`,
    `  rowhaul clean ${places}      remove the snapshot and what was kept aside`,
  ];
}

/** When a copy or an import stops with questions that only a pipeline file can answer: how to get one. */
export function questionsHint(call: Call, settings: Settings, thrown: unknown): Hint {
  const { target } = settings;
  if (intoMode(target.existing) !== null && target.kind === "sqlite")
    return {
      hint: "Save these lines as a pipeline file, each with the answer that you mean, and `rowhaul run` it. --accept-all takes the defaults of those that have one.",
      keepLines: true,
      head: fileHead(call, settings),
    };
  if (!goesIntoServer(target)) {
    const source = shellWord(shownPlace(call.arguments[0] ?? ""));
    // What is asked has no default.
    const given = thrown instanceof RowhaulError ? /--accept-all gives [^.]+/.exec(thrown.hint)?.[0] : undefined;
    return given === undefined
      ? `Take every default with --accept-all, or write a pipeline file: \`rowhaul init ${source}\`.`
      : `Write a pipeline file: \`rowhaul init ${source}\`. It has these questions as comments, each with its line; ${given}.`;
  }
  const keys = target.existing === "append" ? " Where only keys are taken, --merge, --skip or --replace will do." : "";
  return {
    hint: `Write a pipeline file: \`rowhaul init ${placesOf(call)}\`. It has these questions as comments, each with its line: give the answers that you mean there, then \`rowhaul run\` it. --accept-all takes the defaults of those that have one.${keys}`,
    keepLines: true,
  };
}

/** When existing tables do not fit: a pipeline file can rename, leave out, and answer the other questions. */
export function mismatchHint(call: Call, { target }: Settings): Hints {
  if (!goesIntoServer(target)) return {};
  const hint = `See each message; what a pipeline file can answer, answer in the one that \`rowhaul init ${placesOf(call)}\` writes.`;
  return { TARGET_MISMATCH: { hint, keepLines: true } };
}

/** The beginning of a pipeline file that does the same as this call. */
function fileHead(call: Call, { name, source, target, include }: Settings): string[] {
  const [from = "", to = ""] = call.arguments;
  const url = '"${SOURCE_URL}"';
  const where =
    source.kind === "postgres" ? `url: ${url}, schema: ${yamlText(source.schema)}` : `path: ${yamlText(from)}`;
  return [
    `name: ${yamlText(name)}`,
    `source: { kind: ${source.kind}, ${where} }`,
    `target: { kind: sqlite, path: ${yamlText(to)}, existing: ${target.existing} }`,
    ...(include === null ? [] : [`tables: { ${include.map((one) => `${yamlText(one)}: {}`).join(", ")} }`]),
  ];
}

function goesIntoServer({ existing, kind }: Settings["target"]): boolean {
  return intoMode(existing) !== null && kind === "postgres";
}

/** The command that started this run, with its source and target, for a command that was called on the run. */
export function movedBy(name: string, call: Call): string {
  if (name === "copy" || name === "import") return `${name} ${placesOf(call)}`;
  const { verb, existing } = runOfPlaces(call);
  return [`${verb} ${placesOf(call)}`, ...(existing === "refuse" ? [] : [`--${existing}`])].join(" ");
}

/** Source and target as they were given, without a password. */
export function placesOf(call: Pick<Call, "arguments" | "value">): string {
  const schema = call.value("schema");
  const places = call.arguments.map((place) => shellWord(shownPlace(place)));
  return [...places, ...(schema === undefined ? [] : [`--schema ${shellWord(schema)}`])].join(" ");
}

/** After `copy embedded`, for which there is no pipeline file to name. */
export function embeddedSteps(result: RunResult, settings: Settings): string[] {
  const folder = shownFolder(settings.folder);
  const schema = settings.target.kind === "sqlite" ? "main" : settings.target.schema;
  const table = result.plan?.tables.map((one) => one.target).find((name) => plain.test(name));
  const query =
    table === undefined || !plain.test(schema)
      ? "SELECT …"
      : `SELECT * FROM ${schema === "public" ? "" : `${schema}.`}${table} LIMIT 5`;
  return [
    `  rowhaul query "${query}" --embedded ${folder}`,
    `  rowhaul up ${folder}      start it, leave it running and print its URL`,
    `  rowhaul down ${folder}    stop it again`,
  ];
}

const plain = /^[a-z_][a-z0-9_]*$/;

/** The configuration now names a server that is no longer running. */
async function stoppedServer(settings: Settings): Promise<string[]> {
  if (settings.target.kind !== "embedded") return [];
  const { embeddedDirectory, embeddedStatus } = await import("../../embedded/index.ts");
  // One that was running before the run still is.
  if ((await embeddedStatus(embeddedDirectory(settings.folder))).running) return [];
  const folder = shownFolder(settings.folder);
  const name = invokedAs();
  return [
    `  The embedded PostgreSQL is stopped now; for the application: ${name} up ${folder}   (and ${name} down ${folder})`,
  ];
}

function shownFolder(folder: string): string {
  return shellWord(relative(process.cwd(), folder) || ".");
}
