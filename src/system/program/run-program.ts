/**
 * Work on SQLite files in a child process. SQLite's work in a thread can only be waited for; a process can be killed
 * at once, and meanwhile this one still reacts to Ctrl-C and the downtime clock.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ErrorCode } from "../../core/messages/error-codes.ts";
import { type ErrorPlace, RowhaulError } from "../../core/messages/errors.ts";
import { compiledModule, nodeOptionsFor } from "./compiled-module.ts";

/** A module with the work as its default export. Input and output may hold bigints and buffers. */
export type Program = { readonly default: (input: never) => unknown };

type Input<P extends Program> = Parameters<P["default"]>[0];
type Output<P extends Program> = Awaited<ReturnType<P["default"]>>;
type Answer<P extends Program> = { readonly output: Output<P> } | { readonly failed: Failure };

/** `more`: of a RowhaulError. */
type Failure = {
  readonly message: string;
  readonly code: string;
  readonly more?: {
    readonly hint: string;
    readonly place: ErrorPlace;
    readonly details: string[];
    readonly paste: string[];
  };
};

/**
 * Does `work`, the default export of `module`: a small piece here, as a process takes longer to start; a large one beside
 * this process. Rejects as runSqliteProgram does.
 */
export async function runHereOrBeside<I, O>(
  work: (input: I) => O,
  module: URL,
  input: I,
  { large, signal }: { readonly large: boolean; readonly signal: AbortSignal | undefined },
): Promise<Awaited<O>> {
  signal?.throwIfAborted();
  return large ? runSqliteProgram<{ readonly default: typeof work }>(module, input, signal) : await work(input);
}

/**
 * `module`: that of `P`. Settles when the process has ended, which an abort sees to. Rejects with the signal's reason,
 * with what the program threw (a RowhaulError as it was, of others message and `code`), or with how the process ended that gave no answer.
 */
export function runSqliteProgram<P extends Program>(
  module: URL,
  input: Input<P>,
  signal: AbortSignal | undefined,
): Promise<Output<P>> {
  signal?.throwIfAborted();
  const program = compiledModule(module);
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("./main.mjs", import.meta.url)), [], {
      // Without this process's own: a debugger's port is taken, and text from the command line is no file.
      execArgv: nodeOptionsFor(program),
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    });
    let answer: Answer<P> | null = null;
    let stderr = "";
    const end = (): void => {
      child.kill("SIGKILL");
    };
    signal?.addEventListener("abort", end, { once: true });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-2000);
    });
    child.once("message", (message) => {
      answer = message as Answer<P>;
    });
    child.once("error", (thrown) => {
      signal?.removeEventListener("abort", end);
      reject(thrown);
    });
    child.once("close", (code, killedBy) => {
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (answer === null) reject(new Error(brokenOff(killedBy ?? `exit status ${code}`, stderr)));
      else if ("failed" in answer) reject(errorOf(answer.failed));
      else resolve(answer.output);
    });
    // Whatever keeps it from being sent ends the process, or is its end already.
    child.send({ module: program.href, input }, (error) => {
      if (error !== null) end();
    });
  });
}

function errorOf({ message, code, more }: Failure): Error {
  if (more === undefined) return Object.assign(new Error(message), { code });
  return new RowhaulError(code as ErrorCode, message, more);
}

function brokenOff(how: string, stderr: string): string {
  const lastLine = stderr.trim().split("\n").at(-1) ?? "";
  return `the process reading the file ended without an answer (${how})${lastLine === "" ? "" : `: ${lastLine}`}`;
}
