/** A copy and an import have no pipeline file: where a hint refers to its settings, it explains how to get one. */
import { basename } from "node:path";
import type { RowhaulError } from "../core/messages/errors.ts";
import { shellWord } from "../core/messages/shell-word.ts";
import { yamlText } from "../core/messages/yaml-text.ts";
import { copySettings } from "../pipeline/file/copy-settings.ts";
import { targetAt } from "../pipeline/file/places.ts";
import type { Call } from "./command.ts";
import { placesOf } from "./commands/next-steps.ts";

type Advice = Pick<RowhaulError, "hint" | "paste">;

export function withoutAFile({ code, hint, paste }: RowhaulError, command: string, call: Call): Advice {
  const [source = "", target = ""] = call.arguments;
  // `init` reads the source as every other command does, and cannot write a file for what it cannot read.
  const setting = /`((?:missing|duplicateKeys): \w+)`/.exec(hint)?.[1];
  if (setting !== undefined && commandsOfPlaces.includes(command) && !/\.ya?ml$/i.test(source)) {
    const name = nameOf(source);
    const exports = command === "export";
    const next = exports ? `export ${name}.yaml ${shellWord(target)}` : `run ${name}.yaml`;
    return {
      hint: `${hint} For that, put the printed lines into a file ${name}.yaml; then \`rowhaul ${next}\`.`,
      paste: [
        `name: ${yamlText(name)}`,
        `source: { kind: json, path: ${JSON.stringify(source)}, ${setting} }`,
        `target: ${(exports ? null : targetText(target)) ?? "{ kind: embedded }  # or: kind: postgres, with its url"}`,
      ],
    };
  }
  if (command !== "copy" && command !== "import") return { hint, paste };
  const isSaid = hint.includes("rowhaul init ");
  if (isSaid || !(paste.length > 0 || speaksOfTheFile(hint))) return { hint, paste };
  // `init` would stop at the same table.
  if (code.startsWith("SOURCE_"))
    return { hint: `${hint} Without a pipeline file, --tables names those that are to move.`, paste };
  return { hint: `${hint} ${fileFor(call)}`, paste };
}

const commandsOfPlaces: readonly string[] = ["init", "import", "copy", "export"];

/** Settings stand in backquotes, by themselves or with a value. */
function speaksOfTheFile(hint: string): boolean {
  return (
    hint.includes("pipeline file") ||
    /`(accept|as|columns|drop|exclude|existing|key|onError|policy|preflight\.disk|rename|root|search|tables|target\.\w+|where)\b[^`]*`/.test(
      hint,
    )
  );
}

function fileFor(call: Call): string {
  const [source = "", target = ""] = call.arguments;
  const server = targetAt(target)?.kind === "postgres";
  const written = placesOf(server ? call : { arguments: [source], value: () => undefined });
  const there = server ? "" : `; its target is then \`target: ${targetText(target)}\``;
  return `A pipeline file is written by \`rowhaul init ${written}\`${there}; then \`rowhaul run ${nameOf(source)}.yaml\`.`;
}

/** The place as a pipeline file writes it, with a server's password left to a variable; null when it is not a place. */
function targetText(target: string): string | null {
  switch (targetAt(target)?.kind) {
    case "postgres":
      return '{ kind: postgres, url: "${DATABASE_URL}" }';
    case "embedded":
      return "{ kind: embedded }";
    case "sqlite":
      return `{ kind: sqlite, path: ${JSON.stringify(target)} }`;
    default:
      return null;
  }
}

/** As `init` calls its file. */
function nameOf(source: string): string {
  try {
    return copySettings(source, "embedded").name.replace(/^copy-/, "");
  } catch {
    return basename(source);
  }
}
