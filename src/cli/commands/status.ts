import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { type RunSummary, statusWithErrors } from "../../pipeline/jobs/status.ts";
import type { Call } from "../command.ts";
import { pipelineOrPlaces } from "./run-options.ts";

/** Lists what there is, and ends with what is wrong with the newest run that something is wrong with. */
export async function statusCommand(call: Call): Promise<ExitStatus> {
  const runs = statusWithErrors(await pipelineOrPlaces(call));
  for (const { summary } of runs)
    call.print(call.json ? JSON.stringify({ type: "status", ...summary }) : lineOf(call, summary));
  if (runs.length === 0 && !call.json) call.print("No runs yet.");
  const wrong = runs.findLast(({ error }) => error !== null);
  if (wrong !== undefined) throw wrong.error;
  return exitStatus.ok;
}

function lineOf({ paint }: Call, { run, stage, interrupted, problem, snapshot, folder }: RunSummary): string {
  const wrong = problem !== null ? "damaged  " : interrupted ? "interrupted cutover  " : "";
  return `${run}  ${stage.padEnd(11)} ${wrong === "" ? "" : paint("red", wrong)}snapshot ${snapshot ?? "none"}  ${paint("dim", folder)}`;
}
