import type { SearchReport } from "./search-report.ts";

/** In the order in which they are asked. */
export const validatorNames = ["snapshot", "transforms", "counts", "schema", "parity", "search"] as const;
export type ValidatorName = (typeof validatorNames)[number];

/** One observation of a validator. A finding of level `difference` blocks cutover and makes the exit status 4. */
export type Finding = {
  readonly validator: ValidatorName;
  readonly level: "difference" | "note";
  /** Source table or object. */
  readonly table: string;
  /** Key of the row, as `id=42`; null when the finding is about a whole object. */
  readonly key: string | null;
  /** Source column; null when it is about a whole row or object. */
  readonly column: string | null;
  /** Values on both sides, printable and shortened; null where there is none. */
  readonly source: string | null;
  readonly target: string | null;
  readonly message: string;
};

/** What one validator did, for the report. */
export type ValidatorResult = {
  readonly validator: ValidatorName;
  readonly passed: boolean;
  /** Rows, cells and objects examined. */
  readonly checked: { readonly rows?: number; readonly cells?: number; readonly objects?: number };
  /** At most {@link maxFindings} findings; `differences` is the true number. */
  readonly findings: readonly Finding[];
  readonly differences: number;
  /** One sentence for the summary. */
  readonly summary: string;
  readonly seconds: number;
  /** What the search validator measured. */
  readonly search?: SearchReport;
};

export const maxFindings = 1000;
