/** Which tables move. */
import { isDeepStrictEqual } from "node:util";
import { RowhaulError } from "../core/messages/errors.ts";
import type { Catalog, Table } from "../core/schema/catalog.ts";
import { foldName, sameName } from "../core/schema/names.ts";
import { postgresFacts } from "../core/schema/postgres-catalog.ts";
import type { Selection } from "../core/selection.ts";
import { plainTable } from "../core/settings.ts";

export type SelectedTables = {
  readonly tables: readonly Table[];
  /** True when the pipeline names tables, so that what it does not name is left out on purpose. */
  readonly explicit: boolean;
  readonly chosen: (name: string) => boolean;
  readonly excluded: (name: string) => boolean;
};

/** Throws PLAN_INVALID, naming every table of the pipeline file that the source does not have. */
export function selectTables(catalog: Catalog, selection: Selection): SelectedTables {
  const { named, exclude } = selection;
  const excluded = matcher(exclude);
  const explicit = named.length > 0 && !named.includes("*");
  const wanted = explicit ? matcher(named) : () => true;
  const known = [
    ...catalog.tables.map((table) => table.name),
    ...catalog.virtualTables.map((table) => table.name),
    ...catalog.views.map((view) => view.name),
  ];
  refuseVague(selection);
  const unknown = (names: readonly string[], among: readonly string[]): string[] =>
    names.filter((name) => !among.some((one) => matcher([name])(one)));
  const missing = [...unknown(named, known), ...unknown(exclude, [...known, ...notRead(catalog)])];
  if (missing.length > 0) {
    throw new RowhaulError(
      "PLAN_INVALID",
      `The source has no table ${missing.map((name) => `"${name}"`).join(", ")}.`,
      { details: [`It has: ${catalog.tables.map((table) => table.name).join(", ")}`] },
    );
  }
  refuseWithoutContent(
    catalog,
    named.filter((name) => !name.includes("*")),
    wanted,
    excluded,
  );
  const moves = (name: string): boolean => wanted(name) && !excluded(name);
  return {
    // A full-text table goes where the texts go that it indexes.
    tables: catalog.tables.filter((table) => moves(table.name) && moves(table.fullText?.content?.table ?? table.name)),
    explicit,
    chosen: wanted,
    excluded,
  };
}

/** Tables of a server that were left out there already: the catalog knows them by name alone. */
function notRead(catalog: Catalog): string[] {
  return (postgresFacts(catalog)?.others ?? []).flatMap(({ object }) =>
    object.startsWith("table ") ? [object.slice(6)] : [],
  );
}

/** Settings are looked up by a table's own name: under a pattern they would be ignored. */
function refuseVague({ tables }: Selection): void {
  const { steps: _, onError: __, belongsTo: ___, ...plain } = plainTable;
  const vague = [...tables].find(([name, table]) => name.includes("*") && !isDeepStrictEqual(table, plain));
  if (vague === undefined) return;
  throw new RowhaulError("PLAN_INVALID", `"${vague[0]}" has settings, but settings are given to one table at a time.`, {
    hint: `Give them to each table by name, and \`"${vague[0]}": {}\` for the others.`,
  });
}

/** Whether a table is among those the pipeline names, before anything is known of the source. */
export function tableSelector({ named, exclude }: Pick<Selection, "named" | "exclude">): (name: string) => boolean {
  const excluded = matcher(exclude);
  const wanted = named.length > 0 && !named.includes("*") ? matcher(named) : () => true;
  return (name) => wanted(name) && !excluded(name);
}

/** Named one by one, a full-text table must not stay behind for want of the table whose texts it indexes. */
function refuseWithoutContent(
  catalog: Catalog,
  named: readonly string[],
  wanted: (name: string) => boolean,
  excluded: (name: string) => boolean,
): void {
  for (const table of catalog.tables) {
    const content = table.fullText?.content;
    if (content === undefined || content === null || !named.some((name) => sameName(name, table.name))) continue;
    if (wanted(content.table) && !excluded(content.table)) continue;
    throw new RowhaulError(
      "PLAN_INVALID",
      `${table.name} indexes the texts of ${content.table}, which is not selected.`,
      {
        place: { table: table.name },
        hint: `Select ${content.table} as well, or leave ${table.name} out.`,
      },
    );
  }
}

/** Names or patterns with `*`, without regard to case. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map(
    (pattern) =>
      new RegExp(
        `^${foldName(pattern)
          .split("*")
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
          .join(".*")}$`,
        "s",
      ),
  );
  return (name) => expressions.some((expression) => expression.test(foldName(name)));
}
