/** A run's report as text: what arrived, what was changed on purpose, what is missing, and what the application must know. */

import { plural } from "../core/messages/count.ts";
import { staysBehind } from "../core/plan/stays-behind.ts";
import type { Report } from "../core/report.ts";
import { shorten } from "../core/values/render-cell.ts";
import { findingText } from "./finding-text.ts";
import type { Paint } from "./paint.ts";
import { searchText } from "./search-text.ts";
import { selectedLines, transformedLines, transformedTitle } from "./transforms-text.ts";

export type ReportTextOptions = {
  readonly full: boolean;
  readonly redact: boolean /** Leaves out what a run has shown already. */;
  readonly brief?: boolean;
};

/** Values are shown shortened, or not at all with `redact`. */
export function reportText(report: Report, paint: Paint, { full, redact, brief = false }: ReportTextOptions): string {
  const lines: string[] = [];
  const limit = full ? Number.POSITIVE_INFINITY : 6;
  const value = (text: string | null): string =>
    redact ? "•••" : text === null ? "NULL" : shorten(text, full ? 200 : 48);
  const section = (title: string, entries: readonly string[]): void => {
    if (entries.length === 0) return;
    lines.push("", paint("bold", title), ...entries.slice(0, limit).map((entry) => `  ${entry}`));
    if (entries.length > limit)
      lines.push(paint("dim", `  … and ${entries.length - limit} more (rowhaul report --full)`));
  };
  lines.push(
    `${paint("bold", report.pipeline)}  run ${report.run}: ${report.stage}`,
    `  ${report.source} ${paint("dim", "→")} ${report.target}`,
  );
  if (report.snapshot !== null)
    lines.push(paint("dim", `  snapshot of ${report.snapshot.takenAt}, sha256 ${report.snapshot.sha256}`));
  section(
    "Proof",
    report.validation.map(
      (result) => `${result.passed ? paint("green", "✔") : paint("red", "✘")} ${result.validator}: ${result.summary}`,
    ),
  );
  section(
    "Differences",
    report.validation
      .flatMap((result) => result.findings)
      .filter((finding) => finding.level === "difference")
      .map((finding) =>
        redact
          ? `${finding.validator}: ${finding.table} ${finding.key ?? ""} ${finding.column ?? ""}`
          : findingText(finding),
      ),
  );
  section(
    "Seen while searching",
    report.validation
      .flatMap((result) => result.findings)
      .filter((finding) => finding.level === "note" && finding.validator === "search")
      .map((finding) => (redact ? `${finding.table} ${finding.column ?? ""}` : findingText(finding))),
  );
  if (full) section("Searches compared", searchText(report));
  section("Selected rows", selectedLines(report));
  for (const table of report.transforms?.tables ?? []) section(transformedTitle(table), transformedLines(table, paint));
  section(
    `Changed on purpose: ${plural(report.changed, "cell")}`,
    report.ledger.map(
      (entry) =>
        `${entry.table}.${entry.column} ${redact ? "" : entry.key}: ${value(entry.before)} ${paint("dim", "→")} ${value(entry.after)}  ${paint("dim", entry.rule)}`,
    ),
  );
  section(
    `Quarantined: ${plural(report.quarantined, "row")}`,
    report.quarantine.map(
      (row) => `${row.table} ${redact ? "" : row.key}  ${paint("dim", redact ? withoutReason(row.rule) : row.rule)}`,
    ),
  );
  if (!brief)
    section(
      report.hazards.some((hazard) => hazard.accepted === null) ? "Hazards" : "Accepted",
      report.hazards.map(
        (hazard) =>
          `${hazard.code} ${hazard.at}: ${hazard.message} ${paint("dim", `→ ${hazard.policy ?? "not accepted"}${hazard.why === null ? "" : ` (${hazard.why})`}`)}`,
      ),
    );
  const behind = report.leftOut.filter(({ rows = 0 }) => rows > 0);
  section(
    "Left out",
    report.leftOut.filter((entry) => !behind.includes(entry)).map((entry) => `${entry.object}: ${entry.reason}`),
  );
  // All of them, however many: none must be overlooked.
  if (behind.length > 0)
    lines.push(
      "",
      paint("bold", `Not moved: ${staysBehind(report.leftOut)}`),
      ...behind.map((entry) => `  ${entry.object}: ${entry.reason}`),
    );
  section(
    "Decisions worth knowing",
    report.notes.map((note) => `${note.at}: ${note.message}`),
  );
  section("For the application's code", report.appNotes);
  if (full) {
    for (const table of report.tables)
      section(
        `${table.source}: ${plural(table.rows, "row")}`,
        table.columns.map((column) => `${column.target} ${column.pgType}, ${column.arrives}: ${column.reason}`),
      );
  }
  return lines.join("\n");
}

/** The reason that follows code and step may quote a value. */
function withoutReason(rule: string): string {
  return /^\w+:[^:]*/.exec(rule)?.[0] ?? rule;
}
