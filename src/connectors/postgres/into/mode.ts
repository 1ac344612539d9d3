import type { IntoMode } from "../../../core/plan.ts";
import type { TargetSettings } from "../../../core/settings.ts";

export type { IntoMode } from "../../../core/plan.ts";

/** Null when the run's tables are to be the schema's, not their rows the tables'. */
export function intoMode(existing: TargetSettings["existing"]): IntoMode | null {
  return existing === "append" || existing === "replace" || existing === "merge" ? existing : null;
}

/** What a switch into existing tables did: kept with the run, so that the way back needs no settings. */
export type IntoRecord = {
  readonly into: IntoMode;
  /** Tables that were there, parents first. */
  readonly existing: readonly string[];
  /** Tables and views that were not. */
  readonly made: readonly string[];
  readonly views: readonly string[];
  /** Tables of `existing` with before-images in the aside schema. */
  readonly images: readonly string[];
  /** The transaction that wrote the rows: tells them from equal ones where there is no key. */
  readonly transaction: string;
};
