/**
 * What a command is: a file in definitions/ that says how it is called, for `help`, the docs and the dispatcher, and one
 * in commands/ that does the work, with all that it imports, loaded only when the command runs.
 */
import type { Emit } from "../core/events.ts";
import type { ExitStatus } from "../core/messages/exit-status.ts";
import type { Paint } from "../report/paint.ts";
import type { OptionName } from "./options.ts";

export type Command = {
  readonly name: string;
  /** Positional arguments, as `<pipeline>` or `[file]`. */
  readonly arguments: string;
  /** One line for the list. */
  readonly summary: string;
  /** Paragraphs for `rowhaul help <command>`. */
  readonly description: string;
  readonly options: readonly OptionName[];
  readonly examples: readonly string[];
  /** Loads the code that does the work. */
  load(): Promise<(call: Call) => Promise<ExitStatus>>;
};

export type Call = {
  readonly arguments: readonly string[];
  flag(name: OptionName): boolean;
  value(name: OptionName): string | undefined;
  /** Of an option that may be given several times. */
  values(name: OptionName): readonly string[];
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly paint: Paint;
  /** A result, to standard output: text for people, or the event under --json. */
  print(text: string): void;
  /** The same, credentials included: of what was asked for. */
  printAsIs(text: string): void;
  readonly json: boolean;
  /** Asks on the terminal; true at once with --yes or without a terminal. */
  ask(question: string): Promise<boolean>;
  /** Asks for a line on the terminal; null without one. */
  readonly askLine: ((question: string) => Promise<string>) | null;
  /** For what cannot be undone: without a terminal, only --yes confirms. */
  askStrictly(question: string): Promise<boolean>;
  /** Columns of the terminal that shows standard output; null when it is none. */
  readonly width: number | null;
};
