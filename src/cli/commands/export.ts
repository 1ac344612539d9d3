import { plural } from "../../core/messages/count.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { shellWord } from "../../core/messages/shell-word.ts";
import { plainTable, type RootSelection, type Settings, type TableSettings } from "../../core/settings.ts";
import { copySettings } from "../../pipeline/copy-settings.ts";
import { exportData } from "../../pipeline/jobs/export.ts";
import { pathAt } from "../../pipeline/path-at.ts";
import { shownPlace } from "../../pipeline/places.ts";
import type { Call } from "../command.ts";
import { asTyped } from "../invoked-as.ts";
import { missingOf } from "./missing-option.ts";
import { namesOf, required } from "./run-options.ts";

export async function exportCommand(call: Call): Promise<ExitStatus> {
  const folder = pathAt(required(call, 1, "a folder to write to"));
  const summary = await exportData(await settingsOf(call), folder, {
    onEvent: call.emit,
    signal: call.signal,
    gzip: call.flag("gzip"),
    overwrite: call.flag("overwrite"),
    acceptAll: call.flag("accept-all"),
  });
  const rows = summary.tables.reduce((sum, table) => sum + table.rows, 0);
  const outcome = `${plural(rows, "row")} of ${plural(summary.tables.length, "table")} written to ${summary.folder}`;
  call.emit({ type: "result", exit: 0, outcome, run: null });
  if (call.json) return exitStatus.ok;
  call.print(`${call.paint("green", "✔")} ${call.paint("bold", outcome)}`);
  if (!call.flag("quiet")) {
    const shown = shellWord(call.arguments[1] ?? "");
    call.print(call.paint("dim", asTyped(`  rowhaul import ${shown} <postgres-url | file.db>   take it back`)));
    const source = shellWord(shownPlace(call.arguments[0] ?? ""));
    if (isWhole(call)) call.print(call.paint("dim", asTyped(`  rowhaul compare ${source} ${shown}   prove it`)));
  }
  return exitStatus.ok;
}

/** A selection, or reshaped rows, differ from what the source holds. */
function isWhole(call: Call): boolean {
  const selects = call.value("tables") !== undefined || call.value("root") !== undefined;
  return !selects && call.values("where").length === 0 && !isPipeline(call.arguments[0] ?? "");
}

function isPipeline(source: string): boolean {
  return /\.ya?ml$/i.test(source);
}

async function settingsOf(call: Call): Promise<Settings> {
  const source = required(call, 0, "a source: a database, a JSON file or a pipeline");
  const tables = call.value("tables");
  const given = isPipeline(source)
    ? (await import("../../pipeline/read-pipeline.ts")).readPipeline(source, process.env, call.value("env") ?? null)
    : copySettings(source, "embedded", { verb: "export", ...sourceSchema(call), ...missingOf(call) });
  const include = tables === undefined ? given.include : namesOf(tables);
  return {
    ...given,
    root: rootOf(call) ?? given.root,
    include,
    tables: withConditions(given.tables, call.values("where"), include),
  };
}

function sourceSchema(call: Call): { readonly sourceSchema?: string } {
  const schema = call.value("schema");
  return schema === undefined ? {} : { sourceSchema: schema };
}

function rootOf(call: Call): RootSelection | null {
  const text = call.value("root");
  return text === undefined ? null : { ...conditionOf("--root", text), parents: !call.flag("no-parents") };
}

/** A condition on one table leaves the others whole, unless --tables names those that are wanted. */
function withConditions(
  tables: Settings["tables"],
  conditions: readonly string[],
  include: Settings["include"],
): Settings["tables"] {
  if (conditions.length === 0) return tables;
  const added: Record<string, TableSettings> = { ...(tables ?? (include === null ? { "*": plainTable } : {})) };
  for (const text of conditions) {
    const { table, where } = conditionOf("--where", text);
    added[table] = { ...(added[table] ?? plainTable), where };
  }
  return added;
}

function conditionOf(option: string, text: string): { readonly table: string; readonly where: string } {
  const [, table, where] = /^\s*("[^"]+"|[^:"]+?)\s*:\s*(\S[\s\S]*)$/.exec(text) ?? [];
  if (table === undefined || where === undefined)
    throw new RowhaulError("USAGE", `${option} "${text}" is not \`table: condition\`.`, {
      hint: `For example ${option} 'users: id = 42'.`,
    });
  return { table: table.replaceAll('"', ""), where };
}
