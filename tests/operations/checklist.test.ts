import { describe, expect, test } from "vitest";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import {
  type Check,
  type CheckLine,
  failure,
  ok,
  refuseFailures,
  runChecklist,
  warning,
} from "../../src/operations/checklist.ts";

const signal = new AbortController().signal;
const quiet = () => {};

const bad: Check = {
  name: "disk",
  check() {
    throw new RowhaulError("TARGET_DISK", "Too little.");
  },
};

test("every check is made, whatever the others say", async () => {
  const seen: CheckLine[] = [];
  const checks: Check[] = [
    bad,
    { name: "backups", check: async () => failure("none", "Make one.") },
    { name: "source", check: () => [warning("odd", "Look."), ok("there")] },
    { name: "broken", check: () => Promise.reject(new Error("no such thing")) },
  ];
  const { lines, thrown } = await runChecklist(checks, (line) => seen.push(line), signal);
  expect(lines.map(({ name, outcome, message }) => `${name} ${outcome} ${message}`)).toEqual([
    "disk failure Too little.",
    "backups failure none",
    "source warning odd",
    "source ok there",
    "broken failure no such thing",
  ]);
  expect(seen).toEqual(lines);
  expect(thrown).toHaveLength(2);
  expect(lines[0]?.remedy).toContain("Free space");
});

describe("refusal", () => {
  test("warnings go on", async () => {
    refuseFailures(await runChecklist([{ name: "a", check: () => warning("odd", "") }], quiet, signal));
  });

  test("the only failure keeps its own error", async () => {
    const list = await runChecklist([bad, { name: "a", check: () => ok("") }], quiet, signal);
    expect(() => refuseFailures(list)).toThrow(expect.objectContaining({ code: "TARGET_DISK" }));
  });

  test("one failure that was answered is named with its remedy", async () => {
    const list = await runChecklist([{ name: "a", check: () => failure("odd", "Do that.") }], quiet, signal);
    expect(() => refuseFailures(list)).toThrow(
      expect.objectContaining({ code: "CHECKS_FAILED", message: "a: odd", hint: "Do that.", exit: 2 }),
    );
  });

  test("several are listed together", async () => {
    const list = await runChecklist([bad, { name: "a", check: () => failure("odd", "Do that.") }], quiet, signal);
    expect(() => refuseFailures(list)).toThrow(
      expect.objectContaining({
        code: "CHECKS_FAILED",
        message: "2 checks failed:",
        details: [expect.stringContaining("disk: Too little."), "a: odd. Do that."],
      }),
    );
  });
});

test("an abort is no failed check", async () => {
  const controller = new AbortController();
  const stop = new Error("stop");
  const checks: Check[] = [
    {
      name: "a",
      check() {
        controller.abort(stop);
        throw new Error("cut short");
      },
    },
  ];
  await expect(runChecklist(checks, quiet, controller.signal)).rejects.toBe(stop);
});
