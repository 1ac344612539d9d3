import { RowhaulError } from "../../core/messages/errors.ts";
import { exitStatus } from "../../core/messages/exit-status.ts";
import { report } from "../../index.ts";
import { reportText } from "../../report/report-text.ts";
import { wrapText } from "../../report/wrap.ts";
import type { Command } from "../command.ts";
import { pipelineOrPlaces } from "./run-options.ts";

export const reportCommand: Command = {
  name: "report",
  arguments: "<pipeline | source> [target]",
  summary: "what the newest run did, changed and proved",
  description:
    "Prints the saved report: proof, ledger, quarantine, accepted hazards, what was left out, and what the application's code must know.",
  options: ["schema", "full", "redact", "env"],
  examples: [
    "rowhaul report pipelines/knowledge-base.yaml --full",
    "rowhaul report pipelines/knowledge-base.yaml --json",
  ],
  async run(call) {
    const found = report(pipelineOrPlaces(call));
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
  },
};
