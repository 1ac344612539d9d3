/**
 * Ctrl-C once: a clean stop, to be resumed. Twice: out at once; the target rolls
 * its open transaction back by itself, and the journal knows of an open cutover.
 */
import { RowhaulError } from "../core/messages/errors.ts";
import { exitStatus } from "../core/messages/exit-status.ts";

export function stopOnSignals(say: (text: string) => void): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = (code: "INTERRUPTED" | "TERMINATED") => (): void => {
    if (controller.signal.aborted)
      process.exit(code === "INTERRUPTED" ? exitStatus.interrupted : exitStatus.terminated);
    say("Stopping … (once more to stop at once)");
    controller.abort(
      new RowhaulError(code, code === "INTERRUPTED" ? "Stopped by Ctrl-C." : "Stopped by a termination signal."),
    );
  };
  const handlers = [
    ["SIGINT", stop("INTERRUPTED")],
    ["SIGTERM", stop("TERMINATED")],
    ["SIGHUP", stop("TERMINATED")],
  ] as const;
  for (const [name, handler] of handlers) process.on(name, handler);
  return {
    signal: controller.signal,
    release() {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
