/** Events as JSON, one a line: the contract for programs (docs/events.md). */
import type { Emit } from "../core/events.ts";

/** Progress is thinned out to a line per item and second; every other event is written as it is. */
export function jsonLines(write: (line: string) => void, now: () => number = Date.now): Emit {
  const last = new Map<string, number>();
  return (event) => {
    if (event.type === "progress") {
      const key = `${event.phase}/${event.item}`;
      const time = now();
      if (event.done < event.total && time - (last.get(key) ?? 0) < 1000) return;
      last.set(key, time);
    }
    write(`${JSON.stringify(event)}\n`);
  };
}
