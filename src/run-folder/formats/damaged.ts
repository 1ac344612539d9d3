import type { z } from "zod";
import { RowhaulError } from "../../core/messages/errors.ts";

/** `why` completes "… is damaged:". */
export function damaged(path: string, why: string, hint: string, cause?: unknown): RowhaulError {
  return new RowhaulError("RUN_FILE_DAMAGED", `${path} is damaged: ${why}.`, { hint, cause });
}

/** The first thing that is not as it must be, with its place in the file. */
export function whatIsWrong(error: z.ZodError): string {
  const [first] = error.issues;
  const place = (first?.path ?? []).map(String).join(".");
  return `${place === "" ? "" : `${place}: `}${first?.message ?? "it is of another shape"}`;
}

export function fromCopy(otherwise: string): string {
  return `Put the file back from a copy. ${otherwise}`;
}
