/** A constraint of the application's table that rows break, and its wording. */
import { plural } from "../../../core/messages/count.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { shorten } from "../../../core/values/render-cell.ts";

/** `shown`: a row's key, and the values concerned, as SQLite writes literals. */
export type BrokenRow = {
  readonly key: readonly (readonly [string, string])[];
  readonly shown: readonly (readonly [string, string])[];
};

export type Broken = {
  readonly table: string;
  /** `CHECK (length(name) > 3)`, `FOREIGN KEY (p) REFERENCES p (id)`. */
  readonly rule: string;
  readonly count: number;
  /** The first few. */
  readonly rows: readonly BrokenRow[];
};

export const rowsShown = 3;

export function refuseBroken(path: string, broken: readonly Broken[]): void {
  const [first] = broken;
  if (first === undefined) return;
  const rows = broken.reduce((sum, { count }) => sum + count, 0);
  const [row] = first.rows;
  const [cell] = row?.shown ?? [];
  throw new RowhaulError(
    "CONSTRAINT_VIOLATED",
    `${plural(rows, "row breaks", "rows break")} what the tables of ${path} enforce; the file is as it was.`,
    {
      place: {
        table: first.table,
        ...(row === undefined || row.key.length === 0 ? {} : { key: pairs(row.key) }),
        ...(cell === undefined ? {} : { column: cell[0], sample: shorten(cell[1]) }),
      },
      details: broken.flatMap(({ table, rule, count, rows: some }) => [
        `${table}: ${rule}: ${plural(count, "row")}`,
        ...some.map(({ key, shown }) => `    ${[pairs(key), pairs(shown)].filter((part) => part !== "").join(": ")}`),
      ]),
      hint: "Correct the rows in the source, leave them out with `where`, or mend them by a transform in a pipeline file; then run again with --fresh.",
    },
  );
}

function pairs(named: readonly (readonly [string, string])[]): string {
  return named.map(([name, value]) => `${name}=${shorten(value)}`).join(", ");
}
