import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  commonLayout,
  instantText,
  isDay,
  isWritten,
  layoutOf,
  layoutParts,
} from "../../../src/core/values/date-layout.ts";

describe("the layout of", () => {
  it.each([
    ["2024-01-05", "YYYY-MM-DD"],
    ["0001-01-01", "YYYY-MM-DD"],
    ["9999-12-31", "YYYY-MM-DD"],
    ["2024-01-05 10:20", "YYYY-MM-DD HH:MM"],
    ["2024-01-05T10:20:30", "YYYY-MM-DDTHH:MM:SS"],
    ["2024-01-05 10:20:30.5", "YYYY-MM-DD HH:MM:SS.f"],
    ["2024-01-05 10:20:30.000001", "YYYY-MM-DD HH:MM:SS.ffffff"],
    ["2024-01-05T10:20Z", "YYYY-MM-DDTHH:MMZ"],
    ["2024-01-05 23:59:59.999-15:59", "YYYY-MM-DD HH:MM:SS.fff-15:59"],
    ["2024-01-05 00:00:00+00:00", "YYYY-MM-DD HH:MM:SS+00:00"],
    ["2000-02-29", "YYYY-MM-DD"],
  ])("%s is %s", (text, layout) => {
    expect(layoutOf(text)).toBe(layout);
  });

  it.each([
    "",
    "0000-01-01",
    "0000-00-00",
    "2023-02-29",
    "1900-02-29",
    "2024-13-01",
    "2024-04-31",
    "2024-1-5",
    "24-01-05",
    "12024-01-05",
    "2024-01-05 ",
    " 2024-01-05",
    "2024-01-05\n",
    "2024-01-05 24:00",
    "2024-01-05 23:60",
    "2024-01-05 23:59:60",
    "2024-01-05 10",
    "2024-01-05t10:20",
    "2024-01-05  10:20",
    "2024-01-05 10:20:30.",
    "2024-01-05 10:20:30.1234567",
    "2024-01-05 10:20.5",
    "2024-01-05 10:20z",
    "2024-01-05 10:20+0530",
    "2024-01-05 10:20+16:00",
    "2024-01-05 10:20+05:60",
    "2024-01-05Z",
    "2024/01/05",
    "05.01.2024",
    "٢٠٢٤-٠١-٠٥",
    "2024-01-05\0",
  ])("%j is none", (text) => {
    expect(layoutOf(text)).toBeNull();
  });

  it("gives the text back, with its parts", () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, "0"));
    const day = fc
      .integer({ min: -62_135_596_800, max: 253_402_300_799 })
      .map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 10));
    const clock = fc.tuple(
      fc.constantFrom(" ", "T"),
      two(23),
      two(59),
      fc.option(fc.tuple(two(59), fc.option(fc.stringMatching(/^[0-9]{1,6}$/)))),
      fc.constantFrom("", "Z", "+05:30", "-15:59"),
    );
    fc.assert(
      fc.property(day, fc.option(clock), (date, time) => {
        if (time === null) return layoutOf(date) === "YYYY-MM-DD";
        const [separator, hour, minute, rest, zone] = time;
        const seconds = rest === null ? "" : `:${rest[0]}`;
        const fraction = rest?.[1] ?? null;
        const text = `${date}${separator}${hour}:${minute}${seconds}${fraction === null ? "" : `.${fraction}`}${zone}`;
        const layout = layoutOf(text);
        expect(layout).not.toBeNull();
        expect(layout).toHaveLength(text.length);
        expect(layoutParts(layout ?? "")).toEqual({
          time: true,
          separator,
          seconds: rest !== null,
          fraction: fraction?.length ?? 0,
          fewer: false,
          zone,
        });
        return true;
      }),
    );
  });

  it("takes apart a day alone", () => {
    expect(layoutParts("YYYY-MM-DD")).toEqual({
      time: false,
      separator: null,
      seconds: false,
      fraction: 0,
      fewer: false,
      zone: "",
    });
  });
});

