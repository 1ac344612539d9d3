/** Free disk beside the pipeline: a snapshot, its reshaped copy and room to work. */
import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { count } from "../core/messages/count.ts";
import { type Answer, failure, ok, warning } from "./checklist.ts";

/** `bytes`: of the source. `strict`: too little is a failure, else a warning. */
export function diskCheck(folder: string, bytes: number, strict: boolean): Answer {
  const stat = statfsSync(existingPart(folder));
  const free = stat.bavail * stat.bsize;
  const message = `${megabytes(free)} free beside the pipeline; three times the source is ${megabytes(bytes * 3)}`;
  if (free >= bytes * 3) return ok(message);
  return (strict ? failure : warning)(message, "Free space, or set `preflight.disk: warn` in the pipeline file.");
}

/** The folder may not have been made yet; its disk is that of the nearest one above. */
function existingPart(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existingPart(dirname(folder));
}

function megabytes(bytes: number): string {
  const size = bytes / (1 << 20);
  return `${size < 10 ? Math.round(size * 10) / 10 : count(Math.round(size))} MB`;
}
