/** What must be asked of values and of the target before the plan for live tables can be made. Pure. */
import type { Catalog } from "../../core/catalog.ts";
import type { FitEdge, FitRequest, Meeting } from "../../core/live-fit.ts";
import type { LiveSchema, LiveTable } from "../../core/live-schema.ts";
import type { Profile, TableProfile } from "../../core/profile.ts";
import type { Settings } from "../../core/settings.ts";
import { Hazards } from "../acceptance.ts";
import { selectedRows } from "../context.ts";
import { selectTables } from "../selection.ts";
import { edgesOf } from "./dependants.ts";
import { pairInto } from "./full-text-pairs.ts";
import { fitKey, looseKeys } from "./loose-keys.ts";
import { isEmpty, type TablePair } from "./match-tables.ts";
import { type Matching, matchingsOf, sourceOf } from "./matching.ts";
import { modeOf } from "./mode-of.ts";
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
  const names = new Map<string, LiveTable>();
  if (isEmpty(schema)) return { requests: [], edges: [], names };
  const pairs: TablePair[] = [];
  for (const table of selectTables(catalog, settings).tables) {
    const pair = pairInto(table, settings, schema, catalog);
    if (pair === null || profile.tables[table.name] === undefined) continue;
    names.set(table.name, pair.live);
    pairs.push(pair);
  }
  const hazards = new Hazards(settings);
  const edges = edgesOf(pairs).map((edge): FitEdge => {
    const policy = hazards.chosen("ORPHAN_ROWS", `${edge.child}.${edge.columns[0]}`);
    return policy === "null" ? { ...edge, loses: true } : edge;
  });
  const matchings = matchingsOf(pairs, settings);
  const requests = pairs.map((pair) =>
    requestOf(pair, profile.tables[pair.table.name] as TableProfile, { settings, schema, edges, pairs, matchings }),
  );
  return { requests, edges, names };
}

type Asking = {
  readonly settings: Settings;
  readonly schema: LiveSchema;
  readonly edges: readonly FitEdge[];
  readonly pairs: readonly TablePair[];
  readonly matchings: ReadonlyMap<string, Matching>;
};

function requestOf(pair: TablePair, values: TableProfile, asking: Asking): FitRequest {
  const { table } = pair;
  const { settings, schema } = asking;
  const { mayAsk } = schema;
  const meeting = meetingOf(pair, asking);
  const uniques = mayAsk ? looseKeys(pair, values, settings) : [];
  const keyed = new Set(
    [
      ...(meeting === null ? [] : [...meeting.key.columns, ...meeting.compared]),
      ...uniques.flatMap((one) => one.columns),
    ].map(({ source }) => source),
  );
  if (meeting?.id != null) keyed.add(meeting.id.source);
  const columns = pair.columns.flatMap(({ column, live: into }) => {
    const profile = values.columns[column.name];
    if (profile === undefined || into.generated) return [];
    const reading = readingOf(table.name, column, into.type, profile, settings);
    const plain = plainEncoding(column, profile, reading) !== null;
    if (plain && !keyed.has(column.name)) return [];
    if (!mayAsk && (into.type.kind === "asked" || into.type.domain)) return [];
    return [{ column: column.name, reading }];
  });
  const isRead = (name: string): boolean => columns.some(({ column }) => column === name);
  const met = meeting?.key.columns.every(({ source }) => isRead(source)) === true;
  return {
    table,
    where: selectedRows(settings, table),
    columns,
    meeting: met ? meeting : null,
    uniques: uniques.filter((key) => key.columns.every(({ source }) => isRead(source))),
    missing: pair.missing.map(({ name }) => name),
  };
}

/** Null where no row of the live table can be met, or nobody cares. */
function meetingOf(pair: TablePair, { settings, edges, pairs, matchings }: Asking): Meeting | null {
  const { table, live } = pair;
  const matching = matchings.get(table.name);
  const mode = modeOf(table.name, settings);
  if (matching === undefined || matching.key.length === 0 || mode === "replace" || !live.hasRows) return null;
  const key = fitKey(pair, "", matching.key, false);
  if (key === null) return null;
  const pointedTo =
    matching.unfollowed || edges.some(({ parent, child }) => parent === table.name && child !== table.name);
  const sources = new Map(pairs.map((one) => [one.live.name, one.table.name]));
  return {
    key,
    id: matching.id === null ? null : { source: matching.id.column.name, target: matching.id.live.name },
    mapped: matching.mapped.flatMap(({ column, table: parent }) => {
      const [own, other] = [sourceOf(pair, column), sources.get(parent)];
      return own === null || other === undefined || other === table.name ? [] : [{ column: own, table: other }];
    }),
    compared:
      mode === "skip" && pointedTo
        ? pair.columns
            .filter((one) => !one.live.generated && one !== matching.id)
            .map((one) => ({ source: one.column.name, target: one.live.name }))
        : [],
  };
}
