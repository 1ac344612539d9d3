/** Runs a program and measures it and the server it works against. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { cpuOf, cpuOfEndedChildren, cpuOfServer, peakMegabytes, resetPeak } from "./proc.mjs";

/**
 * `onLine(line, read)` gets each line of its output; `read()` says what it and the server have used until then,
 * and the peak memory since the last `read`. The log's end is returned as `errors`. Only one program may be measured at a time.
 */
export async function measureProgram({ command, args, cwd, log, server, signal, onLine = () => {} }) {
  const before = { client: cpuOfEndedChildren(), server: cpuOfServer(server.pid), at: performance.now() };
  const errors = openSync(log, "a");
  let status;
  let peak;
  try {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", errors], signal, killSignal: "SIGTERM" });
    const ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, killed) => resolve(code ?? killed));
    });
    peak = watchPeak(child.pid);
    const read = () => ({ client: cpuOf(child.pid), server: cpuOfServer(server.pid), megabytes: peak.take() });
    createInterface({ input: child.stdout }).on("line", (line) => onLine(line, read));
    status = await ended;
  } finally {
    peak?.stop();
    closeSync(errors);
  }
  return {
    status,
    wall: (performance.now() - before.at) / 1000,
    client: cpuOfEndedChildren() - before.client,
    server: cpuOfServer(server.pid) - before.server,
    megabytes: peak.highest(),
    errors: readFileSync(log, "utf8").trim().slice(-500),
  };
}

function watchPeak(pid) {
  let highest = Number.NaN;
  let current = Number.NaN;
  const look = () => {
    const now = peakMegabytes(pid);
    if (Number.isNaN(now)) return;
    current = Number.isNaN(current) ? now : Math.max(current, now);
    highest = Number.isNaN(highest) ? now : Math.max(highest, now);
  };
  const timer = setInterval(look, 50);
  return {
    take() {
      look();
      const taken = current;
      resetPeak(pid);
      current = Number.NaN;
      return taken;
    },
    highest: () => highest,
    stop: () => clearInterval(timer),
  };
}
