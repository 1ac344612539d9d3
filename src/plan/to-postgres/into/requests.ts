/** What must be asked of values and of the target before the plan for live tables can be made. Pure. */

import type { FitEdge, FitKey, FitRequest, Meeting } from "../../../core/plan/live-fit.ts";
import type { Profile, TableProfile } from "../../../core/plan/profile.ts";
import type { Catalog } from "../../../core/schema/catalog.ts";
import type { LiveSchema, LiveTable } from "../../../core/schema/live-schema.ts";
import { Hazards } from "../../acceptance.ts";
import { type PlanScope, selectedRows } from "../../context.ts";
import { selectTables } from "../../selection.ts";
import { edgesOf } from "./dependants.ts";
import { pairInto } from "./full-text-pairs.ts";
import { fitKey, looseKeys } from "./loose-keys.ts";
import { isEmpty, type TablePair } from "./match-tables.ts";
import { matchingsOf, sourceOf } from "./matching.ts";
import { modeOf } from "./mode-of.ts";
import { plainEncoding } from "./plain-encoding.ts";
import { readingOf } from "./reading-of.ts";
import { liveName, type Referring, referencesOf } from "./references.ts";

export type FitRequests = {
  readonly requests: readonly FitRequest[];
  /** The foreign keys by which rows point to others. */
  readonly edges: readonly FitEdge[];
  /** Live tables by source table, and by {@link liveName}. */
  readonly names: ReadonlyMap<string, LiveTable>;
};

export function fitRequests(scope: PlanScope, catalog: Catalog, profile: Profile, schema: LiveSchema): FitRequests {
  const names = new Map<string, LiveTable>();
  if (isEmpty(schema)) return { requests: [], edges: [], names };
  const pairs: TablePair[] = [];
  for (const table of selectTables(catalog, scope.selection).tables) {
    const pair = pairInto(table, scope, schema, catalog);
    if (pair === null || profile.tables[table.name] === undefined) continue;
    names.set(table.name, pair.live);
    pairs.push(pair);
  }
  for (const live of schema.tables) names.set(liveName(live.name), live);
  const hazards = new Hazards(scope.settings);
  const edges = edgesOf(pairs).map((edge): FitEdge => {
    const policy = hazards.chosen("ORPHAN_ROWS", `${edge.child}.${edge.columns[0]}`);
    return policy === "null" ? { ...edge, loses: true } : edge;
  });
  const matchings = matchingsOf(pairs, scope);
  const requests = pairs.map((pair) =>
    requestOf(pair, profile.tables[pair.table.name] as TableProfile, {
      scope,
      profile,
      schema,
      edges,
      pairs,
      matchings,
    }),
  );
  return { requests, edges, names };
}

type Asking = Referring & { readonly edges: readonly FitEdge[] };

function requestOf(pair: TablePair, values: TableProfile, asking: Asking): FitRequest {
  const { table } = pair;
  const { scope, schema } = asking;
  const { mayAsk } = schema;
  const meeting = meetingOf(pair, asking);
  const uniques = mayAsk ? looseKeys(pair, values, scope) : [];
  const occupied = occupiedKeys(pair, asking);
  const keyed = new Set(
    [
      ...occupied.flatMap((one) => one.columns),
      ...(meeting === null ? [] : [...meeting.key.columns, ...meeting.compared]),
      ...uniques.flatMap((one) => one.columns),
    ].map(({ source }) => source),
  );
  if (meeting?.id != null) keyed.add(meeting.id.source);
  const columns = pair.columns.flatMap(({ column, live: into }) => {
    const found = values.columns[column.name];
    if (found === undefined || into.generated) return [];
    const reading = readingOf(table.name, column, into.type, found, scope);
    const plain = plainEncoding(column, found, reading) !== null;
    if (plain && !keyed.has(column.name)) return [];
    if (!mayAsk && (into.type.kind === "asked" || into.type.domain)) return [];
    return [{ column: column.name, reading }];
  });
  const isRead = (name: string): boolean => columns.some(({ column }) => column === name);
  const met = meeting?.key.columns.every(({ source }) => isRead(source)) === true;
  return {
    table,
    where: selectedRows(scope, table),
    columns,
    meeting: met ? meeting : null,
    uniques: uniques.filter((key) => key.columns.every(({ source }) => isRead(source))),
    occupied: occupied.filter((key) => key.columns.every(({ source }) => isRead(source))),
    overwrites: modeOf(table.name, scope) === "merge",
    references: referencesOf(pair, asking),
    missing: pair.missing.map(({ name }) => name),
  };
}

/** Unique keys that all of the source's rows have a value for, where rows of the live table stay; but for the one that they are matched by. */
function occupiedKeys(pair: TablePair, { scope, matchings }: Asking): FitKey[] {
  if (modeOf(pair.table.name, scope) === "replace" || !pair.live.hasRows) return [];
  const { key: matched = [], id = null } = matchings.get(pair.table.name) ?? {};
  return pair.live.uniques.flatMap(({ name, columns, partial, nullsNotDistinct }): FitKey[] => {
    const same = columns.length === matched.length && columns.every((column) => matched.includes(column));
    // A taken id raises its own question, or is replaced.
    if (partial || columns.length === 0 || same || (id !== null && columns.includes(id.live.name))) return [];
    const key = fitKey(pair, name, columns, nullsNotDistinct);
    return key === null ? [] : [key];
  });
}

/** Null where no row of the live table can collide, or it does not matter. */
function meetingOf(pair: TablePair, { scope, edges, pairs, matchings }: Asking): Meeting | null {
  const { table, live } = pair;
  const matching = matchings.get(table.name);
  const mode = modeOf(table.name, scope);
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
