/** What a person sees when a run has ended well. */
import type { Report } from "../../core/report.ts";
import type { RunResult } from "../../index.ts";
import { reportText } from "../../report/report-text.ts";
import { readJson } from "../../run-folder/write-file.ts";
import type { Call } from "../command.ts";
import { asTyped } from "../invoked-as.ts";

/** `pipeline`: how to name it in the commands that come next; empty when there is none. */
export function finishRun(call: Call, result: RunResult, pipeline: string): void {
  call.emit({ type: "result", exit: 0, outcome: result.outcome, run: result.run });
  if (call.json) return;
  const report = result.folder === null ? null : readJson<Report>(`${result.folder}/report.json`);
  if (report !== null && !call.flag("quiet"))
    call.print(`\n${reportText(report, call.paint, { full: false, redact: false, brief: true })}\n`);
  call.print(`${call.paint("green", "✔")} ${call.paint("bold", result.outcome)}`);
  if (pipeline === "" || call.flag("quiet")) return;
  for (const line of nextSteps(result, pipeline)) call.print(call.paint("dim", asTyped(line)));
}

function nextSteps(result: RunResult, pipeline: string): string[] {
  switch (result.stage) {
    case "planned":
      return [`  rowhaul run ${pipeline}        do it`];
    case "loaded":
      return [`  rowhaul validate ${pipeline}   prove it`];
    case "validated":
      return [`  rowhaul cutover ${pipeline}    switch the application`];
    case "done":
      return [
        `  rowhaul report ${pipeline}     the report, at any time`,
        `  rowhaul rollback ${pipeline}   back to what was before`,
        `  rowhaul clean ${pipeline}      remove the snapshot and what was kept aside`,
      ];
    default:
      return [];
  }
}