describe("the common layout of", () => {
  it.each<[string[], string | null]>([
    [[], null],
    [["YYYY-MM-DD"], "YYYY-MM-DD"],
    [["YYYY-MM-DD HH:MM:SS", "YYYY-MM-DD HH:MM:SS.f", "YYYY-MM-DD HH:MM:SS.ffffff"], "YYYY-MM-DD HH:MM:SS[.ffffff]"],
    [["YYYY-MM-DD HH:MM", "YYYY-MM-DDTHH:MM"], "YYYY-MM-DD( |T)HH:MM"],
    [["YYYY-MM-DDTHH:MM:SSZ", "YYYY-MM-DDTHH:MM:SS+00:00"], "YYYY-MM-DDTHH:MM:SS(Z|+00:00)"],
    [["YYYY-MM-DDTHH:MM:SS.fffZ", "YYYY-MM-DD HH:MM:SS+00:00"], "YYYY-MM-DD( |T)HH:MM:SS[.ffffff](Z|+00:00)"],
    [["YYYY-MM-DDTHH:MM:SS+02:00", "YYYY-MM-DDTHH:MM:SS.fff+02:00"], "YYYY-MM-DDTHH:MM:SS[.ffffff]+02:00"],
    [["YYYY-MM-DD HH:MM:SS[.ffffff]", "YYYY-MM-DDTHH:MM:SS"], "YYYY-MM-DD( |T)HH:MM:SS[.ffffff]"],
    [["YYYY-MM-DD HH:MM:SS.fffffff+", "YYYY-MM-DD HH:MM:SS"], "YYYY-MM-DD HH:MM:SS[.ffffff]"],
    // Never one: a moment and a day, to the minute and to the second, with a zone and without, in two zones.
    [["YYYY-MM-DD", "YYYY-MM-DD HH:MM:SS"], null],
    [["YYYY-MM-DD HH:MM", "YYYY-MM-DD HH:MM:SS"], null],
    [["YYYY-MM-DD HH:MM:SS", "YYYY-MM-DD HH:MM:SSZ"], null],
    [["YYYY-MM-DD HH:MM:SS+02:00", "YYYY-MM-DD HH:MM:SSZ"], null],
    [["YYYY-MM-DD HH:MM:SS-00:00", "YYYY-MM-DD HH:MM:SSZ"], null],
  ])("%j is %s", (layouts, common) => {
    expect(commonLayout(layouts)).toBe(common);
    expect(commonLayout([...layouts].reverse())).toBe(common);
  });

  it("is that of its texts, of which two are equal as instants exactly if they are one", () => {
    const moment = fc.tuple(
      fc.constantFrom("2024-02-29 23:59", "2024-03-01 00:00", "0001-01-01 00:00", "9999-12-31 23:59"),
      fc.constantFrom(" ", "T"),
      fc.constantFrom("00", "59"),
      fc.constantFrom("", "0", "5", "50", "500000", "000001", "123456", "1234560", "1234567"),
      fc.constantFrom("", "Z", "+00:00", "+02:00"),
    );
    const written = ([minute, separator, second, fraction, zone]: [string, string, string, string, string]) =>
      `${minute.replace(" ", separator)}:${second}${fraction === "" ? "" : `.${fraction}`}${zone}`;
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const [a, b] = [written(one), written(other)];
        const layouts = [a, b].map(layoutOf).filter((layout) => layout !== null);
        const zones = new Set([one[4], other[4]].map((zone) => (zone === "+00:00" ? "Z" : zone)));
        const common = layouts.length === 2 ? commonLayout(layouts) : null;
        expect(common !== null).toBe(layouts.length === 2 && zones.size === 1);
        if (common === null) return;
        expect([isWritten(a, common), isWritten(b, common)]).toEqual([true, true]);
        const micros = ([minute, , second, fraction]: [string, string, string, string, string]) =>
          `${minute}:${second}.${fraction.padEnd(6, "0")}`;
        expect(instantText(a) === instantText(b)).toBe(micros(one) === micros(other));
        // What has another zone, or none, is not written so.
        for (const text of ["2024-02-29", "2024-02-29 23:59", `${a}x`, `${a}\0`])
          expect(isWritten(text, common)).toBe(layoutOf(text) === common);
      }),
      { numRuns: 500 },
    );
  });
});

it("days are those of the calendar", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      (year, month, day) => {
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        return (
          isDay(year, month, day) ===
          (date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day)
        );
      },
    ),
  );
});
