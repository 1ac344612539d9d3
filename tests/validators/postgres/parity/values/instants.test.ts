import fc from "fast-check";
import { expect, test } from "vitest";
import {
  midnightText,
  readInstant,
  timestampText,
} from "../../../../../src/validators/postgres/parity/values/instants.ts";

test.each([
  ["2024-02-29", "2024-02-29 00:00:00"],
  ["2024-01-02T03:04:05.12Z", "2024-01-02 03:04:05.12"],
  ["2024-01-01 00:30+02:00", "2023-12-31 22:30:00"],
  ["2023-12-31 22:30:00.000001-01:30", "2024-01-01 00:00:00.000001"],
  ["0001-01-01 00:00:00", "0001-01-01 00:00:00"],
  ["9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"],
  ["1969-12-31 23:59:59.5", "1969-12-31 23:59:59.5"],
])("%s is %s in UTC", (text, utc) => {
  expect(timestampText(readInstant(text)?.utc ?? 0n)).toBe(utc);
});

test("what is no date has no instant, and no text outside the years 1 to 9999", () => {
  expect(readInstant("2023-02-29")).toBeNull();
  expect(readInstant("soon")).toBeNull();
  expect(timestampText(-(10n ** 17n))).toBeNull();
  expect(timestampText(10n ** 18n)).toBeNull();
});

test("a day without a time of day is a date", () => {
  expect(midnightText(readInstant("1969-07-20")?.utc ?? 0n)).toBe("1969-07-20");
  expect(midnightText(1n)).toBeNull();
});

test("every instant of the calendar comes back", () => {
  const first = -62_135_596_800_000_000n;
  fc.assert(
    fc.property(fc.bigInt({ min: first, max: 253_402_300_799_999_999n }), (micros) => {
      expect(readInstant(timestampText(micros) ?? "")?.utc).toBe(micros);
    }),
  );
});
