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

export async function writeReport(context: Context, folder: RunFolder): Promise<Report> {
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
  folder.save("report", withoutCredentials(report));
  return report;
}

/** After work that stands, whatever becomes of its report; null when there is none. */
export async function reportOrWarn(context: Context, folder: RunFolder): Promise<Report | null> {
  try {
    return await writeReport(context, folder);
  } catch (thrown) {
    context.emit({ type: "notice", level: "warning", message: `There is no report: ${messageOf(thrown)}` });
    return null;
  }
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
