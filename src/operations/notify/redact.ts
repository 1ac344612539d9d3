/** Takes credentials out of texts that leave the run: those that are known, and those in any address. */
import { hideCredentials } from "../../core/messages/credentials.ts";

export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret !== "")
    // The longest first: one may be part of another.
    .sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, "***"), text);
  // Others read this: it need not say who connects, either.
  return hideCredentials(known).replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/gi, "$1***@");
}
