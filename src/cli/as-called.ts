/**
 * Errors do not know which command was called: their hints say `<pipeline>` where the file's path belongs, and refer to
 * its settings. Here they are rewritten into what can be typed after this very call.
 */
import { dirname } from "node:path";
import { RowhaulError } from "../core/messages/errors.ts";
import { shellWord } from "../core/messages/shell-word.ts";
import type { Call, Command } from "./command.ts";
import { movedBy, placesOf } from "./commands/next-steps.ts";
import { type OptionName, options } from "./options.ts";
import { commands } from "./registry.ts";
import { withoutAFile } from "./without-a-file.ts";

export function asCalled(thrown: unknown, command: Command, call: Call): unknown {
  if (!(thrown instanceof RowhaulError)) return thrown;
  const typed = (text: string): string => typedAfter(text, command, call);
  const { hint, paste } = withoutAFile(thrown, command.name, call);
  const { code, message, place, details, cause } = thrown;
  const error = new RowhaulError(code, message, {
    hint: typed(hint),
    place,
    details: details.map(typed),
    paste,
    cause,
  });
  // ROWHAUL_DEBUG shows the stack of where it was thrown, not of this rewriting.
  error.stack = thrown.stack ?? "";
  return error;
}

function typedAfter(text: string, command: Command, call: Call): string {
  const commands = text.replace(
    /`rowhaul (\w+) <pipeline>([^`]*)`/g,
    (_, verb: string, rest: string) => commandLine(verb, rest, command, call) ?? "run the same command again",
  );
  return sameCommand(commands, command, call)
    .replaceAll("<command>", command.name)
    .replaceAll("<folder>", shellWord(embeddedFolder(command, call)));
}

/** Null where the command keeps no runs: the same call has to be repeated. */
function commandLine(verb: string, rest: string, command: Command, call: Call): string | null {
  // A rehearsal leaves nothing behind for another command to work on.
  if (command.name === "rehearse") return verb === "report" ? "they stand above" : `\`${line("rehearse", "", call)}\``;
  if (command.arguments.startsWith("<pipeline") && call.arguments.length === 1) return `\`${line(verb, rest, call)}\``;
  if (!isOfPlaces(command, call)) return null;
  if (!moving.includes(verb)) return `\`rowhaul ${verb} ${placesOf(call)}${rest}\``;
  return `\`${[`rowhaul ${movedBy(command.name, call)}`, ...given(command.name, call)].join(" ")}${rest}\``;
}

const moving: readonly string[] = ["run", "load", "cutover"];

/** Commands that take a source and a target instead of a pipeline file. */
function isOfPlaces(command: Command, call: Call): boolean {
  return (
    command.name === "copy" ||
    command.name === "import" ||
    (command.arguments.startsWith("<pipeline") && call.arguments.length === 2)
  );
}

function line(verb: string, rest: string, call: Call): string {
  return [`rowhaul ${verb}`, shellWord(call.arguments[0] ?? ""), ...given(verb, call)].join(" ") + rest;
}

/** What decides which run is meant, and what of the source moves, as far as the command knows such an option. */
const deciding = [
  "env",
  "tables",
  "source-schema",
  "accept-all",
  "append",
  "merge",
  "skip",
  "replace",
  "clear",
  "keep-aside",
] as const satisfies readonly OptionName[];

function given(verb: string, call: Call): string[] {
  const known = commands.find(({ name }) => name === verb)?.options ?? [];
  return deciding
    .filter((name) => known.includes(name))
    .flatMap((name) => {
      if (options[name].type === "boolean") return call.flag(name) ? [`--${name}`] : [];
      const value = call.value(name);
      return value === undefined ? [] : [`--${name} ${shellWord(value)}`];
    });
}

/** Commands that go on where they stopped. */
const resuming: readonly string[] = ["run", "load", "cutover", "copy", "import", "rollback"];

function sameCommand(text: string, command: Command, call: Call): string {
  const resumed = resuming.includes(command.name) ? text : text.replace("; it resumes", "");
  return call.flag("fresh")
    ? resumed.replace("the same command again", "the same command again, without --fresh")
    : resumed;
}

/** The folder whose embedded PostgreSQL the command is about. */
function embeddedFolder(command: Command, call: Call): string {
  const named = command.name === "up" || command.name === "down" ? call.arguments[0] : undefined;
  if (named !== undefined) return named;
  const [first = ""] = call.arguments;
  return call.value("embedded") ?? (/\.ya?ml$/i.test(first) ? dirname(first) : ".");
}
