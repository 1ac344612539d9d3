/** The report of a run, as data: everything that was decided, changed, proven and left. */

import { withoutCredentials } from "../core/messages/credentials.ts";
import { messageOf } from "../core/messages/errors.ts";
import type { TransformReport } from "../core/plan/transform.ts";
import type { Report } from "../core/report.ts";
import { isBefore, type RunStage } from "../core/run-stages.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./run/context.ts";

/** Ledger lines kept in the report; all of them stay in the target's state schema. */
const ledgerLines = 1000;

/** `orWarn`: what was done stands, whether its report can be written or not. */
export async function writeReport(
  context: Context,
  folder: RunFolder,
  { orWarn = false }: { readonly orWarn?: boolean } = {},
): Promise<Report> {
  const record = folder.record;
  const { plan, transforms } = folder;
  const ledger = await context.parts.target.runs
    .ledger(record.id, ledgerLines)
    .catch(() => ({ ledger: [], quarantine: [], changed: 0, quarantined: 0 }));
  const report: Report = {
    run: record.id,
    pipeline: record.pipeline,
    stage: record.stage,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    source: context.parts.source.shown,
    target: `${context.parts.target.shown}, schema ${plan.target.schema}`,
    snapshot: record.snapshot,
    tables: plan.tables.map((table) => ({
      source: table.source,
      target: table.target,
      rows: table.rows,
      columns: table.columns.map(({ source, target, pgType, arrives, reason }) => ({
        source,
        target,
        pgType,
        arrives,
        reason,
      })),
    })),
    views: plan.views.map((view) => view.target),
    ...(transforms === null ? {} : { transforms: reshaped(transforms) }),
    hazards: plan.hazards,
    notes: plan.notes,
    leftOut: plan.leftOut,
    appNotes: plan.appNotes,
    validation: record.validation,
    ...withEarlyQuarantine(ledger, transforms, record.stage),
  };
  try {
    folder.save("report", withoutCredentials(report));
  } catch (thrown) {
    if (!orWarn) throw thrown;
    context.emit({ type: "notice", level: "warning", message: `There is no report: ${messageOf(thrown)}` });
  }
  return report;
}

type Ledger = Pick<Report, "ledger" | "quarantine" | "changed" | "quarantined">;

/** Rows that the transforms left behind are in the target's ledger only once something was loaded. */
function withEarlyQuarantine(ledger: Ledger, transforms: TransformReport | null, stage: RunStage): Ledger {
  const early = transforms?.quarantine ?? [];
  if (early.length === 0 || !isBefore(stage, "loading")) return ledger;
  return { ...ledger, quarantine: early.slice(0, ledgerLines), quarantined: early.length };
}

function reshaped({ tables, selected }: TransformReport): NonNullable<Report["transforms"]> {
  return { tables, ...(selected === undefined ? {} : { selected }) };
}
