/** The decision for one column: encoding, type, reason, and the treatment of cells that do not fit. */

import type { Column } from "../core/catalog.ts";
import { plural } from "../core/count.ts";
import { declaredKind } from "../core/declared-type.ts";
import type { Encoding } from "../core/encoding.ts";
import { RowhaulError } from "../core/errors.ts";
import type { HazardCode } from "../core/hazards.ts";
import type { CellAction, CellRule, ColumnPlan, Note } from "../core/plan.ts";
import type { ColumnProfile, StorageClass } from "../core/profile.ts";
import type { ColumnSettings } from "../core/settings.ts";
import type { Hazards } from "./acceptance.ts";
import { type Choice, dateEncoding, exactEncoding, intendedEncoding, presentClasses } from "./column-encoding.ts";
import { chosenType, refuseMisfits } from "./column-type.ts";
import { givenEncoding } from "./postgres/encoding.ts";

export type ColumnInput = {
  readonly table: string;
  readonly column: Column;
  readonly profile: ColumnProfile;
  readonly settings: ColumnSettings | null;
  readonly integers: "bigint" | "fit";
  readonly target: string;
  /** Part of a key: then texts that jsonb would take for equal must stay apart. */
  readonly keyed: boolean;
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
    const policy = hazards.meet({
      code,
      at,
      count: found.count,
      samples: found.samples,
      message: `${plural(found.count, "text")} ${what}`,
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

type Draft = { readonly encoding: Encoding; readonly reason: string; readonly rules: readonly CellRule[] };

function chooseEncoding(input: ColumnInput, at: string, hazards: Hazards, notes: Note[]): Draft {
  const { column, profile, settings, integers } = input;
  if (settings !== null && (settings.type !== null || settings.epoch !== null)) {
    const chosen = chosenType(at, column, profile, settings);
    const treated = misfitDraft(input, at, hazards, chosen);
    const rest = treated === null ? profile : carriedOnly(profile, chosen.encoding);
    refuseMisfits(at, column, rest, chosen.encoding, settings.type ?? "timestamp");
    return treated ?? { ...chosen, rules: [] };
  }
  const given = givenEncoding(column, profile);
  if (given !== null) return { encoding: given.encoding, reason: given.reason, rules: [] };
  if (declaredKind(column.declaredType) === "date") {
    const dates = mixedDates(profile, at, hazards);
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
  if (exact.note !== undefined || exact.encoding.kind === "rendered" || exact.encoding.kind === "tagged") {
    const treated = misfitDraft(input, at, hazards, intendedEncoding(column, profile, integers));
    if (treated !== null) return treated;
    notes.push({ code: exact.note ?? "WIDENED_TO_TEXT", at, message: exact.reason });
  }
  epochNote(column, profile, at, notes);
  return { encoding: exact.encoding, reason: exact.reason, rules: [] };
}

/** The profile without the cells that a rule treats. */
function carriedOnly(profile: ColumnProfile, encoding: Encoding): ColumnProfile {
  const carried = carriedClasses(encoding);
  const count = (storage: StorageClass): number => (carried.includes(storage) ? profile.counts[storage] : 0);
  return {
    ...profile,
    counts: {
      null: profile.counts.null,
      integer: count("integer"),
      real: count("real"),
      text: count("text"),
      blob: count("blob"),
    },
  };
}

/** When the pipeline chose another policy than to widen: the intended type, and a rule for the rest. */
function misfitDraft(
  input: ColumnInput,
  at: string,
  hazards: Hazards,
  intended: { encoding: Encoding; reason: string },
): Draft | null {
  const policy = hazards.chosen("MIXED_CLASSES", at);
  if (policy === null || policy === "widen") return null;
  const carried = carriedClasses(intended.encoding);
  const others = presentClasses(input.profile).filter((storage) => !carried.includes(storage));
  if (others.length === 0) return null;
  const count = others.reduce((sum, storage) => sum + input.profile.counts[storage], 0);
  const samples = others.flatMap((storage) => input.profile.samples[storage] ?? []);
  hazards.meet({
    code: "MIXED_CLASSES",
    at,
    count,
    samples,
    message: `${plural(count, "value")} of class ${others.join(", ")} in a column for ${carried.join(" or ")}`,
  });
  return {
    encoding: intended.encoding,
    reason: `${intended.reason}; ${plural(count, "other value")} treated by the accepted policy "${policy}"`,
    rules: [rule("MIXED_CLASSES", { kind: "class", classes: others }, policy)],
  };
}

/** Several layouts, epochs or rubbish among dates, when the pipeline wants dates all the same. */
function mixedDates(profile: ColumnProfile, at: string, hazards: Hazards): Draft | null {
  const [main] = profile.layouts.filter(({ layout }) => layout.startsWith("YYYY"));
  if (main === undefined) return null;
  const others =
    profile.counts.text - main.found.count + profile.counts.integer + profile.counts.real + profile.counts.blob;
  if (others === 0) return null;
  const policy = hazards.chosen("MIXED_DATES", at);
  if (policy === null || policy === "widen") return null;
  const samples = [
    ...profile.layouts.filter((entry) => entry !== main).flatMap(({ found }) => found.samples),
    ...(["integer", "real", "blob"] as const).flatMap((storage) => profile.samples[storage] ?? []),
  ].slice(0, 3);
  hazards.meet({
    code: "MIXED_DATES",
    at,
    count: others,
    samples,
    message: `${plural(others, "value is", "values are")} not written ${main.layout} like the other ${main.found.count}`,
  });
  return {
    encoding: dateEncoding(main.layout),
    reason: `${main.found.count} values are written ${main.layout}; ${plural(others, "other")} treated by the accepted policy "${policy}"`,
    rules: [rule("MIXED_DATES", { kind: "layout" }, policy)],
  };
}

function epochNote(column: Column, profile: ColumnProfile, at: string, notes: Note[]): void {
  if (declaredKind(column.declaredType) !== "date") return;
  const classes = presentClasses(profile);
  if (profile.layouts.length > 1 || (profile.layouts.length > 0 && classes.length > 1)) {
    const layouts = profile.layouts.map(({ layout, found }) => `${found.count} × ${layout}`);
    notes.push({
      code: "DATES_AS_TEXT",
      at,
      message: `declared ${column.declaredType}, but written in several ways (${[...layouts, ...classes.filter((c) => c !== "text").map((c) => `${profile.counts[c]} × ${c}`)].join(", ")}); to get one type, accept MIXED_DATES with the policy convert, null or quarantine`,
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

function rule(code: HazardCode, when: CellRule["when"], policy: string): CellRule {
  return { code, when, then: policy as CellAction };
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
