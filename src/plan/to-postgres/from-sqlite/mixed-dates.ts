/** Columns declared as dates whose values have no single type: the questions, and notes on those that stay as they are. */

import { plural } from "../../../core/messages/count.ts";
import type { HazardCode } from "../../../core/plan/hazards.ts";
import type { Note } from "../../../core/plan/plan.ts";
import type { ColumnProfile } from "../../../core/plan/profile.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import { declaredKind } from "../../../core/schema/declared-type.ts";
import { commonLayout, isCommon, isLong, layoutGroups, layoutParts } from "../../../core/values/date-layout.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import type { Hazards } from "../../acceptance.ts";
import { type ColumnDraft, rule } from "../column-draft.ts";
import { presentClasses, valueCount } from "./column-encoding.ts";
import { dateEncoding } from "./dates.ts";

type Layouts = ColumnProfile["layouts"];

/** The draft of a column that is to be dates by an answer; text while there is none. Null where nothing is to be asked. */
export function askDates(column: Column, profile: ColumnProfile, at: string, hazards: Hazards): ColumnDraft | null {
  // In a key every text stays apart from every other.
  if (profile.keyDates === undefined && column.searched !== true) {
    const asked = askDigits(column, profile, at, hazards) ?? askZones(column, profile, at, hazards);
    if (asked !== null) return asked;
  }
  return mixedDates(profile, at, hazards);
}

/** More digits than PostgreSQL keeps, among texts that have a layout in common otherwise. */
export function askDigits(
  column: Column,
  profile: ColumnProfile,
  at: string,
  hazards: Hazards,
  chosen: Encoding | null = null,
): ColumnDraft | null {
  const { layouts } = profile;
  const long = layouts.filter(({ layout }) => isLong(layout));
  const layout = onlyDates(profile) ? commonLayout(layouts.map((one) => one.layout)) : null;
  if (long.length === 0 || layout === null) return null;
  const count = total(long);
  const offered = [...(chosen === null ? ["text"] : []), "round", "truncate", ...nullable(column), "quarantine"];
  const policy = hazards.meet({
    code: "TIME_DIGITS",
    at,
    count,
    offered,
    samples: samplesOf(long),
    message: `${plural(count, "time has", "times have")} more digits of a second than the six of PostgreSQL's timestamp`,
  });
  return decided(profile, at, { ...dateEncoding(layout), ...chosen, layout } as Encoding, "TIME_DIGITS", policy, count);
}

/** A time without a zone, among times with one, is not an instant until the user names its zone. */
function askZones(column: Column, profile: ColumnProfile, at: string, hazards: Hazards): ColumnDraft | null {
  const zones = new Set(profile.layouts.map(({ layout }) => layoutParts(layout).zone !== ""));
  if (!onlyDates(profile) || zones.size < 2) return null;
  const { main, others } = grouped(profile.layouts);
  const layout = commonLayout(main.map((one) => one.layout));
  if (layout === null) return null;
  const convert = profile.layouts.some((one) => isLong(one.layout)) ? [] : ["convert"];
  const policy = hazards.meet({
    code: "MIXED_DATES",
    at,
    count: total(others),
    offered: ["widen", ...convert, ...nullable(column), "quarantine"],
    samples: samplesOf(others),
    message: `times with and without a zone: ${counted(profile.layouts)}; "widen" keeps them as text, and "convert" takes those without a zone for UTC`,
  });
  return decided(profile, at, dateEncoding(layout), "MIXED_DATES", policy, total(others));
}

/** Several layouts, epochs or invalid values among dates, when the pipeline asks for dates anyway. */
function mixedDates(profile: ColumnProfile, at: string, hazards: Hazards): ColumnDraft | null {
  const dates = profile.layouts.filter(({ layout }) => layout.startsWith("YYYY") && !isLong(layout));
  const { main } = grouped(dates);
  const layout = commonLayout(main.map((one) => one.layout));
  if (layout === null) return null;
  const fitting = total(main);
  const others = valueCount(profile) - fitting;
  if (others === 0) return null;
  const policy = hazards.chosen("MIXED_DATES", at);
  if (policy === null || policy === "widen") return null;
  const samples = [
    ...profile.layouts.filter((entry) => !main.includes(entry)).flatMap(({ found }) => found.samples),
    ...(["integer", "real", "blob"] as const).flatMap((storage) => profile.samples[storage] ?? []),
  ].slice(0, 3);
  hazards.meet({
    code: "MIXED_DATES",
    at,
    count: others,
    samples,
    message: `${plural(others, "value is", "values are")} not written ${layout} like the other ${fitting}`,
  });
  return decided(profile, at, dateEncoding(layout), "MIXED_DATES", policy, others);
}

