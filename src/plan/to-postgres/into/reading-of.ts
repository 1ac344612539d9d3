/** How a column's values are to be read on their way into a live column: its type, and what the pipeline file says. */

import type { ColumnProfile } from "../../../core/plan/profile.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import { declaredKind } from "../../../core/schema/declared-type.ts";
import { type Interpretation, type LiveReading, type LiveType, liveOrigins } from "../../../core/schema/live-type.ts";
import { foldName, sameName } from "../../../core/schema/names.ts";
import type { InterpretEntry } from "../../../core/settings.ts";
import { byName, type PlanScope, tableSettings } from "../../context.ts";

/** Before the layout of moments and the server's answers are known. */
export function readingOf(
  table: string,
  column: Column,
  type: LiveType,
  profile: ColumnProfile,
  scope: PlanScope,
): LiveReading {
  const numeric = column.affinity === "INTEGER" || column.affinity === "REAL" || column.affinity === "NUMERIC";
  const { counts } = profile;
  return {
    type,
    as: interpretationOf(table, column.name, type, scope),
    layout: null,
    json: scope.settings.source.kind === "json" && declaredKind(column.declaredType) === "json",
    ...originOf(column),
    // Under a numeric affinity 5 and '5' cannot both occur.
    numbersAmongTexts: !numeric && counts.text > 0 && counts.integer + counts.real > 0,
    answers: {},
  };
}

function originOf({ pgType, truth }: Column): Pick<LiveReading, "from"> {
  if (truth === true) return { from: "boolean" };
  const from = liveOrigins.find((one) => one === pgType);
  return from === undefined ? {} : { from };
}

function interpretationOf(table: string, column: string, type: LiveType, scope: PlanScope): Interpretation {
  const at = `${table}.${column}`;
  const fitting = scope.settings.interpret.filter(
    (entry) => (entry.type === null || isType(entry.type, type)) && covers(entry, table, at),
  );
  const epoch = byName(tableSettings(scope, table).columns, column)?.epoch ?? null;
  const units = { seconds: "s", milliseconds: "ms", microseconds: "us" } as const;
  // The most exact comes last, and wins.
  const ordered = [...fitting].sort((a, b) => exactness(a, at) - exactness(b, at));
  const merged: Interpretation = Object.assign(
    {},
    ...ordered.map(({ as }) => as),
    epoch === null ? {} : { epoch: units[epoch] },
  );
  return merged.zone === undefined ? merged : { ...merged, zone: zoneFor(merged.zone, type) };
}

function covers({ at: place }: InterpretEntry, table: string, at: string): boolean {
  return place === null || sameName(place, table) || sameName(place, at);
}

function exactness(entry: InterpretEntry, at: string): number {
  return (entry.at === null ? 0 : sameName(entry.at, at) ? 4 : 2) + (entry.type === null ? 0 : 1);
}

/** One line for all columns says UTC; without a zone of its own a timestamp can only be converted to it. */
function zoneFor(zone: string, { kind }: LiveType): string {
  if (kind === "timestamp") return zone.toLowerCase();
  return /^utc$/i.test(zone) ? "UTC" : zone;
}

const aliases: Readonly<Record<string, string>> = {
  timestamptz: "timestamp with time zone",
  timestamp: "timestamp without time zone",
  time: "time without time zone",
  varchar: "character varying",
  int: "integer",
  float8: "double precision",
};

function isType(wanted: string, { written, base }: LiveType): boolean {
  const name = aliases[foldName(wanted)] ?? foldName(wanted);
  return name === base || name === written || wanted === written;
}
