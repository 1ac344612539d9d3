/** Progress bars on a terminal: one a table that is being worked on, and one over all of the phase. */
import { MultiBar, type SingleBar } from "cli-progress";
import type { Emit, Event, PhaseName } from "../core/events.ts";
import { count } from "../core/messages/count.ts";
import type { Paint } from "./paint.ts";
import { seconds } from "./seconds.ts";
import { shownText, spokenText } from "./terminal-text.ts";

type Item = { done: number; total: number; bar: SingleBar | null; since: number; from: number };

/** A table that is done gives its place to the next; more bars than this would scroll. */
const maxBars = 8;

/** The phases that report progress. */
const withBars: ReadonlySet<PhaseName> = new Set(["snapshot", "transform", "profile", "load", "finish", "validate"]);

/** Text goes through `log`, which writes it above the bars. */
export function progressBars(
  stream: NodeJS.WriteStream,
  paint: Paint,
): { emit: Emit; log(line: string): void; stop(): void } {
  let bars: MultiBar | null = null;
  let overall: SingleBar | null = null;
  let items = new Map<string, Item>();
  let started = 0;
  /** Lines that cli-progress has not written yet; it drops them when it stops. */
  let waiting: string[] = [];

  function start(phase: PhaseName): void {
    stop();
    if (!withBars.has(phase)) return;
    started = performance.now();
    bars = new MultiBar({
      clearOnComplete: true,
      hideCursor: true,
      noTTYOutput: false,
      stream,
      fps: 8,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 24,
      autopadding: true,
      format: shownText(`  {bar} {percentage}% ${paint("bold", "{name}")} ${paint("dim", "{detail}")}`),
      stopOnComplete: false,
      gracefulExit: false,
    });
    bars.on("redraw-post", () => {
      waiting = [];
    });
    overall = bars.create(1, 0, { name: phase, detail: "" });
  }

  function stop(): void {
    bars?.stop();
    bars = null;
    overall = null;
    items = new Map();
    for (const line of waiting) stream.write(`${line}\n`);
    waiting = [];
  }

  function update(event: Extract<Event, { type: "progress" | "expect" }>): void {
    if (bars === null || overall === null) return;
    const known = items.get(event.item);
    const item: Item = known ?? { done: 0, total: 0, bar: null, since: performance.now(), from: event.done };
    item.done = event.done;
    item.total = Math.max(event.total, event.done);
    items.set(event.item, item);
    if (event.type === "progress") {
      const active = [...items.values()].filter((one) => one.bar !== null).length;
      if (item.bar === null && active < maxBars && item.done < item.total) {
        item.since = performance.now();
        item.from = item.done;
        item.bar = bars.create(item.total, item.done, { name: spokenText(event.item), detail: "" });
      }
      if (item.bar !== null) {
        item.bar.setTotal(item.total);
        item.bar.update(item.done, { detail: detail(item, event.unit, (performance.now() - item.since) / 1000) });
        if (item.done >= item.total) {
          bars.remove(item.bar);
          item.bar = null;
        }
      }
    }
    const all = [...items.values()];
    const total = all.reduce((sum, one) => sum + one.total, 0);
    const done = all.reduce((sum, one) => sum + one.done, 0);
    overall.setTotal(Math.max(1, total));
    overall.update(done, {
      detail: detail({ done, total, from: 0 }, event.unit, (performance.now() - started) / 1000),
    });
  }

  return {
    emit(event) {
      if (event.type === "phase") {
        if (event.state === "started") start(event.phase);
        else stop();
      } else if (event.type === "progress" || event.type === "expect") update(event);
    },
    log(text) {
      const line = spokenText(text);
      if (bars === null) stream.write(`${line}\n`);
      else {
        waiting.push(line);
        bars.log(`${line}\n`);
      }
    },
    stop,
  };
}

function detail(
  { done, total, from }: { done: number; total: number; from: number },
  unit: string,
  elapsed: number,
): string {
  const rate = elapsed > 0 ? (done - from) / elapsed : 0;
  const eta = rate > 0 && done < total ? `, ${seconds((total - done) / rate)} left` : "";
  return `${count(done)}/${count(total)} ${unit}${rate > 0 ? `, ${count(Math.round(rate))}/s` : ""}${eta}`;
}
