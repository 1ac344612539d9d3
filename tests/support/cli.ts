/** Runs the real command line, `dist/cli/main.js`, as a child process. No test leaves one behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEachFile } from "./after-file.ts";

export const cliPath = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export type CliOptions = {
  readonly cwd?: string;
  /** Added to an environment without anything that speaks of databases or colours. */
  readonly env?: Readonly<Record<string, string>>;
  /** After it the whole process group is killed and the test fails. */
  readonly limitSeconds?: number;
};

export type CliResult = {
  /** As a shell tells it: 128 + n after signal n. */
  readonly exit: number;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, for searching. */
  readonly all: string;
};

export type Running = {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves as soon as the output so far matches; rejects when the process ends without. */
  readonly until: (pattern: RegExp) => Promise<void>;
  /** Keys typed, when a pseudo-terminal is in between. */
  readonly type: (keys: string) => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** As a terminal does with Ctrl-C: to the process and all its children. */
  readonly killGroup: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<CliResult>;
};

/** Runs a command to its end. */
export function rowhaul(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startRowhaul(args, options).ended;
}

/** Starts a command in a process group of its own. */
export function startRowhaul(args: readonly string[], options: CliOptions = {}): Running {
  return startProgram(process.execPath, [cliPath, ...args], options);
}

/** Another program around the command line, such as a pseudo-terminal. */
export function startProgram(program: string, args: readonly string[], options: CliOptions = {}): Running {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...plainEnvironment(), ...options.env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  alive.add(child);
  child.stdin?.on("error", () => {});
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const limit = (options.limitSeconds ?? 60) * 1000;
  const ended = new Promise<CliResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      signalGroup(child, "SIGKILL");
      reject(new Error(`rowhaul ${args.join(" ")} did not end within ${limit / 1000} s\n${stdout}\n${stderr}`));
    }, limit);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      alive.delete(child);
      const exit = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      resolve({ exit, signal, stdout, stderr, all: stdout + stderr });
    });
  });
  ended.catch(() => {});
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    async until(pattern) {
      while (!pattern.test(stdout + stderr)) {
        if (!alive.has(child)) throw new Error(`ended before ${pattern}:\n${stdout}\n${stderr}`);
        await sleep(2);
      }
    },
    type: (keys) => void child.stdin?.write(keys),
    kill: (signal) => void child.kill(signal),
    killGroup: (signal) => signalGroup(child, signal),
    ended,
  };
}

const alive = new Set<ChildProcess>();

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it has ended already
  }
}

/** What the developer's shell, or vitest, says must not decide a test. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const names =
    /^(PG[A-Z]+|DATABASE_URL|SQLITE_DB_PATH|NO_COLOR|FORCE_COLOR|ROWHAUL_.*|NODE_OPTIONS|VITEST.*|NODE_ENV)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)));
}

afterEachFile(() => {
  const left = [...alive];
  for (const child of left) signalGroup(child, "SIGKILL");
  alive.clear();
  if (left.length > 0)
    throw new Error(`processes left running: ${left.map((child) => child.spawnargs.join(" ")).join("; ")}`);
});
