/** The decision for one column: encoding, type, reason, and the treatment of cells that do not fit. */

import { plural } from "../../core/messages/count.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { hazards as allHazards } from "../../core/plan/hazards.ts";
import type { CellAction, CellRule, ColumnPlan, Note } from "../../core/plan/plan.ts";
import type { ColumnProfile, Sample, StorageClass } from "../../core/plan/profile.ts";
import type { Column } from "../../core/schema/catalog.ts";
import { declaredKind } from "../../core/schema/declared-type.ts";
import type { ColumnSettings } from "../../core/settings.ts";
import { isLong } from "../../core/values/date-layout.ts";
import type { Encoding } from "../../core/values/encoding.ts";
import type { Hazards } from "../acceptance.ts";
import { type Choice, type ColumnDraft, rule } from "./column-draft.ts";
import { givenEncoding } from "./from-postgres/encoding.ts";
import { exactEncoding, intendedEncoding, presentClasses } from "./from-sqlite/column-encoding.ts";
import { chosenType, refuseMisfits } from "./from-sqlite/column-type.ts";
import { askDates, askDigits, dateNotes } from "./from-sqlite/mixed-dates.ts";

export type ColumnInput = {
  readonly table: string;
  readonly column: Column;
  readonly profile: ColumnProfile;
  readonly settings: ColumnSettings | null;
  readonly integers: "bigint" | "fit";
  readonly target: string;
  /** Part of a key: then texts that jsonb would take for equal must stay apart. */
  readonly keyed: boolean;
  /** The type that columns at the other end of its foreign keys share with it. */
  readonly joined?: Choice | undefined;
};

export function decideColumn(input: ColumnInput, hazards: Hazards, notes: Note[]): ColumnPlan {
  const { table, column, profile } = input;
  const at = `${table}.${column.name}`;
  const draft = chooseEncoding(input, at, hazards, notes);
  const rules: CellRule[] = [...draft.rules];
  let encoding = draft.encoding;
  for (const [code, found, kind] of [
    ["NUL_IN_TEXT", profile.nul, "nul"],
    ["INVALID_TEXT", profile.invalidEncoding, "invalid-encoding"],
  ] as const) {
    if (found.count === 0) continue;
    const what =
      kind === "nul"
        ? "with a NUL character, which PostgreSQL's text cannot hold"
        : "not valid in the database's encoding";
    const policies: readonly string[] = allHazards[code].policies.map(({ name }) => name);
    const meeting = (profile.repairsMeet ?? []).filter((how) => policies.includes(how));
    const policy = hazards.meet({
      code,
      at,
      count: found.count,
      samples: found.samples,
      message: `${plural(found.count, "text")} ${what}${meeting.length === 0 ? "" : `; two keys would be one by ${meeting.join(", or by ")}`}`,
      ...(meeting.length === 0 ? {} : { offered: policies.filter((one) => !meeting.some((how) => how === one)) }),
    });
    if (policy === "bytea") encoding = { kind: "text-bytes" };
    else if (policy !== null) rules.push({ code, when: { kind }, then: policy as CellAction });
  }
  if (encoding.kind === "text-bytes" && presentClasses(profile).some((storage) => storage !== "text")) {
    throw new RowhaulError("PLAN_INVALID", `${at}: the policy bytea needs a column that holds only text.`, {
      place: { table, column: column.name },
    });
  }
  const kept = encoding.kind === "text-bytes" ? [] : rules;
  refuseNullInNotNull(column, kept, at);
  if (encoding.kind === "text" && kept.length === 0 && profile.longest > largeText)
    encoding = { ...encoding, large: true };
  return {
    source: column.name,
    target: input.target,
    encoding,
    pgType: pgType(encoding),
    arrives: kept.length > 0 ? "changed" : isEquivalent(encoding, column) ? "equivalently" : "exactly",
    reason: draft.reason,
    computed: false,
    rules: kept,
  };
}

/** In bytes. */
const largeText = 1 << 20;

