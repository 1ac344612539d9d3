import type { ValidatorResult } from "./finding.ts";
import type { LedgerEntry, QuarantinedRow } from "./plan/ledger.ts";
import type { ColumnPlan, Hazard, Note, Plan } from "./plan/plan.ts";
import type { TransformReport } from "./plan/transform.ts";
import type { SnapshotInfo } from "./ports.ts";

/** A run's report: saved as report.json, printed by `rowhaul report`. */
export type Report = {
  readonly run: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly source: string;
  readonly target: string;
  readonly snapshot: SnapshotInfo | null;
  readonly tables: readonly {
    readonly source: string;
    readonly target: string;
    readonly rows: number;
    readonly columns: readonly Pick<ColumnPlan, "source" | "target" | "pgType" | "arrives" | "reason">[];
  }[];
  readonly views: readonly string[];
  /** Tables whose rows were reshaped, step by step; absent where the pipeline has no transforms. */
  readonly transforms?: Pick<TransformReport, "tables" | "selected">;
  readonly hazards: readonly Hazard[];
  readonly notes: readonly Note[];
  readonly leftOut: Plan["leftOut"];
  readonly appNotes: readonly string[];
  readonly validation: readonly ValidatorResult[];
  /** The first thousand; `changed` and `quarantined` are the true numbers. */
  readonly ledger: readonly LedgerEntry[];
  readonly quarantine: readonly QuarantinedRow[];
  readonly changed: number;
  readonly quarantined: number;
};
