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
  readonly #details: readonly string[];
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
    this.#details = (more.details ?? []).map(hideCredentials);
    this.paste = more.paste ?? [];
  }

  /** Further lines, each printed on its own under the message. Last, what failed while cleaning up after it. */
  get details(): readonly string[] {
    const own = this.#details;
    return [...own, ...laterFailures(this).filter((line) => !own.includes(line))];
  }

  get exit(): ExitStatus {
    return errorCodes[this.code].exit;
  }
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What failed after an error, by error: an abort's reason, or an error of Node's, must stay the object that it is. */
const later = new WeakMap<object, string[]>();

/** Notes what failed after `thrown` and because of it; it is printed under it. */
export function alsoFailed(thrown: unknown, what: string): void {
  if (typeof thrown !== "object" || thrown === null) return;
  const known = later.get(thrown) ?? [];
  if (!known.includes(what)) later.set(thrown, [...known, what]);
}

/** Also of the errors that led to it. */
export function laterFailures(thrown: unknown): readonly string[] {
  if (typeof thrown !== "object" || thrown === null) return [];
  const { cause } = thrown as { readonly cause?: unknown };
  return [...(cause === thrown ? [] : laterFailures(cause)), ...(later.get(thrown) ?? [])];
}
