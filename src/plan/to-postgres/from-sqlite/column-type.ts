/** A type that the pipeline file asks for; refused when some value does not fit. */

import { RowhaulError } from "../../../core/messages/errors.ts";
import type { ColumnProfile } from "../../../core/plan/profile.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import type { ColumnSettings } from "../../../core/settings.ts";
import { commonLayout, layoutGroups } from "../../../core/values/date-layout.ts";
import type { Encoding, EpochUnit } from "../../../core/values/encoding.ts";
import { exactEncoding, integerEncoding, presentClasses } from "./column-encoding.ts";
import { dateEncoding, wholeLayout } from "./dates.ts";

export function chosenType(
  at: string,
  column: Column,
  profile: ColumnProfile,
  settings: ColumnSettings,
): { encoding: Encoding; reason: string } {
  const encoding = encodingFor(at, column, profile, settings);
  const type = settings.type ?? "timestamp";
  return {
    encoding,
    reason:
      settings.epoch === null
        ? `type ${type} set in the pipeline file`
        : `${settings.epoch} since 1970, as set in the pipeline file`,
  };
}

function encodingFor(at: string, column: Column, profile: ColumnProfile, settings: ColumnSettings): Encoding {
  if (settings.epoch !== null) {
    if (settings.type !== null && settings.type !== "timestamp" && settings.type !== "timestamptz")
      throw invalid(at, `epoch needs the type timestamp or timestamptz, not ${settings.type}`);
    return { kind: "epoch", unit: settings.epoch, zoned: settings.type === "timestamptz" };
  }
  switch (settings.type) {
    case "smallint":
      return { ...integerEncoding(profile, "bigint"), width: 2 } as Encoding;
    case "integer":
      return { ...integerEncoding(profile, "bigint"), width: 4 } as Encoding;
    case "bigint":
    case null:
      return integerEncoding(profile, "bigint");
    case "double precision":
      return { kind: "real" };
    case "numeric":
      return { kind: "numeric" };
    case "text":
      return presentClasses(profile).every((storage) => storage === "text") ? { kind: "text" } : { kind: "rendered" };
    case "bytea":
      return presentClasses(profile).includes("text") ? { kind: "text-bytes" } : { kind: "bytes" };
    case "jsonb":
      return { kind: "json" };
    case "boolean": {
      const { encoding } = exactEncoding({ ...column, declaredType: "BOOLEAN" }, profile, "bigint");
      return encoding.kind === "boolean" ? encoding : { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } };
    }
    case "uuid":
    case "interval":
      throw invalid(at, `a generated column cannot be given the type ${settings.type}`);
    case "date":
    case "timestamp":
    case "timestamptz": {
      const [main = []] = layoutGroups(profile.layouts.filter(({ layout }) => layout.startsWith("YYYY")));
      const layout = commonLayout(main.map((one) => one.layout));
      if (layout === null && profile.counts.text > 0) throw invalid(at, `no value is a date rowhaul knows`);
      const encoding = dateEncoding(layout ?? (settings.type === "date" ? "YYYY-MM-DD" : "YYYY-MM-DD HH:MM:SS"));
      return settings.type === "date" ? encoding : ({ ...encoding, kind: settings.type } as Encoding);
    }
  }
}

