/** Help texts, from the registry; docs/cli.md is made from the same. */
import type { Command } from "./command.ts";
import { commonOptions, type OptionName, options } from "./options.ts";
import { commands } from "./registry.ts";

export function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    "rowhaul moves a database to PostgreSQL and proves that every row and every cell arrived.",
    "",
    "Usage: rowhaul <command> [arguments] [options]",
    "",
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    "",
    "`rowhaul help <command>` tells more. To begin: rowhaul copy app.db embedded",
  ].join("\n");
}

export function commandHelp(command: Command): string {
  const names: OptionName[] = [...command.options, ...commonOptions];
  const shown = names.map((name) => ({ left: optionName(name), help: options[name].help }));
  const width = Math.max(...shown.map((option) => option.left.length));
  return [
    `Usage: rowhaul ${command.name} ${command.arguments} [options]`,
    "",
    ...wrap(command.description),
    "",
    "Options:",
    ...shown.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ].join("\n");
}

function optionName(name: OptionName): string {
  const option: { readonly help: string; readonly short?: string; readonly value?: string } = options[name];
  return `${option.short === undefined ? "    " : `-${option.short}, `}--${name}${option.value === undefined ? "" : ` <${option.value}>`}`;
}

function wrap(text: string, width = 88): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
