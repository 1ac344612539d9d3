/** One column's part of the profile, from whatever looked at its values. */
import type { ColumnProfile } from "../../core/plan/profile.ts";
import type { ProfileRequest } from "../../core/ports.ts";
import type { Column } from "../../core/schema/catalog.ts";
import { type DeclaredKind, declaredKind } from "../../core/schema/declared-type.ts";
import { foldName } from "../../core/schema/names.ts";
import { DateCensus } from "./dates.ts";
import { JsonCensus, spellingsOf } from "./declared.ts";
import type { Samples } from "./samples.ts";

export type ClassFacts = Pick<ColumnProfile, "counts" | "integers" | "reals" | "longest">;
export type TextFacts = { readonly nul: ColumnProfile["nul"]; readonly invalid: ColumnProfile["invalidEncoding"] };
/** What is counted of a column that promises more than a class. */
export type ValueCensus = DateCensus | JsonCensus;

/** The column's kind in the pipeline file, else as declared. */
export function kindIn(kinds: ProfileRequest["kinds"], column: Column): DeclaredKind {
  return kinds.get(foldName(column.name)) ?? declaredKind(column.declaredType);
}

export function valueCensus(column: Column, kind: DeclaredKind, samples: Samples): ValueCensus | null {
  if (kind === "date") return new DateCensus(column.name, samples);
  return kind === "json" ? new JsonCensus(column.name, samples) : null;
}

/** `shown`: a cell of each class is wanted. */
export function columnProfile(
  column: Column,
  kind: DeclaredKind,
  { counts, integers, reals, longest }: ClassFacts,
  text: TextFacts,
  values: ValueCensus | null,
  samples: Samples,
  shown: boolean,
): ColumnProfile {
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  const mixed = present.filter(([name]) => name !== "null").length > 1;
  return {
    counts,
    integers,
    reals,
    longest,
    nul: text.nul,
    invalidEncoding: text.invalid,
    layouts: values instanceof DateCensus ? values.result() : [],
    json: values instanceof JsonCensus ? values.result() : [],
    spellings: kind === "boolean" && counts.text > 0 ? spellingsOf(samples, column.name) : null,
    ...(counts.text > 0 && counts.blob > 0 ? { bytesNotText: samples.countBytesNotText(column.name) } : {}),
    samples: shown || mixed || counts.null > 0 ? samples.ofClasses(column.name, counts) : {},
  };
}
