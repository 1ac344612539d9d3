/** Profile: what the values really are, over every row of the snapshot. */

import { plural } from "../core/messages/count.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { Profile, Sample } from "../core/plan/profile.ts";
import type { FrozenSource, Overflows } from "../core/ports.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import type { DeclaredKind } from "../core/schema/declared-type.ts";
import { foldName, sameName } from "../core/schema/names.ts";
import { type SelectedTable, type Selection, selectedTable } from "../core/selection.ts";
import type { ColumnType, Settings } from "../core/settings.ts";
import { selectedRows } from "../plan/context.ts";
import { tableSelector } from "../plan/selection.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { withFullText } from "../search/catalog.ts";
import { indexesAnew } from "./indexes-anew.ts";
import { readableTables } from "./readable-tables.ts";
import { type Context, phase } from "./run/context.ts";
import type { Transformed } from "./transform.ts";

export type Profiled = {
  readonly catalog: Catalog;
  /** What is left to do for it. */
  readonly selection: Selection;
  readonly profile: Profile;
  readonly orphans: ReadonlyMap<string, { readonly count: number; readonly samples: readonly Sample[] }>;
  readonly brokenChecks: ReadonlyMap<string, { readonly count: number; readonly samples: readonly Sample[] }>;
  readonly overflows: Overflows;
  /** The file that was profiled; the caller closes it. */
  readonly frozen: () => FrozenSource;
};

export async function profile(
  context: Context,
  folder: RunFolder,
  { path, selection }: Transformed,
): Promise<Profiled> {
  return phase(context, "profile", async () => {
    let profiled = await profileFile(context, folder, path, selection);
    if (typeof profiled === "string") profiled = await profileFile(context, folder, profiled, selection);
    if (typeof profiled === "string") throw new Error("Indexes that were made anew are stale again");
    const { catalog, profile } = profiled;
    folder.save("catalog", catalog);
    folder.save("profile", profile);
    const rows = Object.values(profile.tables).reduce((sum, table) => sum + table.rows, 0);
    return { result: profiled, summary: `${plural(catalog.tables.length, "table")}, ${plural(rows, "row")}` };
  });
}

/** A path is that of the file to profile instead: what an index does not show would be missed here. */
async function profileFile(
  context: Context,
  folder: RunFolder,
  path: string,
  selection: Selection,
): Promise<Profiled | string> {
  const frozen = context.parts.source.open(path);
  const profileOver = new AbortController();
  try {
    const integrity = frozen.checkIntegrity(AbortSignal.any([context.signal, profileOver.signal]));
    // A damaged file may stop the profile first; this rejection then repeats the same error.
    integrity.catch(() => {});
    const catalog = withFullText(frozen.catalog(), (name) => isWanted(context.settings, selection, name));
    if (catalog.tables.length === 0 && catalog.views.length === 0 && catalog.virtualTables.length === 0)
      throw new RowhaulError("SOURCE_EMPTY", `${context.parts.source.shown} holds no tables.`, {
        hint: "Check the path: whatever opens a mistyped name with SQLite makes an empty database of it.",
      });
    const profiled = await profileCatalog(context, frozen, catalog, selection);
    const stale = await integrity;
    return stale.length === 0 ? profiled : await indexesAnew(context, folder, frozen, stale);
  } finally {
    // When the profile has failed, nothing awaits it any more.
    profileOver.abort();
    frozen.close();
  }
}

async function profileCatalog(
  context: Context,
  frozen: FrozenSource,
  catalog: Catalog,
  selection: Selection,
): Promise<Profiled> {
  const { emit, signal } = context;
  const requests = readableTables(catalog, tableSelector(selection)).map((table) => {
    const own = selectedTable(selection, table.name);
    return { table, where: selectedRows({ selection }, table), kinds: wantedKinds(own), sampled: typedColumns(own) };
  });
  const overflows = await frozen.tryQueries(catalog, requests, signal);
  const values = await frozen.profile(catalog, requests, {
    progress: (table, done, total) =>
      emit({ type: "progress", phase: "profile", item: table, done, total, unit: "rows" }),
    signal,
  });
  return {
    catalog,
    selection,
    profile: values,
    overflows,
    orphans: await frozen.orphans(requests, signal),
    brokenChecks: await frozen.brokenChecks(asWritten(catalog) ? requests : [], signal),
    frozen: () => context.parts.source.open(frozen.path),
  };
}

/** PostgreSQL's checks are in its own SQL, and hold for every row that it let in. */
function asWritten({ dialect }: Catalog): boolean {
  return dialect !== "postgres";
}

/**
 * Full-text tables are carried unless the pipeline gives them up by name, or all of them. One that does not move asks
 * for nothing, such as the hidden rowid of the table that has its texts.
 */
function isWanted({ search, accept }: Settings, selection: Selection, name: string): boolean {
  if (search.mode === "off" || !tableSelector(selection)(name)) return false;
  return !accept.some(({ code, at }) => code === "VIRTUAL_TABLE_LOST" && at !== null && sameName(at, name));
}

/** A type set in the pipeline file is a promise about the values, to be looked at like a declared one. */
function wantedKinds(table: SelectedTable): Map<string, DeclaredKind> {
  const kinds = new Map<string, DeclaredKind>();
  for (const [name, { type, epoch }] of Object.entries(table.columns)) {
    if (epoch !== null || type === null) continue;
    const kind = kindOfType[type];
    if (kind !== undefined) kinds.set(foldName(name), kind);
  }
  return kinds;
}

/** Where a type does not fit, the message shows what does not. */
function typedColumns(table: SelectedTable): Set<string> {
  const typed = Object.entries(table.columns).filter(([, { type, epoch }]) => epoch !== null || type !== null);
  return new Set(typed.map(([name]) => foldName(name)));
}

const kindOfType: Partial<Record<ColumnType, DeclaredKind>> = {
  date: "date",
  timestamp: "date",
  timestamptz: "date",
  jsonb: "json",
  boolean: "boolean",
};
