import { plural } from "../../core/messages/count.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { shellWord } from "../../core/messages/shell-word.ts";
import type { Settings } from "../../core/settings.ts";
import { pathAt } from "../../pipeline/file/path-at.ts";
import { shownPlace } from "../../pipeline/file/places.ts";
import { type ExportDataOptions, exportData } from "../../pipeline/jobs/export.ts";
import type { Call } from "../command.ts";
import { asTyped } from "../invoked-as.ts";
import { missingOf } from "./missing-option.ts";
import { namesOf, required } from "./run-options.ts";

export async function exportCommand(call: Call): Promise<ExitStatus> {
  const folder = pathAt(required(call, 1, "a folder to write to"));
  const source = await sourceOf(call);
  const summary = await exportData(source, folder, {
    ...(typeof source === "string" ? storeOptions(call) : {}),
    ...selectionOf(call),
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
    const from = shellWord(shownPlace(call.arguments[0] ?? ""));
    if (isWhole(call)) call.print(call.paint("dim", asTyped(`  rowhaul compare ${from} ${shown}   prove it`)));
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

/** Settings of a pipeline, in the environment that is named; or the store itself. */
async function sourceOf(call: Call): Promise<string | Settings> {
  const source = required(call, 0, "a source: a database, a JSON file or a pipeline");
  if (!isPipeline(source)) return source;
  const { readPipeline } = await import("../../pipeline/file/read-pipeline.ts");
  return readPipeline(source, process.env, call.value("env") ?? null);
}

/** What else is said of a store. */
function storeOptions(call: Call): Pick<ExportDataOptions, "schema" | "missing"> {
  const schema = call.value("schema");
  return { ...(schema === undefined ? {} : { schema }), ...missingOf(call) };
}

function selectionOf(call: Call): Pick<ExportDataOptions, "tables" | "where" | "root"> {
  const tables = call.value("tables");
  const root = call.value("root");
  const conditions = call.values("where").map((text) => conditionOf("--where", text));
  return {
    ...(root === undefined ? {} : { root: { ...conditionOf("--root", root), parents: !call.flag("no-parents") } }),
    ...(tables === undefined ? {} : { tables: namesOf(tables) }),
    where: Object.fromEntries(conditions.map(({ table, where }) => [table, where])),
  };
}

function conditionOf(option: string, text: string): { readonly table: string; readonly where: string } {
  const [, table, where] = /^\s*("[^"]+"|[^:"]+?)\s*:\s*(\S[\s\S]*)$/.exec(text) ?? [];
  if (table === undefined || where === undefined)
    throw new RowhaulError("USAGE", `${option} "${text}" is not \`table: condition\`.`, {
      hint: `For example ${option} 'users: id = 42'.`,
    });
  return { table: table.replaceAll('"', ""), where };
}
