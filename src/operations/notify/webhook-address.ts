/**
 * Where a message may go: to this machine, or to the one host that the pipeline
 * names beside the address. An address often comes from a variable; the host does
 * not, so that a wrong variable cannot send the message elsewhere.
 */

/** What is wrong with the address, without repeating it (its path is often a secret); null when it may be used. */
export function webhookMistake(address: string, host: string | null): string | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    return "a webhook's address begins with https:// (or http:// on this machine)";
  if (isLoopback(url.hostname)) return null;
  if (host === null) return `say \`host: ${url.hostname}\` beside a webhook that is not on this machine`;
  if (host.toLowerCase() !== url.hostname && host.toLowerCase() !== url.host)
    return `the webhook's host is ${url.host}, not ${host}`;
  return url.protocol === "https:" ? null : "a webhook on another machine needs https://";
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
