/** A finding in one line: where, what, and the values on both sides. */
import type { Finding } from "../core/finding.ts";
import { mentionsWord } from "../core/messages/says.ts";

export function findingText({ table, key, column, message, source, target }: Finding): string {
  // A table's name may be any word of the message.
  const beside = [key, column].filter((part) => part !== null && !mentionsWord(message, part));
  const values =
    source === null && target === null ? "" : ` (source: ${source ?? "none"}; target: ${target ?? "none"})`;
  return `${[table, ...beside].join(" ")}: ${message}${values}`;
}
