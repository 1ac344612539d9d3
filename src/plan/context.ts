/** What all parts of planning share. */

import type { TableFit } from "../core/plan/live-fit.ts";
import type { LeftOut, Note } from "../core/plan/plan.ts";
import type { Profile, Sample } from "../core/plan/profile.ts";
import type { TargetFacts } from "../core/plan/target-facts.ts";
import type { TransformReport } from "../core/plan/transform.ts";
import type { Overflows, ProbeScript } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import type { Catalog, Table } from "../core/schema/catalog.ts";
import type { FileFit, FileSchema } from "../core/schema/file-schema.ts";
import type { LiveSchema } from "../core/schema/live-schema.ts";
import { sameName } from "../core/schema/names.ts";
import { type SelectedTable, type Selection, selectedTable } from "../core/selection.ts";
import type { SchemaTarget, Settings } from "../core/settings.ts";
import type { Hazards } from "./acceptance.ts";
import type { Names } from "./names.ts";
import type { Choice } from "./to-postgres/column-draft.ts";

/** The pipeline's settings, and the selection that is left for this catalog. */
export type PlanScope = { readonly settings: Settings; readonly selection: Selection };

export type PlanInput = PlanScope & {
  readonly catalog: Catalog;
  readonly profile: Profile;
  /** Child rows without parent, by `table NUL position of the foreign key`. */
  readonly orphans: ReadonlyMap<string, { readonly count: number; readonly samples: readonly Sample[] }>;
  /** Rows that violate their own CHECK, by `table NUL position of the check`; absent where nobody looked. */
  readonly brokenChecks?: ReadonlyMap<string, { readonly count: number; readonly samples: readonly Sample[] }>;
  /** Arithmetic that PostgreSQL's numbers do not hold, by trial; absent as {@link brokenChecks}. */
  readonly overflows?: Overflows;
  /** Rows that do not fit into a page of PostgreSQL's, and the condition that the others meet, by source table. */
  readonly wideRows?: ReadonlyMap<string, WideRows>;
  readonly target: TargetFacts;
  readonly staging: string;
  /** The run's id. */
  readonly run?: string;
  /** What the application made in the target, and how values go into it; absent where no rows are to go there. */
  readonly into?: IntoInput;
  /** How values go into the types that the pipeline file gives to columns of fresh tables, by source table. */
  readonly chosenFits?: ReadonlyMap<string, TableFit>;
  /** What the application made in a SQLite file, and how rows go into it, by source table; absent as {@link into}. */
  readonly file?: { readonly schema: FileSchema; readonly fits: ReadonlyMap<string, FileFit> };
  readonly aside: string | null;
  /** What the transforms could not keep. */
  readonly leftOut?: TransformReport["leftOut"];
  /** What the probe found: object id → PostgreSQL's objection. */
  readonly refused: ReadonlyMap<string, string>;
};

export type WideRows = { readonly fits: string; readonly count: number; readonly samples: readonly Sample[] };

/** Of a plan for a schema of PostgreSQL. */
export type PostgresInput = PlanInput & { readonly settings: { readonly target: SchemaTarget } };

export type IntoInput = { readonly schema: LiveSchema; readonly fits: ReadonlyMap<string, TableFit> };

/** A statement for the probe to try; `id` is how its refusal comes back. */
export type Trial = ProbeScript["trials"][number];

export type Planning = {
  readonly input: PostgresInput;
  readonly hazards: Hazards;
  readonly notes: Note[];
  readonly relationNames: Names;
  readonly trials: Trial[];
  readonly orphanPolicies: Map<string, string | null>;
  readonly brokenCheckPolicies: Map<string, string | null>;
  readonly leftOut: LeftOut[];
  /** Types that foreign keys ask for: see joined-columns.ts. */
  readonly joined: ReadonlyMap<string, Choice>;
};

export function tableSettings({ selection }: Pick<PlanScope, "selection">, table: string): SelectedTable {
  return selectedTable(selection, table);
}

/** Condition on a table's rows; a full-text table has those of its content. */
export function selectedRows(scope: Pick<PlanScope, "selection">, table: Table): string | null {
  const own = tableSettings(scope, table.name).where;
  const content = table.fullText?.content ?? null;
  const where = content === null ? null : tableSettings(scope, content.table).where;
  if (own !== null || content === null || where === null) return own;
  return `rowid IN (SELECT ${quoteName(content.key)} FROM ${quoteName(content.table)} WHERE (${where}\n))`;
}

export function noteName(planning: Planning, at: string, message: string): void {
  planning.notes.push({ code: "NAME_CHANGED", at, message });
}

/** Finds by name as SQLite does, ignoring ASCII case. */
export function byName<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  const key = Object.keys(record).find((candidate) => sameName(candidate, name));
  return key === undefined ? undefined : record[key];
}

export function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.some((other) => sameName(other, name)));
}