/** Throws PLAN_INVALID where a value of the column has no place in the type. */
export function refuseMisfits(
  at: string,
  column: Column,
  profile: ColumnProfile,
  encoding: Encoding,
  type: string,
): void {
  const { counts } = profile;
  const classes = presentClasses(profile);
  const numbersOnly = column.affinity === "INTEGER" || column.affinity === "REAL" || column.affinity === "NUMERIC";
  const outside = (bits: bigint): boolean =>
    profile.integers !== null &&
    (BigInt(profile.integers.min) < -(2n ** (bits - 1n)) || BigInt(profile.integers.max) >= 2n ** (bits - 1n));
  const complain = (what: string): never => {
    const [, ...others] = layoutGroups(profile.layouts);
    const samples = [
      ...classes.flatMap((storage) => profile.samples[storage] ?? []),
      ...others.flat().flatMap(({ found }) => found.samples),
    ].map((sample) => `${sample.key}: ${sample.value}`);
    throw invalid(at, `${what}, so the type ${type} cannot carry the column`, samples);
  };
  switch (encoding.kind) {
    case "integer":
      if (classes.some((storage) => storage !== "integer"))
        complain(`${counts.real + counts.text + counts.blob} value(s) are no integers`);
      if (encoding.width < 8 && outside(encoding.width === 2 ? 16n : 32n))
        complain(`values range from ${profile.integers?.min} to ${profile.integers?.max}`);
      return;
    case "real":
      if (counts.text + counts.blob > 0) complain(`${counts.text + counts.blob} value(s) are no numbers`);
      if (counts.integer > 0 && counts.real > 0 && column.affinity !== "REAL")
        complain("integers and doubles are mixed, and double precision could not tell 5 from 5.0");
      if (outside(54n)) complain("some integers lie beyond 2^53, where a double is not exact");
      return;
    case "numeric":
    case "epoch":
      if (counts.text + counts.blob > 0) complain(`${counts.text + counts.blob} value(s) are no numbers`);
      if (encoding.kind === "epoch" && counts.real > 0) complain(`${counts.real} value(s) are no integers`);
      if (encoding.kind === "epoch" && beyondYears(profile, encoding.unit))
        complain(`some values lie beyond the years 1 to 9999 in ${encoding.unit}`);
      if (encoding.kind === "numeric" && (profile.reals?.negativeZero ?? 0) > 0)
        complain("a negative zero would lose its sign");
      return;
    case "text":
    case "rendered":
      // Only an affinity for numbers keeps 5 and '5' from standing side by side.
      if (counts.text > 0 && counts.integer + counts.real > 0 && !numbersOnly)
        complain("numbers and texts are mixed, and text could not tell them apart");
      if (counts.text > 0 && (profile.reals?.infinite ?? 0) > 0)
        complain("infinities and texts are mixed, and text could not tell them apart");
      if (counts.blob > 0) complain(`${counts.blob} value(s) are BLOBs`);
      return;
    case "json":
      if (classes.some((storage) => storage !== "text") || profile.json.length > 0)
        complain("not every value is JSON that jsonb carries");
      return;
    case "boolean":
      if (
        classes.length > 0 &&
        !(
          classes.length === 1 &&
          ("text" in encoding.true ||
            (classes[0] === "integer" &&
              !outside(64n) &&
              Number(profile.integers?.min) >= 0 &&
              Number(profile.integers?.max) <= 1))
        )
      )
        complain("not every value is 0 or 1");
      return;
    case "date":
    case "timestamp":
    case "timestamptz":
      if (classes.some((storage) => storage !== "text") || (counts.text > 0 && wholeLayout(profile) === null))
        complain("not every value is a date of one layout");
      if (profile.keyDates !== undefined && profile.keyDates.alike.length > 0)
        complain(`it is in a key, and ${profile.keyDates.alike.join(" and ")} would be one instant`);
      if (type === "date" && encoding.kind !== "date") complain("the values have a time of day");
      return;
    case "bytes":
    case "text-bytes":
      if (classes.length > 1) complain("texts and BLOBs are mixed, and bytea cannot tell them apart");
  }
}

function beyondYears(profile: ColumnProfile, unit: EpochUnit): boolean {
  const scale = { seconds: 1n, milliseconds: 1_000n, microseconds: 1_000_000n }[unit];
  const { min, max } = profile.integers ?? { min: "0", max: "0" };
  return BigInt(min) < -62_135_596_800n * scale || BigInt(max) >= 253_402_300_800n * scale;
}

function invalid(at: string, message: string, details: readonly string[] = []): RowhaulError {
  return new RowhaulError("PLAN_INVALID", `${at}: ${message}.`, {
    details,
    hint: "Correct or remove the column's `type` in the pipeline file.",
  });
}
