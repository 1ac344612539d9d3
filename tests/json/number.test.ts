import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalDecimal, int64, isNegativeZero } from "../../src/json/number.ts";

describe("canonicalDecimal", () => {
  test.each([
    ["1.10", "1.10"],
    ["1e3", "1000"],
    ["1.5e-3", "0.0015"],
    ["1.50e1", "15.0"],
    ["-12.340E+1", "-123.40"],
    ["0.000", "0.000"],
    ["0e5", "0"],
    ["0e-5", "0.00000"],
    ["-0.0", "0.0"],
    ["0.1e1", "1"],
    ["0.01e1", "0.1"],
    ["10e-1", "1.0"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ["1E400", `1${"0".repeat(400)}`],
    ["0.4e0066999999999999999999999999", null],
    ["0e99999999999999", "0"],
    ["0e-16383", `0.${"0".repeat(16_383)}`],
    ["0e-16384", null],
    ["1e131071", `1${"0".repeat(131_071)}`],
    ["1e131072", null],
    ["0.1e131072", `1${"0".repeat(131_071)}`],
    ["123e-10000000", null],
  ])("%s", (raw, plain) => {
    expect(canonicalDecimal(raw)).toBe(plain);
  });

  test("has the value and the scale of the number as written", () => {
    const digits = fc.stringMatching(/^\d{1,12}$/);
    fc.assert(
      fc.property(digits, digits, fc.integer({ min: -30, max: 30 }), (whole, fraction, exponent) => {
        const head = whole.replace(/^0+(?=\d)/, "");
        const plain = canonicalDecimal(`${head}.${fraction}e${exponent}`) ?? "";
        const [before = "", after = ""] = plain.split(".");
        expect(after.length).toBe(Math.max(0, fraction.length - exponent));
        expect(before).toMatch(/^(0|[1-9]\d*)$/);
        // Both sides as integers of one scale.
        const scale = 60;
        const written = BigInt(head + fraction) * 10n ** BigInt(scale - fraction.length + exponent);
        expect(BigInt(before + after) * 10n ** BigInt(scale - after.length)).toBe(written);
      }),
    );
  });
});

test("negative zero in all its forms, and nothing else", () => {
  const raws = ["-0", "-0.0", "-0e5", "-0.00E-2", "0", "-0.01", "-10"];
  expect(raws.map(isNegativeZero)).toEqual([true, true, true, true, false, false, false]);
});

test("64 bits and no more", () => {
  expect(int64("9223372036854775807")).toBe(9223372036854775807n);
  expect(int64("-9223372036854775808")).toBe(-9223372036854775808n);
  expect(int64("9223372036854775808")).toBeNull();
  expect(int64("-9223372036854775809")).toBeNull();
  expect(int64("1".repeat(5000))).toBeNull();
});
