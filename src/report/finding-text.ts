/** A finding in one line: where, what, and the values on both sides. */
import type { Finding } from "../core/finding.ts";

export function findingText({ table, key, column, message, source, target }: Finding): string {
  const place = [table, key, column].filter((part) => part !== null && !message.includes(part)).join(" ");
  const values =
    source === null && target === null ? "" : ` (source: ${source ?? "none"}; target: ${target ?? "none"})`;
  return `${place === "" ? "" : `${place}: `}${message}${values}`;
}
