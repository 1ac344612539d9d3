/** An error as text: what, where, and `Try:` with what to do. */
import { laterFailures, messageOf, RowhaulError } from "../core/messages/errors.ts";
import { mentionsWord } from "../core/messages/says.ts";
import type { Paint } from "./paint.ts";

export function errorText(thrown: unknown, paint: Paint, debug: boolean): string {
  const lines: string[] = [];
  if (thrown instanceof RowhaulError) {
    lines.push(`${paint("red", "Error")} ${paint("bold", thrown.code)}: ${thrown.message}`);
    const place = Object.entries(thrown.place).filter(
      ([, value]) => value !== undefined && !mentionsWord(thrown.message, String(value)),
    );
    if (place.length > 0) lines.push(`  at ${place.map(([name, value]) => `${name} ${value}`).join(", ")}`);
    for (const detail of thrown.details) lines.push(`  ${detail}`);
    // At the margin and between empty lines, so that they can be marked and pasted as they are.
    if (thrown.paste.length > 0) lines.push("", ...thrown.paste, "");
    lines.push(`${paint("bold", "Try:")} ${thrown.hint}`);
  } else {
    lines.push(`${paint("red", "Error")} ${paint("bold", "DEFECT")}: ${messageOf(thrown)}`);
    for (const failure of laterFailures(thrown)) lines.push(`  ${failure}`);
    lines.push(`${paint("bold", "Try:")} set ROWHAUL_DEBUG=1, run again, and report what it prints; nothing was lost.`);
  }
  if (debug && thrown instanceof Error)
    lines.push(thrown.stack ?? "", ...(thrown.cause instanceof Error ? [`caused by ${thrown.cause.stack}`] : []));
  return lines.join("\n");
}
