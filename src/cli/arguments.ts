/** Arguments, parsed strictly: a mistyped --dry-run must not run for real. */
import { parseArgs } from "node:util";
import { RowhaulError } from "../core/messages/errors.ts";
import { nearest } from "../core/messages/nearest.ts";
import { shownArgument } from "../core/messages/shown-argument.ts";
import type { Command } from "./command.ts";
import { commonOptions, type OptionName, options } from "./options.ts";
import { commands } from "./registry.ts";

export type Parsed = {
  readonly positionals: readonly string[];
  readonly values: Readonly<Partial<Record<OptionName, string | boolean | readonly string[]>>>;
};

export function findCommand(name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const close = nearest(
    name,
    commands.map((command) => command.name),
  );
  throw new RowhaulError("USAGE", `There is no command ${shownArgument(name)}.`, {
    hint: close === null ? "Run `rowhaul help`." : `Did you mean ${close}? See \`rowhaul help ${close}\`.`,
  });
}

export function parseCommand(command: Command, args: readonly string[]): Parsed {
  const names: OptionName[] = [...command.options, ...commonOptions];
  const known = Object.fromEntries(
    names.map((name) => [
      name,
      {
        type: options[name].type,
        ...("short" in options[name] ? { short: (options[name] as { short: string }).short } : {}),
        ...("multiple" in options[name] ? { multiple: true } : {}),
      },
    ]),
  );
  const wanted = command.arguments.match(/[<[][^>\]]*[>\]]/g) ?? [];
  const needed = wanted.filter((argument) => argument.startsWith("<")).length;
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: known, allowPositionals: true, strict: true });
  } catch (thrown) {
    const message = (thrown as Error).message.split(". To specify")[0] ?? "";
    const given = /'-*([\w-]+)/.exec(message)?.[1] ?? "";
    const close = nearest(given, names);
    throw new RowhaulError("USAGE", `${message}.`.replace(/\.\.$/, "."), {
      hint: close === null ? `Run \`rowhaul help ${command.name}\`.` : `Did you mean --${close}?`,
    });
  }
  const positionals = parsed.positionals;
  const values = parsed.values as Parsed["values"];
  if (values.help !== true && (positionals.length < needed || positionals.length > wanted.length)) {
    const problem =
      positionals.length < needed
        ? `needs ${wanted.slice(positionals.length, needed).join(" ")}`
        : `takes no argument ${shownArgument(positionals[wanted.length] ?? "")}`;
    throw new RowhaulError("USAGE", `\`rowhaul ${command.name}\` ${problem}.`, {
      hint: `Usage: rowhaul ${command.name} ${command.arguments}`,
    });
  }
  return { positionals, values };
}
