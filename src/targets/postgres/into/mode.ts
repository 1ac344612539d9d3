import type { IntoMode } from "../../../core/plan/into-mode.ts";
import type { LiveMode, LivePlace } from "../../../core/plan/live.ts";
import type { Plan } from "../../../core/plan/plan.ts";

export type { IntoMode } from "../../../core/plan/into-mode.ts";

/** What a switch into existing tables did: kept with the run, so that the way back needs no settings. */
export type IntoRecord = {
  readonly into: IntoMode;
  /** By table that was there, where they differ or nothing was written; absent in records of earlier versions. */
  readonly modes?: Readonly<Record<string, LiveMode>>;
  /** Sequences that were moved on, as PostgreSQL writes their names; absent in records of earlier versions. */
  readonly sequences?: readonly string[];
  /** Tables that were there, parents first. */
  readonly existing: readonly string[];
  /** Tables and views that were not. */
  readonly made: readonly string[];
  readonly views: readonly string[];
  /** Tables of `existing` with before-images in the aside schema. */
  readonly images: readonly string[];
  /** Tables of `existing` whose rows went in otherwise than staging has them: see arrivals.ts; absent in records of earlier versions. */
  readonly arriving?: readonly string[];
  /** The transaction that wrote the rows: tells them from equal ones where there is no key. */
  readonly transaction: string;
};

/** Where the rows are, for whoever proves them. */
export function placeOf({ target }: Plan, record: IntoRecord): LivePlace {
  const modes = Object.fromEntries(record.existing.map((name) => [name, modeOf(record, name)]));
  return { schema: target.schema, into: { ...record.modes, ...modes }, views: record.views };
}

export function modeOf({ modes, into }: IntoRecord, table: string): IntoMode {
  const mode = modes?.[table];
  return mode === undefined || mode === "kept" ? into : mode;
}
