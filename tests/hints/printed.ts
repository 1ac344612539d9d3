/** What an error printed, taken apart as a reader would: code, details, lines to paste, and what it says to try. */
import type { CliResult } from "../support/cli.ts";

export type Printed = {
  readonly result: CliResult;
  readonly code: string;
  /** Everything from `Error` on. */
  readonly text: string;
  readonly details: readonly string[];
  /** The lines at the margin, as they stand there. */
  readonly lines: string;
  readonly hint: string;
  /** The command in backquotes that calls this verb. Fails where none is printed. */
  command(verb: string): string;
  /** Statements that are printed, in the details or in the hint, each with its semicolon. */
  statements(): string[];
};

export function printedBy(result: CliResult): Printed {
  const [, text = ""] = /(?:^|\n)(Error [A-Z_]+: [\s\S]*)$/.exec(result.stderr) ?? [];
  const [, code = ""] = /^Error ([A-Z_]+): /.exec(text) ?? [];
  const [before = "", hint = ""] = text.split(/^Try: /m);
  const [head = "", ...blocks] = before.split("\n\n");
  const details = head
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => line.replace(/^ {2}/, ""));
  return {
    result,
    code,
    text,
    details,
    lines: blocks
      .filter((block) => block.trim() !== "")
      .map((block) => `${block}\n`)
      .join(""),
    hint: hint.trimEnd(),
    command(verb) {
      const found = [...hint.matchAll(/`([^`]+)`/g)]
        .map(([, command = ""]) => command)
        .find((command) => new RegExp(`^(rowhaul|node \\S+) ${verb}\\b`).test(command));
      if (found === undefined) throw new Error(`no command ${verb} is printed:\n${text}`);
      return found;
    },
    statements() {
      const found = `${details.join("\n")}\n${hint}`.match(
        /\b(?:GRANT|CREATE DATABASE|ALTER ROLE|ALTER DATABASE) [^;]+;/g,
      );
      if (found === null) throw new Error(`no statement is printed:\n${text}`);
      return found;
    },
  };
}
