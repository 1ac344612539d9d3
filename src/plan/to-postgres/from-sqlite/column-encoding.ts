/**
 * Which encoding carries every value of a column? Decided from the declared type
 * and, above all, from what the values really are.
 */

import { plural } from "../../../core/messages/count.ts";
import type { ColumnProfile, StorageClass } from "../../../core/plan/profile.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import { declaredKind } from "../../../core/schema/declared-type.ts";
import type { BooleanLiteral, Encoding } from "../../../core/values/encoding.ts";
import type { Choice } from "../column-draft.ts";
import { dateChoice } from "./dates.ts";

/** The encoding that carries every value, widened as far as needed. */
export function exactEncoding(column: Column, profile: ColumnProfile, integers: "bigint" | "fit"): Choice {
  return declaredEncoding(column, profile) ?? classEncoding(column, profile, integers);
}

export function presentClasses(profile: ColumnProfile): StorageClass[] {
  return (["integer", "real", "text", "blob"] as const).filter((storage) => profile.counts[storage] > 0);
}

/** The column's intended encoding, for use with a rule that treats what does not fit. */
export function intendedEncoding(column: Column, profile: ColumnProfile, integers: "bigint" | "fit"): Choice {
  const only = (storage: StorageClass): ColumnProfile => ({
    ...profile,
    counts: { null: 0, integer: 0, real: 0, text: 0, blob: 0, [storage]: 1 },
  });
  const { counts } = profile;
  // A declared BLOB means bytes; a column without a type, or one whose values lost it, means what most of them are.
  if (column.affinity === "BLOB" && /blob/i.test(column.declaredType))
    return classEncoding(column, only("blob"), integers);
  switch (column.affinity) {
    case "INTEGER":
      return classEncoding(column, only("integer"), integers);
    case "REAL":
      return classEncoding(column, only("real"), integers);
    case "TEXT":
      return classEncoding(column, only("text"), integers);
    default: {
      const most = (["integer", "real", "text", "blob"] as const).reduce((a, b) => (counts[b] > counts[a] ? b : a));
      return declaredEncoding(column, only(most)) ?? classEncoding(column, only(most), integers);
    }
  }
}

export function integerEncoding(profile: ColumnProfile, integers: "bigint" | "fit"): Encoding {
  const min = BigInt(profile.integers?.min ?? 0);
  const max = BigInt(profile.integers?.max ?? 0);
  const within = (bits: bigint): boolean => min >= -(2n ** (bits - 1n)) && max < 2n ** (bits - 1n);
  const width = integers === "fit" ? (within(16n) ? 2 : within(32n) ? 4 : 8) : 8;
  return {
    kind: "integer",
    width,
    wide: min < BigInt(Number.MIN_SAFE_INTEGER) || max > BigInt(Number.MAX_SAFE_INTEGER),
  };
}

function declaredEncoding(column: Column, profile: ColumnProfile): Choice | null {
  const kind = declaredKind(column.declaredType);
  const classes = presentClasses(profile);
  if (kind === "boolean") return booleanEncoding(profile, classes);
  if (kind === "date") return dateChoice(column, profile, classes);
  if (kind === "json" && classes.every((storage) => storage === "text")) {
    const [worst] = profile.json;
    if (worst === undefined)
      return {
        encoding: { kind: "json" },
        reason: `declared ${column.declaredType}, and every value is JSON that jsonb carries`,
      };
    return {
      encoding: { kind: "text" },
      reason: `declared ${column.declaredType}, but ${plural(worst.found.count, "value")} would not survive in jsonb (${worst.problem})`,
    };
  }
  return null;
}

const pairs: readonly (readonly [string, string])[] = [
  ["true", "false"],
  ["t", "f"],
  ["yes", "no"],
  ["y", "n"],
  ["on", "off"],
  ["1", "0"],
];

