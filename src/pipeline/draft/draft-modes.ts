/** How rows are to go into the tables that `rowhaul init` finds in the target: a proposal by table, with its reason. */

import { plural } from "../../core/messages/count.ts";
import type { Profile } from "../../core/plan/profile.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { type LiveTable, matchableKeys } from "../../core/schema/live-schema.ts";
import { plainTable, type Settings } from "../../core/settings.ts";
import type { IntoInput, PlanScope } from "../../plan/context.ts";
import { fitRequests } from "../../plan/to-postgres/into/requests.ts";
import type { Pool } from "../../postgres/transaction.ts";
import { countRows } from "../../targets/postgres/count-rows.ts";
import type { ProposedMode } from "./proposed-mode.ts";

/** By source table; empty where the target has none of them. */
export async function proposeModes(
  pool: Pool,
  scope: PlanScope,
  { catalog, profile }: { readonly catalog: Catalog; readonly profile: Profile },
  { schema, fits }: IntoInput,
): Promise<ReadonlyMap<string, ProposedMode>> {
  const { names, requests } = fitRequests(scope, catalog, profile, schema);
  // Tables that cannot be read must not be taken for empty: counting them throws.
  const tables = [...names.values()].filter(({ kind }) => kind === "table" || kind === "partitioned table");
  const counts = await countRows(pool, schema.schema, tables);
  return new Map(
    requests.map(({ table, meeting }) => {
      const live = names.get(table.name);
      const there = counts.get(live?.name ?? "") ?? 0;
      const proposed = propose(there, meeting !== null, fits.get(table.name)?.taken.count ?? 0);
      const why = proposed.mode === "skip" ? `${proposed.why}${otherKey(table, live)}` : proposed.why;
      return [table.name, { ...proposed, why }] as const;
    }),
  );
}

function propose(there: number, hasKey: boolean, taken: number): ProposedMode {
  if (there === 0) return { mode: "append", why: "the table is there, and empty" };
  const are = `${plural(there, "row is", "rows are")} there`;
  if (!hasKey)
    return { mode: "append", why: `${are}, and no key by which the source's could be found among them: all are added` };
  if (taken === 0)
    return { mode: "append", why: `${are}, none with a key of the source's; replace would empty the table first` };
  const concerned = `${plural(taken, "row of the source has a key", "rows of the source have keys")} of theirs`;
  return {
    mode: "skip",
    why: `${are}, and ${concerned}: skip leaves what is there, merge would put the source's in their place, replace would empty the table first`,
  };
}

/** Where migrations inserted rows on both sides, the same id may stand for different rows. */
function otherKey({ columns }: Table, live: LiveTable | undefined): string {
  if (live === undefined) return "";
  const known = (name: string): boolean => columns.some((column) => column.name === name);
  const found = matchableKeys(live).find((key) => key.columns.join() !== live.key.join() && key.columns.every(known));
  return found === undefined
    ? ""
    : `. If the same ${live.key.join(", ")} is not the same thing on both sides: key: ${JSON.stringify(found.columns)}`;
}

/** As the file will say it. */
export function withModes(settings: Settings, catalog: Catalog, modes: ReadonlyMap<string, ProposedMode>): Settings {
  const tables = [...catalog.tables, ...catalog.virtualTables].map(
    ({ name }) => [name, { ...plainTable, existing: modes.get(name)?.mode ?? null }] as const,
  );
  return { ...settings, tables: Object.fromEntries(tables) };
}
