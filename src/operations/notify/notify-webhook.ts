/**
 * Sends a message to a webhook: by node:http, which follows no redirects (they
 * could lead to another host) and knows no proxies.
 */
import { messageOf } from "../../core/messages/errors.ts";
import { webhookMistake } from "./webhook-address.ts";

/** A warning, or null when it arrived. The address's path is often a secret, so only its host is named. */
export async function notifyWebhook(
  address: string,
  host: string | null,
  payload: string,
  timeoutMs: number,
): Promise<string | null> {
  const mistake = webhookMistake(address, host);
  if (mistake !== null) return `No notification was sent: ${mistake}.`;
  const url = new URL(address);
  const failed = (how: string): string => `The webhook at ${url.host} ${how}.`;
  // Loaded here: most runs send nothing.
  const { request: send } = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  return new Promise((resolve) => {
    const body = Buffer.from(payload);
    const request = send(url, {
      method: "POST",
      // A connection of its own, closed afterwards.
      agent: false,
      headers: { "content-type": "application/json", "content-length": body.length, "user-agent": "rowhaul" },
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`did not answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const done = (warning: string | null): void => {
      clearTimeout(timer);
      resolve(warning);
      // Nobody reads the answer's body, however long it is.
      request.destroy();
    };
    request.on("response", (response) => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) done(null);
      else if (status >= 300 && status < 400)
        done(failed(`answers with a redirect (${status}), which is not followed`));
      else done(failed(`answers with status ${status}`));
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      const text = messageOf(error);
      done(failed(text.startsWith("did not answer") ? text : `cannot be reached: ${error.code ?? text}`));
    });
    request.end(body);
  });
}
