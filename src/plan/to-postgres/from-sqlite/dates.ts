/** One type for all texts of a column declared as a date, where they have a layout in common. */

import type { ColumnProfile, StorageClass } from "../../../core/plan/profile.ts";
import type { Column } from "../../../core/schema/catalog.ts";
import { commonLayout, isCommon, isLong, layoutParts } from "../../../core/values/date-layout.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import type { Choice } from "../column-draft.ts";

/** A layout's encoding. */
export function dateEncoding(layout: string): Extract<Encoding, { layout: string }> {
  const { time, zone } = layoutParts(layout);
  return { kind: !time ? "date" : zone === "" ? "timestamp" : "timestamptz", layout };
}

/** The layout that all texts have, each of them in full; null where there is none. */
export function wholeLayout({ layouts }: ColumnProfile): string | null {
  const written = layouts.map(({ layout }) => layout);
  return written.every((layout) => layout.startsWith("YYYY") && !isLong(layout)) ? commonLayout(written) : null;
}

/** Null where the values have no date's type in common. */
export function dateChoice(column: Column, profile: ColumnProfile, classes: readonly StorageClass[]): Choice | null {
  const declared = `declared ${column.declaredType}`;
  const { keyDates } = profile;
  if (classes.length === 0) {
    const usual = /^date$/i.test(column.declaredType) ? "YYYY-MM-DD" : "YYYY-MM-DD HH:MM:SS";
    return { encoding: dateEncoding(keyDates?.layout ?? usual), reason: `${declared}, no values` };
  }
  if (classes.length !== 1 || classes[0] !== "text") return null;
  const own = wholeLayout(profile);
  if (own === null) return null;
  const layout = keyDates === undefined ? own : keyDates.layout;
  if (layout === null)
    return {
      encoding: { kind: "text" },
      reason: `${declared}, but a foreign key ties it to a column that is no date written as ${own}`,
    };
  if (keyDates !== undefined && keyDates.alike.length > 0)
    return {
      encoding: { kind: "text" },
      reason: `${declared}, but it is in a key, and ${keyDates.alike.map((text) => `'${text}'`).join(" and ")} would be one instant`,
    };
  return {
    encoding: dateEncoding(layout),
    reason: isCommon(layout)
      ? `${declared}: each value names one instant, written ${layout}; how it was written is not kept`
      : `${declared}, and every value is written ${layout}`,
  };
}
