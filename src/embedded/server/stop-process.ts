/** Ends a server process: politely, then firmly. */
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RowhaulError } from "../../core/messages/errors.ts";
import { commandLine, isAlive } from "../../system/process.ts";
import { isServerCommand, isServerOf } from "./postmaster.ts";

/** Returns when the process is gone. SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
export async function stopProcess(pid: number, data: string): Promise<void> {
  if (await endsAfter("SIGINT", 20_000)) return;
  if (await endsAfter("SIGQUIT", 5_000)) return;
  if (await endsAfter("SIGKILL", 5_000)) return;
  throw new RowhaulError("EMBEDDED_FAILED", `The embedded server (process ${pid}) does not end.`, {
    details: [dirname(data)],
  });

  async function endsAfter(signal: NodeJS.Signals, patience: number): Promise<boolean> {
    // asked before every signal: by then the pid may be another program's
    if (!isServerOf(pid, data)) return true;
    send(pid, signal);
    for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(20)) {
      if (hasEnded(pid, data)) return true;
    }
    return false;
  }
}

/**
 * A process that is ending loses its command line first, and holds its files and sockets a moment longer. The line is
 * read once: read again, it could be lost between the two.
 */
function hasEnded(pid: number, data: string): boolean {
  if (!isAlive(pid)) return true;
  const command = commandLine(pid);
  return command !== null && command !== "" && !isServerCommand(command, data);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ESRCH") return;
    throw new RowhaulError("EMBEDDED_FAILED", `The embedded server (process ${pid}) cannot be stopped (${code}).`, {
      hint: "Run rowhaul as the user who started it.",
    });
  }
}