export function pgType(encoding: Encoding): string {
  switch (encoding.kind) {
    case "integer":
      return { 2: "smallint", 4: "integer", 8: "bigint" }[encoding.width];
    case "real":
      return "double precision";
    case "numeric":
      return "numeric";
    case "text":
    case "rendered":
      return "text";
    case "bytes":
    case "text-bytes":
      return "bytea";
    case "tagged":
    case "json":
      return "jsonb";
    case "boolean":
      return "boolean";
    case "date":
      return "date";
    case "timestamp":
      return "timestamp";
    case "timestamptz":
      return "timestamptz";
    case "epoch":
      return encoding.zoned ? "timestamptz" : "timestamp";
    case "literal":
      return encoding.type;
    case "live":
      return encoding.reading.type.written;
  }
}

function chooseEncoding(input: ColumnInput, at: string, hazards: Hazards, notes: Note[]): ColumnDraft {
  const { column, profile, settings, integers } = input;
  if (settings !== null && (settings.type !== null || settings.epoch !== null)) {
    const chosen = chosenType(at, column, profile, settings);
    const treated = misfitDraft(input, at, hazards, chosen) ?? longTimes(input, at, hazards, chosen);
    const rest = treated === null ? profile : carriedOnly(profile, treated.encoding);
    refuseMisfits(at, column, rest, chosen.encoding, settings.type ?? "timestamp");
    return treated ?? { ...chosen, rules: [] };
  }
  if (input.joined !== undefined) {
    const { encoding, reason, note } = input.joined;
    if (note !== undefined) notes.push({ code: note, at, message: `${pgType(encoding)}: ${reason}` });
    return { encoding, reason, rules: [] };
  }
  const given = givenEncoding(column, profile);
  if (given !== null) return { encoding: given.encoding, reason: given.reason, rules: [] };
  if (declaredKind(column.declaredType) === "date") {
    const dates = askDates(column, profile, at, hazards);
    if (dates !== null) return dates;
  }
  const chosen = exactEncoding(column, profile, integers);
  const found =
    column.hiddenRowid === true
      ? { ...chosen, reason: "SQLite's hidden rowid, which a full-text table refers to" }
      : chosen;
  const onlyText = presentClasses(profile).every((storage) => storage === "text");
  const exact: Choice =
    column.searched === true && onlyText && found.encoding.kind !== "text"
      ? { encoding: { kind: "text" }, reason: "full-text search indexes the text as it is written" }
      : found.encoding.kind === "json" && input.keyed
        ? { encoding: { kind: "text" }, reason: "JSON in a key: text keeps two spellings of one value apart" }
        : found;
  if (exact.encoding.kind === "tagged") return askMixture(input, at, hazards, notes, exact);
  if (exact.note !== undefined || exact.encoding.kind === "rendered") {
    const treated = misfitDraft(input, at, hazards, intendedEncoding(column, profile, integers));
    if (treated !== null) return treated;
    notes.push({ code: exact.note ?? "WIDENED_TO_TEXT", at, message: exact.reason });
  }
  dateNotes(column, profile, at, exact.encoding, notes);
  return { encoding: exact.encoding, reason: exact.reason, rules: [] };
}

/** Times with more digits than the type that the pipeline file sets. */
function longTimes({ profile, column }: ColumnInput, at: string, hazards: Hazards, chosen: Choice): ColumnDraft | null {
  const { kind } = chosen.encoding;
  return kind === "timestamp" || kind === "timestamptz"
    ? askDigits(column, profile, at, hazards, chosen.encoding)
    : null;
}

/** The profile without the cells that a rule treats. */
function carriedOnly(profile: ColumnProfile, encoding: Encoding): ColumnProfile {
  const carried = carriedClasses(encoding);
  const layouts = profile.layouts.filter(({ layout }) => !isLong(layout));
  const long = profile.layouts.filter(({ layout }) => isLong(layout)).reduce((sum, { found }) => sum + found.count, 0);
  const count = (storage: StorageClass): number =>
    carried.includes(storage) ? profile.counts[storage] - (storage === "text" ? long : 0) : 0;
  return {
    ...profile,
    counts: {
      null: profile.counts.null,
      integer: count("integer"),
      real: count("real"),
      text: count("text"),
      blob: count("blob"),
    },
    layouts,
  };
}

/** When the pipeline chose another policy than to widen: the intended type, and a rule for the rest. */
function misfitDraft(input: ColumnInput, at: string, hazards: Hazards, intended: Choice): ColumnDraft | null {
  const policy = hazards.chosen("MIXED_CLASSES", at);
  if (policy === null || policy === "widen" || policy === "envelope") return null;
  const others = misfits(input.profile, intended);
  if (others.length === 0) return null;
  hazards.meet({ code: "MIXED_CLASSES", at, ...found(input.profile, others, intended) });
  return treatedMisfits(input.profile, others, intended, policy);
}

