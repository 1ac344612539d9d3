import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { status } from "../../pipeline/jobs/status.ts";
import type { Call } from "../command.ts";
import { pipelineOrPlaces } from "./run-options.ts";

export async function statusCommand(call: Call): Promise<ExitStatus> {
  const runs = status(await pipelineOrPlaces(call));
  if (call.json) {
    for (const one of runs) call.print(JSON.stringify({ type: "status", ...one }));
    return exitStatus.ok;
  }
  if (runs.length === 0) call.print("No runs yet.");
  for (const one of runs)
    call.print(
      `${one.run}  ${one.stage.padEnd(11)} ${one.interrupted ? call.paint("red", "interrupted cutover  ") : ""}snapshot ${one.snapshot ?? "none"}  ${call.paint("dim", one.folder)}`,
    );
  return exitStatus.ok;
}
