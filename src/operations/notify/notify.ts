/**
 * Notifies people of a run's outcome. A failed notification is only a warning:
 * it does not change what the run did.
 */

import type { NotifySettings } from "../../core/environment.ts";
import { notifyCommand } from "./notify-command.ts";
import { notifyWebhook } from "./notify-webhook.ts";
import { redact } from "./redact.ts";

/** Plain JSON, a public contract: fields are added, never renamed. */
export type Notification = {
  readonly event: "run finished" | "run failed" | "rolled back";
  readonly pipeline: string;
  readonly environment: string | null;
  readonly run: string | null;
  /** Exit status of the command line. */
  readonly exit: number;
  /** One sentence. */
  readonly outcome: string;
  /** Error code; null when there was none. */
  readonly code: string | null;
  readonly source: string;
  readonly target: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** From the snapshot to the end of the cutover; null when there was no cutover. */
  readonly downtimeSeconds: number | null;
};

export type NotifyOptions = {
  /** Folder of the pipeline file: commands run there. */
  readonly folder: string;
  readonly secrets: readonly string[];
  readonly timeoutMs?: number;
};

const defaultTimeoutMs = 10_000;

/** All at the same time; never throws. Returns a warning for each that failed. It has its own time limit, so that it also works after Ctrl-C. */
export async function notify(
  settings: readonly NotifySettings[],
  notification: Notification,
  options: NotifyOptions,
): Promise<string[]> {
  const failed = notification.exit !== 0;
  const wanted = settings.filter(({ on }) => on === "always" || (on === "failure") === failed);
  const clean = (text: string): string => redact(text, options.secrets);
  const payload = JSON.stringify(notification, (_, value: unknown) =>
    typeof value === "string" ? clean(value) : value,
  );
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const warnings = await Promise.all(
    wanted.map((one) =>
      one.kind === "command"
        ? notifyCommand(one.command, payload, { folder: options.folder, timeoutMs })
        : notifyWebhook(one.url, one.host, payload, timeoutMs),
    ),
  );
  return warnings.filter((one) => one !== null).map(clean);
}
