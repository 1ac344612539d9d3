/** Takes credentials out of texts that leave the run: those that are known, and those in any URL. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret !== "")
    // The longest first: one may be part of another.
    .sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, "***"), text);
  return known
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/gi, "$1***@")
    .replace(/([?&](?:password|token|key|secret|sslpassword)=)[^&\s"']+/gi, "$1***");
}
