/** One cell changed on purpose by an accepted rule. `before`: see render-cell.ts; `after`: the target value as PostgreSQL prints it, null for NULL. */
export type LedgerEntry = {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly before: string;
  readonly after: string | null;
  /** Hazard code and action, as `NUL_IN_TEXT:strip`. */
  readonly rule: string;
};

/** A row that was not carried, whole, with the reason. `row` maps source columns to printable renderings. */
export type QuarantinedRow = {
  readonly table: string;
  readonly key: string;
  readonly row: Readonly<Record<string, string>>;
  readonly rule: string;
};
