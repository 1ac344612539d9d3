/**
 * A unit: what one COPY transaction moves and one checkpoint records. Holds no
 * handle and no closure, so another process or machine could run it.
 */
export type Unit = {
  /** Stable over reruns of the same plan. */
  readonly id: string;
  readonly parts: readonly UnitPart[];
};

export type UnitPart = {
  /** Source table. */
  readonly table: string;
  /** Rowids of the range, decimal digits: from inclusive, to exclusive; null = open. */
  readonly from: string | null;
  readonly to: string | null;
  /** Rows expected, for progress only. */
  readonly rows: number;
};
