/** What a person sees when a run has ended well. */
import type { RunResult } from "../../index.ts";
import { reportText } from "../../report/report-text.ts";
import { wrapText } from "../../report/wrap.ts";
import { readReport } from "../../run-folder/run-folder.ts";
import type { Call } from "../command.ts";
import { asTyped } from "../invoked-as.ts";

/** `next`: lines with the commands that come next. */
export function finishRun(call: Call, result: RunResult, next: readonly string[]): void {
  call.emit({ type: "result", exit: 0, outcome: result.summary, run: result.run });
  if (call.json) return;
  const report = result.folder === null ? null : readReport(result.folder);
  if (report !== null && !call.flag("quiet")) {
    const text = reportText(report, call.paint, { full: false, redact: false, brief: true });
    call.print(`\n${wrapText(text, call.width)}\n`);
  }
  call.print(`${call.paint("green", "✔")} ${call.paint("bold", result.summary)}`);
  if (call.flag("quiet")) return;
  for (const line of next) call.print(call.paint("dim", asTyped(line)));
}
