/**
 * The checklist before (or after) a run: every check is made, whatever the others
 * say, so that everything there is to put right is seen at once.
 */
import { plural } from "../core/messages/count.ts";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";

export type Outcome = "ok" | "warning" | "failure";

export type CheckLine = {
  readonly name: string;
  readonly outcome: Outcome;
  readonly message: string;
  /** What to do, in one line or several; empty when it is ok. */
  readonly remedy: string;
};

export type Answer = Omit<CheckLine, "name">;

/** A check answers, or throws, which is a failure with the error's own hint. */
export type Check = {
  readonly name: string;
  check(): Promise<readonly Answer[] | Answer> | readonly Answer[] | Answer;
};

export type Checklist = {
  readonly lines: readonly CheckLine[];
  /** The errors behind failures that were thrown, by the order of the lines. */
  readonly thrown: readonly unknown[];
};

/** One after the other; only an aborted signal ends it early. `report` gets each line at once. */
export async function runChecklist(
  checks: readonly Check[],
  report: (line: CheckLine) => void,
  signal: AbortSignal,
): Promise<Checklist> {
  const lines: CheckLine[] = [];
  const thrown: unknown[] = [];
  for (const { name, check } of checks) {
    signal.throwIfAborted();
    let answers: readonly Answer[];
    try {
      answers = [await check()].flat();
    } catch (error) {
      // What was aborted did not fail.
      signal.throwIfAborted();
      thrown.push(error);
      answers = [failure(messageOf(error), remedyOf(error))];
    }
    for (const answer of answers) {
      const line = { name, ...answer };
      lines.push(line);
      report(line);
    }
  }
  return { lines, thrown };
}

/** Throws when a line failed: the check's own error when it is the only one, else CHECKS_FAILED with all of them. */
export function refuseFailures({ lines, thrown }: Checklist): void {
  const failed = lines.filter((line) => line.outcome === "failure");
  const [only] = failed;
  if (only === undefined) return;
  if (failed.length === 1 && thrown.length === 1) throw thrown[0];
  throw new RowhaulError(
    "CHECKS_FAILED",
    failed.length === 1 ? `${only.name}: ${only.message}` : `${plural(failed.length, "check")} failed:`,
    failed.length === 1
      ? { hint: only.remedy }
      : { details: failed.map(({ name, message, remedy }) => `${name}: ${sentences(message, remedy)}`) },
  );
}

/** Statements to execute and lines to paste are part of the remedy. */
function remedyOf(error: unknown): string {
  if (!(error instanceof RowhaulError)) return "";
  const more = [...error.details, ...error.paste].filter((line) => !error.hint.includes(line));
  return [...more, error.hint].join("\n");
}

function sentences(message: string, remedy: string): string {
  if (remedy === "") return message;
  return `${message}${/[.:!?]$/.test(message) ? "" : "."} ${remedy.replaceAll("\n", "\n    ")}`;
}

export function ok(message: string): Answer {
  return { outcome: "ok", message, remedy: "" };
}

export function warning(message: string, remedy: string): Answer {
  return { outcome: "warning", message, remedy };
}

export function failure(message: string, remedy: string): Answer {
  return { outcome: "failure", message, remedy };
}
