/** Hands a message to a command of the user's, on standard input. */
import { spawn } from "node:child_process";

/** A warning, or null when it went well. In a process group of its own, so that a whole shell pipeline can be ended. */
export function notifyCommand(
  command: string,
  payload: string,
  { folder, timeoutMs }: { readonly folder: string; readonly timeoutMs: number },
): Promise<string | null> {
  const failed = (how: string): string => `The notification \`${command}\` ${how}.`;
  return new Promise((resolve) => {
    const child = spawn(command, { cwd: folder, shell: true, detached: true, stdio: ["pipe", "ignore", "pipe"] });
    let errors = "";
    let expired = false;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-2000);
    });
    // A command need not read what it is given.
    child.stdin.on("error", () => {});
    child.stdin.end(`${payload}\n`);
    const timer = setTimeout(() => {
      expired = true;
      endGroup(child.pid);
    }, timeoutMs);
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve(failed(`cannot be started: ${error.message}`));
    });
    // Background processes that it starts hold the pipe open; only the command's own exit counts.
    child.on("exit", (status, signal) => {
      clearTimeout(timer);
      setTimeout(() => {
        child.stderr.destroy();
        const last = errors.trim().split("\n").at(-1) ?? "";
        if (expired) resolve(failed(`did not end within ${timeoutMs / 1000} s`));
        else if (status === 0) resolve(null);
        else resolve(failed(`failed with ${status === null ? signal : `exit status ${status}`}${last && `: ${last}`}`));
      }, lastWordsMs);
    });
  });
}

/** After the command has ended, its last output is waited for this long. */
const lastWordsMs = 50;

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}
