import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/core/events.ts";
import { downtimeCheck, estimateDowntime, refuseDowntime, startDowntime } from "../../src/operations/downtime.ts";
import { downtimeSeconds, timePhases } from "../../src/operations/phase-seconds.ts";

describe("estimate", () => {
  test("by the slowest earlier run, in proportion to what it moved", () => {
    const earlier = [
      { bytes: 1000, rows: 100, seconds: 10 },
      { bytes: 2000, rows: 200, seconds: 30 },
    ];
    expect(estimateDowntime(4000, 400, earlier)).toEqual({ ms: 60_000, measured: true });
    // More rows in the same bytes take longer.
    expect(estimateDowntime(1000, 400, earlier)).toEqual({ ms: 60_000, measured: true });
    expect(estimateDowntime(4000, null, earlier)).toEqual({ ms: 60_000, measured: true });
  });

  test("only the newest five count", () => {
    const slow = { bytes: 1000, rows: 1, seconds: 1000 };
    const fast = { bytes: 1000, rows: 1, seconds: 1 };
    expect(estimateDowntime(1000, 1, [slow, fast, fast, fast, fast, fast]).ms).toBe(1000);
  });

  test("by rule of thumb when nothing was measured", () => {
    expect(estimateDowntime(40_000_000, 20_000, [])).toEqual({ ms: 12_000, measured: false });
    expect(estimateDowntime(0, null, [{ bytes: 0, rows: 0, seconds: 5 }])).toEqual({ ms: 2000, measured: false });
  });
});

test("a measured estimate beyond the limit refuses, a rule of thumb only warns", () => {
  const measured = downtimeCheck(60_000, { ms: 90_000, measured: true });
  expect(measured).toMatchObject({ outcome: "failure", message: "about 1m 30s (by earlier runs); 1m is allowed" });
  expect(() => refuseDowntime(measured)).toThrow(
    expect.objectContaining({
      code: "DOWNTIME_EXCEEDED",
      message: "The move takes about 1m 30s (by earlier runs); 1m is allowed.",
    }),
  );
  const guessed = downtimeCheck(60_000, { ms: 90_000, measured: false });
  expect(guessed?.outcome).toBe("warning");
  refuseDowntime(guessed);
  expect(downtimeCheck(60_000, { ms: 60_000, measured: true })?.outcome).toBe("ok");
  expect(downtimeCheck(null, { ms: 1e9, measured: true })).toBeNull();
});

describe("clock", () => {
  test("it aborts with an error of its own when the limit is reached", async () => {
    const clock = startDowntime(60, new Date());
    expect(clock.signal.aborted).toBe(false);
    await sleep(120);
    expect(clock.signal.aborted).toBe(true);
    expect(clock.signal.reason).toMatchObject({ code: "DOWNTIME_EXCEEDED", exit: 2 });
    expect(clock.stop()).toBeGreaterThanOrEqual(60);
  });

  test("time before a resumed run counts", () => {
    const since = new Date(Date.now() - 10_000);
    expect(startDowntime(5000, since).signal.aborted).toBe(true);
    const clock = startDowntime(15_000, since);
    expect(clock.signal.aborted).toBe(false);
    expect(clock.stop()).toBeGreaterThanOrEqual(10_000);
  });

  test("a clock that was stopped never aborts, and its time stands", async () => {
    const clock = startDowntime(50, new Date());
    const stopped = clock.stop();
    await sleep(100);
    expect(clock.signal.aborted).toBe(false);
    expect(clock.elapsedMs()).toBe(stopped);
  });

  test("without a limit, or with one beyond Node's timers, it only measures", async () => {
    const month = startDowntime(60 * 86_400_000, new Date());
    const none = startDowntime(null, new Date(Date.now() + 60_000));
    await sleep(30);
    expect([month.signal.aborted, none.signal.aborted]).toEqual([false, false]);
    // A snapshot of the future is a clock that was set back.
    expect(none.stop()).toBeLessThan(10_000);
    month.stop();
  });
});

test("phases are timed while their events pass, over a resumed run too", () => {
  const passed: Event[] = [];
  const finished = (phase: "preflight" | "load" | "cutover", seconds: number): Event => ({
    type: "phase",
    phase,
    state: "finished",
    seconds,
    summary: "",
  });
  const timer = timePhases((event) => passed.push(event), { load: 2, snapshot: 1 });
  for (const event of [finished("preflight", 100), finished("load", 3), finished("cutover", 0.5)]) timer.emit(event);
  expect(timer.seconds()).toEqual({ preflight: 100, snapshot: 1, load: 5, cutover: 0.5 });
  expect(downtimeSeconds(timer.seconds())).toBe(6.5);
  expect(passed).toHaveLength(3);
});
