/** The one error class. What is not a RowhaulError when it reaches the edge is a defect. */
import { hideCredentials } from "./credentials.ts";
import { type ErrorCode, errorCodes } from "./error-codes.ts";
import type { ExitStatus } from "./exit-status.ts";

export type ErrorPlace = {
  readonly table?: string;
  readonly key?: string;
  readonly column?: string;
  readonly sample?: string;
};

export class RowhaulError extends Error {
  override readonly name = "RowhaulError";
  readonly code: ErrorCode;
  /** The command or edit that helps, printed after `Try:`. */
  readonly hint: string;
  readonly place: ErrorPlace;
  /** Further lines, each printed on its own under the message. */
  readonly details: readonly string[];
  /** Lines for a file of the user's, printed without indent. */
  readonly paste: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    more: {
      hint?: string;
      place?: ErrorPlace;
      details?: readonly string[];
      paste?: readonly string[];
      cause?: unknown;
    } = {},
  ) {
    super(hideCredentials(message), more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.hint = more.hint === undefined ? errorCodes[code].remedy : hideCredentials(more.hint);
    this.place = more.place ?? {};
    this.details = (more.details ?? []).map(hideCredentials);
    this.paste = more.paste ?? [];
  }

  get exit(): ExitStatus {
    return errorCodes[this.code].exit;
  }
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