function booleanEncoding(profile: ColumnProfile, classes: readonly StorageClass[]): Choice | null {
  if (classes.length === 0) return { encoding: zeroOne, reason: "declared boolean, no values" };
  if (classes.length > 1) return null;
  if (
    classes[0] === "integer" &&
    profile.integers !== null &&
    Number(profile.integers.min) >= 0 &&
    Number(profile.integers.max) <= 1
  ) {
    return { encoding: zeroOne, reason: "declared boolean, and every value is 0 or 1" };
  }
  const spellings = profile.spellings ?? [];
  if (classes[0] !== "text" || spellings.length === 0 || spellings.length > 2) return null;
  for (const [yes, no] of pairs) {
    for (const cased of [
      (word: string) => word,
      (word: string) => word.toUpperCase(),
      (word: string) => `${word[0]?.toUpperCase()}${word.slice(1)}`,
    ]) {
      if (spellings.every((word) => word === cased(yes) || word === cased(no))) {
        return {
          encoding: { kind: "boolean", true: { text: cased(yes) }, false: { text: cased(no) } },
          reason: `declared boolean, and every value is '${cased(yes)}' or '${cased(no)}'`,
        };
      }
    }
  }
  return null;
}

const zeroOne: { kind: "boolean"; true: BooleanLiteral; false: BooleanLiteral } = {
  kind: "boolean",
  true: { integer: 1 },
  false: { integer: 0 },
};

function classEncoding(column: Column, profile: ColumnProfile, integers: "bigint" | "fit"): Choice {
  const classes = presentClasses(profile);
  const key = classes.join("+");
  const decimal = declaredKind(column.declaredType) === "decimal";
  const numbersOnly = column.affinity === "INTEGER" || column.affinity === "REAL" || column.affinity === "NUMERIC";
  switch (key) {
    case "":
      return emptyColumn(column);
    case "integer":
      if (decimal)
        return { encoding: { kind: "numeric" }, reason: `declared ${column.declaredType}, all values are integers` };
      return {
        encoding: integerEncoding(profile, integers),
        reason:
          profile.integers === null ? "integers" : `integers from ${profile.integers.min} to ${profile.integers.max}`,
      };
    case "real":
      if (decimal && (profile.reals?.negativeZero ?? 0) === 0) {
        return {
          encoding: { kind: "numeric" },
          reason: `declared ${column.declaredType}: numeric with the shortest digits that give the stored double back`,
        };
      }
      return { encoding: { kind: "real" }, reason: "every value is a double; carried bit for bit" };
    case "integer+real":
      if ((profile.reals?.negativeZero ?? 0) > 0) break;
      return {
        encoding: { kind: "numeric" },
        reason: `${profile.counts.integer} integers and ${profile.counts.real} doubles: numeric carries both exactly`,
      };
    case "text":
      return { encoding: { kind: "text" }, reason: "every value is text" };
    case "blob":
      return { encoding: { kind: "bytes" }, reason: "every value is a BLOB" };
    case "integer+text":
    case "real+text":
    case "integer+real+text":
      // "Infinity" could be either; elsewhere the affinity keeps texts and numbers apart.
      if (!numbersOnly || (profile.reals?.infinite ?? 0) > 0 || (profile.reals?.negativeZero ?? 0) > 0) break;
      return {
        encoding: { kind: "rendered" },
        reason: `declared ${column.declaredType}, but ${profile.counts.text} of ${valueCount(profile)} values are text: text carries every value, and its affinity tells numbers from texts`,
        note: "WIDENED_TO_TEXT",
      };
  }
  return {
    encoding: { kind: "tagged" },
    reason: `values of several storage classes (${classes.map((storage) => `${profile.counts[storage]} ${storage}`).join(", ")}): jsonb {"t": class, "v": value} carries each exactly`,
    note: "WIDENED_TO_JSONB",
  };
}

function emptyColumn(column: Column): Choice {
  const reason = `no values; by its declared type${column.declaredType === "" ? " (none)" : ` ${column.declaredType}`}`;
  switch (column.affinity) {
    case "INTEGER":
      return { encoding: { kind: "integer", width: 8, wide: false }, reason };
    case "REAL":
      return { encoding: { kind: "real" }, reason };
    case "TEXT":
      return { encoding: { kind: "text" }, reason };
    case "NUMERIC":
      return { encoding: { kind: "numeric" }, reason };
    case "BLOB":
      return {
        encoding:
          column.declaredType === "" || /^any$/i.test(column.declaredType) ? { kind: "text" } : { kind: "bytes" },
        reason,
      };
  }
}

/** Values that are not NULL. */
export function valueCount(profile: ColumnProfile): number {
  const { integer, real, text, blob } = profile.counts;
  return integer + real + text + blob;
}
