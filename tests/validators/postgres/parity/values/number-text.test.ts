import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decimalText,
  looksLikeNumber,
  scaledInteger,
} from "../../../../../src/validators/postgres/parity/values/number-text.ts";

test.each([
  [5, "5.0"],
  [-0, "-0.0"],
  [0.1, "0.1"],
  [1e21, "1000000000000000000000.0"],
  [1.5e22, "15000000000000000000000.0"],
  [1.25e-7, "0.000000125"],
  [-1e-7, "-0.0000001"],
  [123456.789, "123456.789"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
])("%d is %s", (value, text) => {
  expect(decimalText(value)).toBe(text);
});

test("digits round-trip, without an exponent and with a fraction", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      const text = decimalText(value);
      expect(Number(text)).toBe(value);
      if (Number.isFinite(value)) expect(text).toMatch(/^-?\d+\.\d+$/);
    }),
  );
});

test("a scaled number is exact or nothing", () => {
  expect(scaledInteger(1700000000.123456, 6)).toBe(1700000000123456n);
  expect(scaledInteger(0.5, 0)).toBeNull();
  expect(scaledInteger(-1.5, 3)).toBe(-1500n);
  expect(scaledInteger(1e-7, 6)).toBeNull();
  expect(scaledInteger(Number.POSITIVE_INFINITY, 6)).toBeNull();
});

test("texts that a number could have become", () => {
  for (const text of ["0", "-5", "9223372036854775807", "5.0", "-0.0", "0.1"]) {
    expect([text, looksLikeNumber(text)]).toEqual([text, true]);
  }
  for (const text of [
    "",
    "-",
    "-0",
    "007",
    "9223372036854775808",
    "5.00",
    "1e5",
    " 5",
    "5 ",
    "0.10000000000000001",
    "NaN",
    "Infinity",
    "-Infinity",
  ]) {
    expect([text, looksLikeNumber(text)]).toEqual([text, false]);
  }
});
