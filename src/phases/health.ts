/** Runs a health check of the application, with the settings that its files now hold. */
import { spawn } from "node:child_process";
import { hideCredentials } from "../core/messages/credentials.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { CutoverStep } from "../core/settings.ts";
import type { Context } from "./run/context.ts";

type Check = Extract<CutoverStep, { kind: "check" }>;

/** Throws CUTOVER_FAILED with the end of what the command printed, secrets taken out. */
export async function checkHealth(context: Context, check: Check, files: readonly string[]): Promise<void> {
  const rewritten = files.length === 0 ? {} : (await context.parts.files()).variables(files);
  const env: NodeJS.ProcessEnv = { ...process.env };
  // Database variables of the surrounding shell must not override the rewritten files.
  for (const name of Object.keys(env))
    if (/^(DATABASE_URL|PG(HOST|PORT|USER|PASSWORD|DATABASE))$/.test(name)) delete env[name];
  const { status, output, answer } = await runCommand(check, { ...env, ...rewritten }, context.signal);
  const shown = redact(output, context.parts.target.secrets).trim().split("\n").slice(-8);
  if (status !== 0) {
    throw new RowhaulError(
      "CUTOVER_FAILED",
      `The health check \`${check.command}\` ${status === null ? `did not end within ${check.timeoutSeconds} s` : `failed with exit status ${status}`}.`,
      { details: shown },
    );
  }
  context.emit({
    type: "check",
    name: "health",
    outcome: "ok",
    message: redact(answer, context.parts.target.secrets).trim().split("\n").at(-1) || "exit status 0",
  });
}

/** After the command has ended, its last output is waited for this long. */
const lastWordsMs = 500;

/** In a process group of its own, so that a whole shell pipeline can be ended. `status` is null after a time-out. */
function runCommand(
  check: Check,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ status: number | null; output: string; answer: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(check.command, {
      cwd: check.folder,
      env,
      shell: true,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let answer = "";
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-20_000);
    };
    child.stdout.on("data", collect);
    child.stdout.on("data", (chunk: Buffer) => {
      answer = (answer + chunk.toString("utf8")).slice(-20_000);
    });
    child.stderr.on("data", collect);
    let expired = false;
    const end = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself in the meantime.
      }
    };
    const timer = setTimeout(() => {
      expired = true;
      end();
    }, check.timeoutSeconds * 1000);
    signal.addEventListener("abort", end, { once: true });
    child.on("error", (error) =>
      reject(
        new RowhaulError("CUTOVER_FAILED", `The health check cannot be started: ${error.message}.`, { cause: error }),
      ),
    );
    // A daemon started by the command holds its pipes open; the command's own output is complete anyway.
    child.on("exit", () => {
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, lastWordsMs).unref();
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve({ status: expired ? null : (code ?? 1), output, answer });
    });
  });
}

function redact(text: string, secrets: readonly string[]): string {
  return hideCredentials(secrets.reduce((clean, secret) => clean.replaceAll(secret, "***"), text));
}
