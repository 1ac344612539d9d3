/** What differs between two tables, as it is found: everything counted, the first of each kind named. */
import type { Value } from "../core/plan/transform.ts";
import type { ColumnPair } from "./column-pair.ts";
import type { CellDifference, Rows } from "./comparison.ts";
import type { RowKey } from "./row-key.ts";
import { showKey, showPair } from "./show.ts";

export type Found = {
  /** A row was read of one side. */
  readA(): void;
  readB(): void;
  /** A row of `a` that `b` does not have, and the other way round. */
  missing(row: readonly Value[]): void;
  extra(row: readonly Value[]): void;
  /** Counts that many without naming them. */
  missingToo(count: number): void;
  extraToo(count: number): void;
  /** Whether `missing` and `extra` would still name a row. */
  names(side: "missing" | "extra"): boolean;
  /** Two rows of one key, compared cell by cell. */
  sameKey(a: readonly Value[], b: readonly Value[]): void;
  result(): FoundResult;
};

export type FoundResult = {
  readonly rowsInA: number;
  readonly rowsInB: number;
  readonly missing: Rows;
  readonly extra: Rows;
  readonly changedRows: number;
  readonly cells: { readonly count: number; readonly samples: readonly CellDifference[] };
  readonly byColumn: readonly number[];
};

export function differencesFound(pairs: readonly ColumnPair[], key: RowKey | null, limit: number): Found {
  const names = pairs.map((pair) => pair.a.name);
  const shown = (row: readonly Value[]): string =>
    key === null
      ? showKey(names, row)
      : showKey(
          key.columns,
          key.at.map((i) => row[i] ?? null),
        );
  const rows = { a: 0, b: 0, changed: 0 };
  const missing = { count: 0, samples: [] as string[] };
  const extra = { count: 0, samples: [] as string[] };
  const cells = { count: 0, samples: [] as CellDifference[] };
  const byColumn = pairs.map(() => 0);
  const add = (side: typeof missing, row: readonly Value[]): void => {
    side.count += 1;
    if (side.samples.length < limit) side.samples.push(shown(row));
  };
  return {
    readA: () => {
      rows.a += 1;
    },
    readB: () => {
      rows.b += 1;
    },
    missing: (row) => add(missing, row),
    extra: (row) => add(extra, row),
    missingToo: (count) => {
      missing.count += count;
    },
    extraToo: (count) => {
      extra.count += count;
    },
    names: (side) => (side === "missing" ? missing : extra).samples.length < limit,
    sameKey: (a, b) => {
      const before = cells.count;
      for (let i = 0; i < pairs.length; i += 1) {
        const [x = null, y = null] = [a[i], b[i]];
        if (pairs[i]?.same(x, y) !== false) continue;
        cells.count += 1;
        byColumn[i] = (byColumn[i] ?? 0) + 1;
        if (cells.samples.length >= limit) continue;
        const [inA, inB] = showPair(x, y);
        cells.samples.push({ key: shown(a), column: names[i] ?? "", a: inA, b: inB });
      }
      if (cells.count > before) rows.changed += 1;
    },
    result: () => ({ rowsInA: rows.a, rowsInB: rows.b, missing, extra, changedRows: rows.changed, cells, byColumn }),
  };
}