function decided(
  profile: ColumnProfile,
  at: string,
  encoding: Encoding,
  code: HazardCode,
  policy: string | null,
  count: number,
): ColumnDraft {
  if (policy === null || policy === "text" || policy === "widen")
    return { encoding: { kind: "text" }, reason: `text keeps every value of ${at} as it is written`, rules: [] };
  const fitting = valueCount(profile) - count;
  const layout = "layout" in encoding ? encoding.layout : "";
  return {
    encoding,
    reason: `${plural(fitting, "value is", "values are")} written ${layout}; ${plural(count, "other")} treated by the accepted policy "${policy}"`,
    rules: [rule(code, { kind: "layout" }, policy)],
  };
}

/** Notes on dates that share a type in spite of several spellings, and on those that stay texts or numbers. */
export function dateNotes(column: Column, profile: ColumnProfile, at: string, encoding: Encoding, notes: Note[]): void {
  if (declaredKind(column.declaredType) !== "date") return;
  const classes = presentClasses(profile);
  const { layouts, counts, keyDates } = profile;
  const several = layouts.length > 1 || (layouts.length > 0 && classes.length > 1);
  if ("layout" in encoding && isCommon(encoding.layout)) {
    const message = `each value is the instant that it names; how it was written (${counted(layouts)}) is not kept`;
    notes.push({ code: "SPELLING_NOT_KEPT", at, message });
  } else if (encoding.kind === "text" && keyDates !== undefined && onlyDates(profile)) {
    notes.push({ code: "DATES_AS_TEXT", at, message: `declared ${column.declaredType}, kept as text in a key` });
  } else if (several && !("layout" in encoding)) {
    const numbers = classes.filter((c) => c !== "text").map((c) => `${counts[c]} × ${c}`);
    const written = [counted(layouts), ...numbers].join(", ");
    notes.push({
      code: "DATES_AS_TEXT",
      at,
      message: `declared ${column.declaredType}, but written in several ways (${written}); to get one type, accept MIXED_DATES with the policy convert, null or quarantine`,
    });
  } else if (classes.length === 1 && classes[0] === "integer" && profile.integers !== null) {
    const digits = profile.integers.max.replace("-", "").length;
    const unit = digits <= 11 ? "seconds" : digits <= 14 ? "milliseconds" : "microseconds";
    notes.push({
      code: "EPOCH_AS_INTEGER",
      at,
      message: `declared ${column.declaredType} and holds integers; kept as bigint. If they are ${unit} since 1970, set columns.${column.name}.epoch: ${unit}`,
    });
  }
}

function onlyDates(profile: ColumnProfile): boolean {
  const { counts, layouts } = profile;
  return (
    counts.text > 0 && counts.text === valueCount(profile) && layouts.every(({ layout }) => layout.startsWith("YYYY"))
  );
}

/** The most frequent layouts that have one in common, and the rest. */
function grouped(layouts: Layouts): { readonly main: Layouts; readonly others: Layouts } {
  const [main = [], ...others] = layoutGroups(layouts);
  return { main, others: others.flat() };
}

function total(layouts: Layouts): number {
  return layouts.reduce((sum, { found }) => sum + found.count, 0);
}

function counted(layouts: Layouts): string {
  return layouts.map(({ layout, found }) => `${found.count} × ${layout}`).join(", ");
}

function samplesOf(layouts: Layouts): Layouts[number]["found"]["samples"] {
  return layouts.flatMap(({ found }) => found.samples).slice(0, 3);
}

function nullable(column: Column): string[] {
  return column.notNull ? [] : ["null"];
}
