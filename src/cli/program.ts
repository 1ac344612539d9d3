/** The command line: parse, call the library, turn errors into messages and exit statuses. */
import { readFileSync } from "node:fs";
import { type Emit, silent } from "../core/events.ts";
import { noteCredentials, notePassword } from "../core/messages/credentials.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { exitStatus } from "../core/messages/exit-status.ts";
import type { progressBars } from "../report/bars.ts";
import { errorText } from "../report/error-text.ts";
import { textLines } from "../report/lines.ts";
import { painter, wantsColour } from "../report/paint.ts";
import { shownText, spokenText } from "../report/terminal-text.ts";
import { widthOf, wrapText } from "../report/wrap.ts";
import { findCommand, parseCommand } from "./arguments.ts";
import type { Call, Command } from "./command.ts";
import { commandHelp, overview } from "./help.ts";
import { asTyped } from "./invoked-as.ts";
import { stopOnSignals } from "./signals.ts";

// A reader that went away (`rowhaul report | head`) is no defect.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitStatus.ok);
});
// A terminal that was closed takes no more messages; the stop it asked for (SIGHUP) still runs to its end.
process.stderr.on("error", () => {});
for (const word of process.argv.slice(2)) noteCredentials(word);
for (const [name, value = ""] of Object.entries(process.env)) {
  if (name === "PGPASSWORD") notePassword(value);
  else if (/:\/|password\s*=/i.test(value)) noteCredentials(value);
}
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  const json = args.includes("--json");
  const paint = painter(wantsColour(process.stderr, !args.includes("--no-color")));
  try {
    if (first === undefined || first === "--help" || first === "-h") return print(overview());
    if (first === "--version" || first === "-v" || first === "version") return print(version());
    if (first === "help") return print(rest[0] === undefined ? overview() : commandHelp(findCommand(rest[0])));
    const command = findCommand(first);
    const parsed = parseCommand(command, rest);
    if (parsed.values.help === true) return print(commandHelp(command));
    return await execute(command, parsed);
  } catch (thrown) {
    return fail(thrown, json, paint);
  }
}

async function execute(command: Command, { positionals, values }: ReturnType<typeof parseCommand>): Promise<number> {
  const flag = (name: string): boolean => (values as Record<string, unknown>)[name] === true;
  const json = flag("json");
  const bars =
    !json && !flag("quiet") && process.stderr.isTTY
      ? (await import("../report/bars.ts")).progressBars(
          process.stderr,
          painter(wantsColour(process.stderr, !flag("no-color"))),
        )
      : null;
  const errors = painter(wantsColour(process.stderr, !flag("no-color")));
  const say = (text: string): void => {
    if (bars !== null) bars.log(text);
    else process.stderr.write(`${spokenText(text)}\n`);
  };
  const signals = stopOnSignals(say);
  const call: Call = {
    arguments: positionals,
    flag,
    value: (name) => (typeof values[name] === "string" ? values[name] : undefined),
    values: (name) => {
      const given = values[name];
      return Array.isArray(given) ? given : [];
    },
    signal: signals.signal,
    emit: listener(json, flag("quiet"), bars, say, errors),
    paint: painter(wantsColour(process.stdout, !flag("no-color"))),
    print: (text) => void process.stdout.write(`${spokenText(text)}\n`),
    printAsIs: (text) => void process.stdout.write(`${shownText(text)}\n`),
    json,
    ask: async (question) => flag("yes") || json || !isThere() || ask(question, bars, signals.signal),
    askLine: json || !isThere() ? null : (question) => askLine(question, bars, signals.signal),
    askStrictly: async (question) => {
      if (flag("yes")) return true;
      if (json || !isThere()) throw new RowhaulError("NOT_CONFIRMED", "There is no terminal to ask; pass --yes.");
      return ask(question, bars, signals.signal);
    },
    width: widthOf(process.stdout),
  };
  // Loaded first, so that any failure can be worded.
  const [run, { asCalled }] = await Promise.all([command.load(), import("./as-called.ts")]);
  try {
    return await run(call);
  } catch (thrown) {
    bars?.stop();
    return fail(asCalled(thrown, command, call), json, errors);
  } finally {
    bars?.stop();
    signals.release();
  }
}

function listener(
  json: boolean,
  quiet: boolean,
  bars: ReturnType<typeof progressBars> | null,
  say: (text: string) => void,
  paint: ReturnType<typeof painter>,
): Emit {
  if (json) return jsonLines((line) => void process.stdout.write(line));
  if (quiet) return silent;
  const width = widthOf(process.stderr);
  const lines = textLines((line) => say(wrapText(line, width)), paint, bars === null);
  return (event) => {
    bars?.emit(event);
    lines(event);
  };
}

/**
 * Events as JSON, one a line: the contract for programs (docs/events.md). Progress is thinned out to a line per item and
 * second; every other event is written as it is.
 */
function jsonLines(write: (line: string) => void): Emit {
  const last = new Map<string, number>();
  return (event) => {
    if (event.type === "progress") {
      const key = `${event.phase}/${event.item}`;
      const time = Date.now();
      if (event.done < event.total && time - (last.get(key) ?? 0) < 1000) return;
      last.set(key, time);
    }
    write(spokenText(`${JSON.stringify(event)}\n`));
  };
}

/** For a run without a terminal, as in CI, the answer is yes: the command line itself was the decision. */
function isThere(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

async function ask(
  question: string,
  bars: ReturnType<typeof progressBars> | null,
  signal: AbortSignal,
): Promise<boolean> {
  return /^(y|yes)$/i.test((await askLine(`${question} [y/N] `, bars, signal)).trim());
}

async function askLine(
  question: string,
  bars: ReturnType<typeof progressBars> | null,
  signal: AbortSignal,
): Promise<string> {
  bars?.stop();
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const shown = wrapText(question.trimEnd(), widthOf(process.stderr));
    return await terminal.question(spokenText(`${shown} `), { signal });
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    // On a terminal readline takes Ctrl-C for itself.
    if ((thrown as { name?: string }).name === "AbortError")
      throw new RowhaulError("INTERRUPTED", "Stopped by Ctrl-C.", { cause: thrown });
    throw thrown;
  } finally {
    terminal.close();
  }
}

function fail(thrown: unknown, json: boolean, paint: ReturnType<typeof painter>): number {
  const exit = thrown instanceof RowhaulError ? thrown.exit : exitStatus.defect;
  if (json) {
    const error =
      thrown instanceof RowhaulError
        ? {
            code: thrown.code,
            message: thrown.message,
            place: thrown.place,
            details: thrown.details,
            paste: thrown.paste,
            hint: thrown.hint,
          }
        : { code: "DEFECT", message: String(thrown) };
    process.stdout.write(
      spokenText(
        `${JSON.stringify({ type: "error", ...error })}\n${JSON.stringify({ type: "result", exit, outcome: "failed", run: null })}\n`,
      ),
    );
  }
  process.stderr.write(spokenText(`${asTyped(errorText(thrown, paint, (process.env.ROWHAUL_DEBUG ?? "") !== ""))}\n`));
  return exit;
}

function print(text: string): number {
  process.stdout.write(`${shownText(text)}\n`);
  return exitStatus.ok;
}

function version(): string {
  const path = new URL("../../package.json", import.meta.url);
  return `rowhaul ${(JSON.parse(readFileSync(path, "utf8")) as { version: string }).version}`;
}
