/**
 * What steps did to values: whether any was changed, and which storage classes there are now. Only columns
 * that a step touched are examined, and unchanged cells add nothing.
 */

import type { SeenColumn } from "../../core/plan/seen.ts";
import type { Chain, Shape, ShapeColumn, Value } from "../../core/plan/transform.ts";
import type { Affinity, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";

/** Of one chain's rows: gathered with each source row, counted once that row is written. */
export type RowWatch = {
  take(shape: Shape, row: readonly Value[]): void;
  keep(source: readonly Value[]): void;
  drop(): void;
};

export type SeenValues = {
  watch(chain: Chain, table: Table): RowWatch;
  column(table: string, column: string): SeenColumn | undefined;
};

export function seenValues(): SeenValues {
  const tallies = new Map<string, Tally>();
  const id = (table: string, column: string): string => `${foldName(table)}\0${foldName(column)}`;
  const tallyOf = (table: string, column: string): Tally => {
    const known = tallies.get(id(table, column)) ?? { ...nothing };
    tallies.set(id(table, column), known);
    return known;
  };
  return {
    watch(chain, table) {
      const places = new Map<Shape, readonly Place[]>();
      const placesOf = (shape: Shape): readonly Place[] => {
        const known = places.get(shape) ?? placesIn(shape, table, tallyOf);
        places.set(shape, known);
        return known;
      };
      // A table without rows has empty columns, not unknown ones.
      for (const shape of [chain.steps.at(-1)?.outputs[0] ?? chain.outputs[0], ...chain.outputs.slice(1)])
        placesOf(shape);
      const taken: { readonly places: readonly Place[]; readonly row: readonly Value[] }[] = [];
      return {
        take: (shape, row) => void taken.push({ places: placesOf(shape), row }),
        keep(source) {
          for (const { places, row } of taken) for (const place of places) look(place, row, source);
          taken.length = 0;
        },
        drop() {
          taken.length = 0;
        },
      };
    },
    column(table, column) {
      const tally = tallies.get(id(table, column));
      if (tally === undefined) return undefined;
      const { changed, emptied, filled } = tally;
      return { changed, emptied, filled, fits: fitsOf(tally) };
    },
  };
}

/** Marks of what was seen; none is ever taken back. */
type Tally = {
  changed: boolean;
  emptied: boolean;
  filled: boolean;
  integers: boolean;
  reals: boolean;
  /** Such as 5.0, of which an affinity for integers makes 5. */
  wholeReals: boolean;
  /** Such as '5', of which an affinity for numbers makes 5. */
  numericTexts: boolean;
};

const nothing: Tally = {
  changed: false,
  emptied: false,
  filled: false,
  integers: false,
  reals: false,
  wholeReals: false,
  numericTexts: false,
};

type Place = {
  /** In the row. */
  readonly at: number;
  /** In the source's row; null for a column that is new. */
  readonly from: number | null;
  /** Declared as in the source, so that a cell which is as it was fits as it did. */
  readonly sameType: boolean;
  readonly tally: Tally;
};

function placesIn(shape: Shape, table: Table, tallyOf: (table: string, column: string) => Tally): Place[] {
  return shape.columns.flatMap((column, at): Place[] => {
    if (!column.changed) return [];
    const from = sourceOf(column, table);
    const sameType = from !== null && table.columns[from]?.declaredType === column.declaredType;
    return [{ at, from, sameType, tally: tallyOf(shape.table, column.name) }];
  });
}

function sourceOf({ origin }: ShapeColumn, { columns }: Table): number | null {
  const at = origin === null ? -1 : columns.findIndex(({ name }) => sameName(name, origin));
  return at < 0 ? null : at;
}

function look({ at, from, sameType, tally }: Place, row: readonly Value[], source: readonly Value[]): void {
  const value = row[at] ?? null;
  if (value !== null) tally.filled = true;
  const same = from !== null && isSame(value, source[from] ?? null);
  if (!same) tally.changed = true;
  if (!same && value === null) tally.emptied = true;
  if (value === null || (same && sameType)) return;
  if (typeof value === "bigint") tally.integers = true;
  else if (typeof value === "number") {
    tally.reals = true;
    tally.wholeReals ||= Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  } else if (typeof value === "string") tally.numericTexts ||= looksNumeric.test(value);
}

function isSame(a: Value, b: Value): boolean {
  if (a === b) return a !== 0 || Object.is(a, b);
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  return Buffer.compare(a.rawText, b.rawText) === 0;
}

/** As SQLite reads a number in a text: https://sqlite.org/datatype3.html, section 3. */
const looksNumeric = /^[ \t-\r]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?[ \t-\r]*$/i;

/** Whether a column declared so would hold exactly these values, had they been inserted. */
function fitsOf({ integers, reals, wholeReals, numericTexts }: Tally): Record<Affinity, boolean> {
  const whole = !wholeReals && !numericTexts;
  return { INTEGER: whole, NUMERIC: whole, REAL: !integers && !numericTexts, TEXT: !integers && !reals, BLOB: true };
}
