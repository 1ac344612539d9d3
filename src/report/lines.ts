/** Events as lines of text: what a person reads while a run goes on, on a terminal above the bars and elsewhere by itself. */

import type { Emit, Event } from "../core/events.ts";
import { plural } from "../core/messages/count.ts";
import { findingText } from "./finding-text.ts";
import type { Paint } from "./paint.ts";
import { seconds } from "./seconds.ts";

/** `progress`: also a line per item when it is complete, for where there are no bars. */
export function textLines(write: (line: string) => void, paint: Paint, progress: boolean): Emit {
  return (event) => {
    const line = lineOf(event, paint, progress);
    if (line !== null) write(line);
  };
}

function lineOf(event: Event, paint: Paint, progress: boolean): string | null {
  switch (event.type) {
    case "run":
      return `${paint("bold", event.pipeline)}  ${event.source} ${paint("dim", "→")} ${event.target}  ${paint("dim", `run ${event.run}${event.resumed ? ", resumed" : ""}`)}`;
    case "phase":
      if (event.state === "started") return null;
      return `${paint("green", "✔")} ${paint("bold", event.phase.padEnd(9))} ${event.summary} ${paint("dim", `(${seconds(event.seconds)})`)}`;
    case "check": {
      const mark =
        event.outcome === "ok"
          ? paint("green", "·")
          : event.outcome === "warning"
            ? paint("yellow", "!")
            : paint("red", "✘");
      const line = `  ${mark} ${event.name}: ${event.message}`;
      const { remedy = "" } = event;
      return remedy === "" ? line : `${line}\n      ${paint("dim", "→")} ${remedy.replaceAll("\n", "\n        ")}`;
    }
    case "hazard": {
      const { code, at, message, policy, accepted } = event.hazard;
      const outcome =
        accepted === null
          ? paint("red", "not accepted")
          : paint("dim", `${policy}${accepted === "accept-all" ? ", by --accept-all" : ""}`);
      return `  ${paint("yellow", "!")} ${paint("yellow", code)} ${at}: ${message} ${paint("dim", "→")} ${outcome}`;
    }
    case "finding":
      return event.finding.level === "note" ? null : `  ${paint("red", "≠")} ${findingText(event.finding)}`;
    case "validated":
      return `  ${event.result.passed ? paint("green", "·") : paint("red", "✘")} ${event.result.validator}: ${event.result.summary}`;
    case "notice":
      return `${event.level === "warning" ? paint("yellow", "!") : paint("dim", "·")} ${event.message}`;
    case "progress":
      // Profile and validate have their summaries; a line a table there would only repeat it.
      return progress && event.phase === "load" && event.done >= event.total && event.total > 0
        ? `    ${event.item}: ${plural(event.done, event.unit.replace(/s$/, ""))}`
        : null;
    default:
      return null;
  }
}
