/** The report of a run, as data: everything that was decided, changed, proven and left. */
import type { Report } from "../core/report.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./context.ts";

/** Ledger lines kept in the report; all of them stay in the target's state schema. */
const ledgerLines = 1000;

export async function writeReport(context: Context, folder: RunFolder): Promise<Report> {
  const record = folder.record;
  const { plan } = folder;
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
    hazards: plan.hazards,
    notes: plan.notes,
    leftOut: plan.leftOut,
    appNotes: plan.appNotes,
    validation: record.validation,
    ...ledger,
  };
  folder.save("report", report);
  return report;
}
