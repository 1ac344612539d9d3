import fc from "fast-check";
import { expect, test } from "vitest";
import { aboutDuration, parseDuration, writeDuration } from "../../src/operations/duration.ts";

test("durations are read as people write them", () => {
  expect(parseDuration("5m")).toBe(300_000);
  expect(parseDuration("90s")).toBe(90_000);
  expect(parseDuration(" 1h 30m ")).toBe(5_400_000);
  expect(parseDuration("1h30m")).toBe(5_400_000);
  expect(parseDuration("2d")).toBe(172_800_000);
  expect(parseDuration("250ms")).toBe(250);
  expect(parseDuration("0s")).toBe(0);
});

test("what is no duration is refused", () => {
  for (const text of ["", " ", "5", "m", "5 minutes", "-5m", "1.5h", "5m 1h", "5m5m", "1e3s", "５m", "99999999999999d"])
    expect(parseDuration(text), text).toBeNull();
});

test("every number of milliseconds survives being written and read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (ms) => {
      expect(parseDuration(writeDuration(ms))).toBe(ms);
    }),
  );
});

test("parts in their order, with or without blanks, add up", () => {
  const part = fc.option(fc.integer({ min: 0, max: 9999 }), { nil: null });
  fc.assert(
    fc.property(part, part, part, part, part, fc.constantFrom("", " ", "  "), (d, h, m, s, ms, blank) => {
      const parts = [
        [d, "d", 86_400_000],
        [h, "h", 3_600_000],
        [m, "m", 60_000],
        [s, "s", 1000],
        [ms, "ms", 1],
      ] as const;
      const given = parts.filter(([n]) => n !== null);
      const text = given.map(([n, unit]) => `${n}${unit}`).join(blank);
      const expected = given.reduce((sum, [n, , unit]) => sum + (n ?? 0) * unit, 0);
      expect(parseDuration(text)).toBe(given.length === 0 ? null : expected);
    }),
  );
});

test("no text makes it throw, and what it accepts is whole and not negative", () => {
  const character = fc.constantFrom(..."0123456789dhms -.+e\n");
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: character })), (text) => {
      const ms = parseDuration(text);
      if (ms !== null) expect(Number.isSafeInteger(ms) && ms >= 0).toBe(true);
    }),
  );
});

test("messages show the two largest units", () => {
  expect(aboutDuration(0.2)).toBe("0ms");
  expect(aboutDuration(42.4)).toBe("42ms");
  expect(aboutDuration(999)).toBe("1s");
  expect(aboutDuration(1540)).toBe("1.5s");
  expect(aboutDuration(61_499)).toBe("1m 1s");
  expect(aboutDuration(90_061_000)).toBe("1d 1h");
});