/** Values that no plain type carries together: an application could not read the envelope, so it is asked for. */
function askMixture(
  input: ColumnInput,
  at: string,
  hazards: Hazards,
  notes: Note[],
  { encoding, reason, note }: Choice,
): ColumnDraft {
  const { column, profile, integers } = input;
  const intended = intendedEncoding(column, profile, integers);
  const others = misfits(profile, intended);
  const met = found(profile, others, intended);
  const policy = hazards.meet({
    code: "MIXED_CLASSES",
    at,
    ...(others.length === 0 ? { message: reason } : met),
    offered: ["envelope", ...(others.length === 0 ? [] : ways(column, profile, others, intended))],
  });
  if (policy !== null && policy !== "envelope") return treatedMisfits(profile, others, intended, policy);
  if (policy !== null) notes.push({ code: note ?? "WIDENED_TO_JSONB", at, message: reason });
  return { encoding, reason, rules: [] };
}

/** Policies that can take all of the values. */
function ways(
  column: Column,
  { bytesNotText }: ColumnProfile,
  others: readonly StorageClass[],
  { encoding }: Choice,
): string[] {
  const asText = encoding.kind === "text" && others.every((storage) => storage === "blob") && bytesNotText === 0;
  const asBytes = encoding.kind === "bytes" && others.every((storage) => storage === "text");
  return ["quarantine", ...(asText || asBytes ? ["reinterpret"] : []), ...(column.notNull ? [] : ["null"])];
}

function misfits(profile: ColumnProfile, { encoding }: Choice): StorageClass[] {
  const carried = carriedClasses(encoding);
  return presentClasses(profile).filter((storage) => !carried.includes(storage));
}

function found(
  profile: ColumnProfile,
  others: readonly StorageClass[],
  { encoding }: Choice,
): { count: number; samples: readonly Sample[]; message: string } {
  const count = countOf(profile, others);
  return {
    count,
    samples: others.flatMap((storage) => profile.samples[storage] ?? []),
    message: `${plural(count, "value")} of class ${others.join(", ")} in a column for ${carriedClasses(encoding).join(" or ")}`,
  };
}

function treatedMisfits(
  profile: ColumnProfile,
  others: readonly StorageClass[],
  intended: Choice,
  policy: string,
): ColumnDraft {
  return {
    encoding: intended.encoding,
    reason: `${intended.reason}; ${plural(countOf(profile, others), "other value")} treated by the accepted policy "${policy}"`,
    rules: [rule("MIXED_CLASSES", { kind: "class", classes: others }, policy)],
  };
}

function countOf(profile: ColumnProfile, classes: readonly StorageClass[]): number {
  return classes.reduce((sum, storage) => sum + profile.counts[storage], 0);
}

function carriedClasses(encoding: Encoding): StorageClass[] {
  switch (encoding.kind) {
    case "integer":
    case "epoch":
      return ["integer"];
    case "real":
    case "numeric":
      return ["integer", "real"];
    case "text":
    case "literal":
    case "text-bytes":
    case "json":
    case "date":
    case "timestamp":
    case "timestamptz":
      return ["text"];
    case "bytes":
      return ["blob"];
    case "boolean":
      return "integer" in encoding.true ? ["integer"] : ["text"];
    case "rendered":
      return ["integer", "real", "text"];
    case "tagged":
    case "live":
      return ["integer", "real", "text", "blob"];
  }
}

function isEquivalent(encoding: Encoding, column: Column): boolean {
  const kinds = ["boolean", "date", "timestamp", "timestamptz", "epoch", "json"];
  return (
    kinds.includes(encoding.kind) || (encoding.kind === "numeric" && declaredKind(column.declaredType) === "decimal")
  );
}

function refuseNullInNotNull(column: Column, rules: readonly CellRule[], at: string): void {
  const bad = rules.find((candidate) => candidate.then === "null");
  if (bad === undefined || !column.notNull) return;
  throw new RowhaulError(
    "PLAN_INVALID",
    `${at} is NOT NULL, so the policy "null" accepted for ${bad.code} cannot be used.`,
    { hint: "Choose `quarantine` or `widen` for this column." },
  );
}
