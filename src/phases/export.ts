/** Export: a store's rows, as they are or transformed, into a folder of files that `import` takes back. */

import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Emit } from "../core/events.ts";
import { cleaningUp } from "../core/messages/clean-up.ts";
import { plural } from "../core/messages/count.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { QuarantinedRow } from "../core/plan/ledger.ts";
import type { FrozenSource, ProfileRequest, Source, Transforms } from "../core/ports.ts";
import type { Catalog, Table } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";
import { type Selection, selectedTable } from "../core/selection.ts";
import type { Settings } from "../core/settings.ts";
import { selectedRows } from "../plan/context.ts";
import { selectTables } from "../plan/selection.ts";
import { onDisk } from "../system/disk-error.ts";
import { makeWorkFolder } from "../system/work-folder.ts";
import { warnOfStale } from "./indexes-anew.ts";
import { provenSnapshot } from "./proven-snapshot.ts";

export type ExportRequest = {
  readonly folder: string;
  readonly gzip: boolean;
  /** Replace an export that is there. */
  readonly overwrite: boolean;
};

export type ExportSummary = {
  readonly folder: string;
  readonly tables: readonly { readonly table: string; readonly file: string; readonly rows: number }[];
};

/** Writes the folder, all or nothing. */
export type WriteExport = (request: {
  readonly snapshot: string;
  readonly catalog: Catalog;
  readonly tables: readonly { readonly table: string; readonly where: string | null }[];
  readonly folder: string;
  readonly gzip: boolean;
  readonly overwrite: boolean;
  readonly shown: string;
  readonly selection: string | null;
  progress(table: string, done: number, total: number): void;
  readonly signal: AbortSignal;
}) => Promise<ExportSummary>;

export type ExportParts = {
  readonly source: Source;
  readonly transforms: Transforms | null;
  readonly write: WriteExport;
  readonly settings: Settings;
  /** What the source leaves to do. */
  readonly selection: Selection;
  /** The source itself has already left out rows that do not meet a condition. */
  readonly selectedBySource: boolean;
  readonly emit: Emit;
  readonly signal: AbortSignal;
};

export async function exportTo(parts: ExportParts, request: ExportRequest): Promise<ExportSummary> {
  const { source, transforms, emit, signal } = parts;
  for (const message of await source.check()) emit({ type: "notice", level: "warning", message });
  // On the disk that will hold the export, and readable by nobody else.
  const folder = resolve(request.folder);
  const work = onDisk(folder, () => {
    mkdirSync(dirname(folder), { recursive: true });
    return makeWorkFolder(folder);
  });
  return cleaningUp(async () => {
    const info = await provenSnapshot(source, join(work.path, "snapshot.db"), parts);
    await refuseDamage(parts, info.path);
    let { path } = info;
    let { selection } = parts;
    if (transforms !== null) {
      const reshaped = join(work.path, "shaped.db");
      const { report } = await transforms.run({ snapshot: path, reshaped, progress: rows(emit, "transform"), signal });
      reportQuarantine(report.quarantine, emit);
      path = reshaped;
    }
    const frozen = source.open(path);
    try {
      const catalog = frozen.catalog();
      if (transforms !== null) selection = await transforms.selection(info.path, path);
      const { tables, chosen, excluded } = selectTables(catalog, selection);
      // Full-text tables that keep their own texts are tables like any other.
      const virtual = catalog.virtualTables.filter(({ name }) => chosen(name) && !excluded(name));
      await refuseOrphans(frozen, tables, selection, parts);
      return await parts.write({
        snapshot: path,
        catalog,
        tables: [
          ...tables.map((table) => ({ table: table.name, where: selectedRows({ selection }, table) })),
          ...virtual.map(({ name }) => ({ table: name, where: selectedTable(selection, name).where })),
        ],
        ...request,
        shown: source.shown,
        selection: selectionText(parts.settings),
        progress: rows(emit, "load"),
        signal,
      });
    } finally {
      frozen.close();
    }
  }, work.remove);
}

/** Throws SOURCE_CORRUPT; indexes that only disagree with their rows are told of. */
async function refuseDamage({ source, emit, signal }: ExportParts, snapshot: string): Promise<void> {
  const frozen = source.open(snapshot);
  try {
    warnOfStale({ parts: { source }, emit }, await frozen.checkIntegrity(signal));
  } finally {
    frozen.close();
  }
}

/** An export has no place for rows in quarantine, so they are reported here. */
function reportQuarantine(quarantine: readonly QuarantinedRow[], emit: Emit): void {
  const [first] = quarantine;
  if (first === undefined) return;
  const { length } = quarantine;
  const shown = quarantine.slice(0, 5).map(({ table, key, rule }) => `${table} ${key} (${rule})`);
  const more = length > shown.length ? `, and ${plural(length - shown.length, "other row")}` : "";
  const are = length === 1 ? "is" : "are";
  emit({
    type: "notice",
    level: "warning",
    message: `${plural(length, "row")} ${are} in quarantine and not exported: ${shown.join(", ")}${more}`,
  });
}

/** A selection must not tear a row from its parent; rows that never had one travel as they are. */
async function refuseOrphans(
  frozen: FrozenSource,
  tables: readonly Table[],
  selection: Selection,
  { emit, settings, selectedBySource, signal }: ExportParts,
): Promise<void> {
  const requests = (selected: boolean): ProfileRequest[] =>
    tables.map((table) => ({ table, where: selected ? selectedRows({ selection }, table) : null, kinds: new Map() }));
  if (!selectedBySource && requests(true).every(({ where }) => where === null)) return;
  // A server that enforces its keys has no row without its parent.
  const always = selectedBySource ? new Map() : await frozen.orphans(requests(false), signal);
  for (const [place, found] of await frozen.orphans(requests(true), signal)) {
    if (found.count <= (always.get(place)?.count ?? 0)) continue;
    const [name = "", position = "0"] = place.split("\0");
    const key = tables.find((table) => sameName(table.name, name))?.foreignKeys[Number(position)];
    const message = `${plural(found.count, "row")} of ${name} would leave without their parent in ${key?.parent}: ${found.samples.map((sample) => `${sample.key} (${sample.value})`).join(", ")}`;
    if (!settings.acceptAll) throw new RowhaulError("SELECTION_INCOMPLETE", `${message}.`, { place: { table: name } });
    emit({ type: "notice", level: "warning", message });
  }
}

function selectionText({ root, tables, include, exclude }: Settings): string | null {
  if (root !== null) return `${root.table} where ${root.where}${root.parents ? ", with parents" : ""}`;
  const parts = [
    ...Object.entries(tables ?? {}).map(([name, { where }]) => (where === null ? name : `${name} where ${where}`)),
    ...(include ?? []),
    ...exclude.map((name) => `not ${name}`),
  ];
  return parts.length === 0 ? null : parts.join(", ");
}

function rows(emit: Emit, phase: "transform" | "load"): (item: string, done: number, total: number) => void {
  return (item, done, total) => emit({ type: "progress", phase, item, done, total, unit: "rows" });
}
