/** Runs one of PostgreSQL's programs to its end, as the server's account. */
import { execFile } from "node:child_process";
import type { Account } from "./account.ts";

/** `status` null: it could not be started at all, or was killed; then `output` says why. */
export type CommandResult = { readonly status: number | null; readonly output: string };

export function runCommand(
  file: string,
  args: readonly string[],
  account: Account | null,
  cwd: string,
): Promise<CommandResult> {
  const options = { cwd, env: serverEnvironment(), windowsHide: true, maxBuffer: 4 << 20, ...identity(account) };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      if (!error) resolve({ status: 0, output });
      else if (typeof error.code === "number") resolve({ status: error.code, output });
      else resolve({ status: null, output: output || error.message });
    });
  });
}

export function identity(account: Account | null): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

/**
 * What the server inherits, and no more: the caller's environment may hold credentials, which the server's account
 * could read in /proc, and PG… variables that would change what the programs do.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "windir", "TEMP", "TMP"];
  const env: NodeJS.ProcessEnv = { LC_ALL: "C", TZ: "UTC" };
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}
