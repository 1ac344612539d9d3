/** What must be asked of values and of the target before the plan for live tables can be made. Pure. */
import type { Catalog } from "../../core/catalog.ts";
import type { FitEdge, FitRequest } from "../../core/live-fit.ts";
import type { LiveSchema, LiveTable } from "../../core/live-schema.ts";
import type { Profile, TableProfile } from "../../core/profile.ts";
import type { Settings } from "../../core/settings.ts";
import { selectedRows } from "../context.ts";
import { selectTables } from "../selection.ts";
import { edgesOf } from "./dependants.ts";
import { pairInto } from "./full-text-pairs.ts";
import { isEmpty, type TablePair } from "./match-tables.ts";
import { plainEncoding } from "./plain-encoding.ts";
import { readingOf } from "./reading-of.ts";

export type FitRequests = {
  readonly requests: readonly FitRequest[];
  /** Along which rows point to others. */
  readonly edges: readonly FitEdge[];
  /** Live tables by source table. */
  readonly names: ReadonlyMap<string, LiveTable>;
};

export function fitRequests(settings: Settings, catalog: Catalog, profile: Profile, schema: LiveSchema): FitRequests {
  const requests: FitRequest[] = [];
  const names = new Map<string, LiveTable>();
  if (isEmpty(schema)) return { requests, edges: [], names };
  const pairs: TablePair[] = [];
  for (const table of selectTables(catalog, settings).tables) {
    const pair = pairInto(table, settings, schema, catalog);
    const values = profile.tables[table.name];
    if (pair === null || values === undefined) continue;
    requests.push(requestOf(pair, values, settings, schema));
    names.set(table.name, pair.live);
    pairs.push(pair);
  }
  return { requests, edges: edgesOf(pairs), names };
}

function requestOf(pair: TablePair, values: TableProfile, settings: Settings, { mayAsk }: LiveSchema): FitRequest {
  const { table, live } = pair;
  const key = settings.target.existing === "append" && live.hasRows ? keyColumns(pair) : null;
  const columns = pair.columns.flatMap(({ column, live: into }) => {
    const profile = values.columns[column.name];
    if (profile === undefined || into.generated) return [];
    const reading = readingOf(table.name, column, into.type, profile, settings);
    const plain = plainEncoding(column, profile, reading) !== null;
    if (plain && key?.includes(column.name) !== true) return [];
    if (!mayAsk && (into.type.kind === "asked" || into.type.domain)) return [];
    return [{ column: column.name, reading }];
  });
  const asked = key?.every((name) => columns.some(({ column }) => column === name)) === true;
  return {
    table,
    where: selectedRows(settings, table),
    columns,
    key: asked ? key : null,
    missing: pair.missing.map(({ name }) => name),
  };
}

/** The live table's primary key in the source's names; null where it has none that the source knows. */
export function keyColumns({ live, columns }: TablePair): string[] | null {
  const names = live.key.map((name) => columns.find((pair) => pair.live.name === name)?.column.name);
  return names.length === 0 || names.includes(undefined) ? null : (names as string[]);
}
