import { RowhaulError } from "../../core/messages/errors.ts";
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { report } from "../../pipeline/jobs/report.ts";
import { reportText } from "../../report/report-text.ts";
import { wrapText } from "../../report/wrap.ts";
import type { Call } from "../command.ts";
import { pipelineOrPlaces } from "./run-options.ts";

export async function reportCommand(call: Call): Promise<ExitStatus> {
  const found = report(await pipelineOrPlaces(call));
  if (found === null) throw new RowhaulError("NO_RUN", "There is no report yet.");
  const redacted = call.flag("redact");
  if (call.json)
    call.print(
      JSON.stringify(
        redacted
          ? {
              ...found,
              ledger: [],
              quarantine: [],
              validation: found.validation.map((result) => ({ ...result, findings: [] })),
              hazards: found.hazards.map((hazard) => ({ ...hazard, samples: [] })),
            }
          : found,
      ),
    );
  else {
    const text = reportText(found, call.paint, { full: call.flag("full"), redact: redacted });
    call.print(wrapText(text, call.width));
  }
  return exitStatus.ok;
}
