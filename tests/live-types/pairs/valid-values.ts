/** Values of a type, at its limits and in many spellings; most of them go in as they are, and some nearly do. */
import fc from "fast-check";
import { blob, integer, real, type Stored, text } from "./stored.ts";

export function oneOf(texts: readonly string[]): fc.Arbitrary<Stored> {
  return fc.constantFrom(...texts).map(text);
}

const words = [
  "",
  " ",
  "a ",
  " a",
  "now",
  "NULL",
  "true",
  "0",
  "007",
  "5",
  "é",
  "e\u0301",
  "🙂",
  "👩‍👩‍👧",
  "\u200f",
  "\ufeff",
  "\t",
  "\n",
  "'",
  "\\",
  "\\x41",
  "\ud7ff",
  "\u{10ffff}",
  "\u007f",
  "\uffff",
];

export function texts(most: number): fc.Arbitrary<Stored> {
  const cut = (value: string): string => [...value].slice(0, most).join("");
  return fc.oneof(
    { arbitrary: fc.constantFrom(...words).map((value) => text(cut(value))), weight: 3 },
    {
      arbitrary: fc.string({ unit: "grapheme", maxLength: most }).map((value) => text(cut(value.replaceAll("\0", "")))),
      weight: 3,
    },
    {
      arbitrary: fc
        .constantFrom("x".repeat(most), "🙂".repeat(most), "x".repeat(most + 1), `${"x".repeat(most)} `)
        .map(text),
      weight: 1,
    },
    { arbitrary: fc.integer({ min: -99, max: 9999 }).map((value) => integer(BigInt(value))), weight: 1 },
    {
      arbitrary: fc
        .constantFrom(0.5, 1, -0, 1e308, 5e-324, 0.1 + 0.2, 1e15, 123456.789, Number.POSITIVE_INFINITY)
        .map(real),
      weight: 1,
    },
    { arbitrary: fc.constantFrom("ab", "", "é", "a\0").map((value) => blob(Buffer.from(value))), weight: 1 },
  );
}

/** The same whole number as a number, a text, a REAL, with a fraction of zeros, with an exponent. */
function spelledWhole(value: bigint): fc.Arbitrary<Stored> {
  const digits = String(value);
  const short = /^(-?[1-9]\d*?)(0+)$/.exec(digits);
  const scientific = short === null ? digits : `${short[1]}e${short[2]?.length}`;
  return fc.constantFrom(
    integer(value),
    integer(value),
    text(digits),
    real(Number(value)),
    text(`${digits}.0`),
    text(scientific),
  );
}

export function integers(bits: number): fc.Arbitrary<Stored> {
  const [min, max] = bits === 7 ? [0n, 100n] : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
  const limits = [
    min,
    max,
    0n,
    1n,
    -1n,
    10n,
    100n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
    min - 1n,
    max + 1n,
  ].filter((value) => BigInt.asIntN(64, value) === value);
  return fc.oneof(fc.constantFrom(...limits).chain(spelledWhole), fc.bigInt({ min, max }).chain(spelledWhole));
}

export function decimals(whole: number, scale: number): fc.Arbitrary<Stored> {
  const digits = (most: number) => fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: most });
  const number = fc
    .tuple(fc.constantFrom("", "", "-"), digits(whole), digits(scale))
    .map(([sign, before, after]) => `${sign}${before.replace(/^0+(?=.)/, "")}.${after}`);
  const limit = "9".repeat(whole);
  return fc.oneof(
    { arbitrary: number.map(text), weight: 3 },
    { arbitrary: number.map((value) => real(Number(value))), weight: 2 },
    {
      arbitrary: fc
        .constantFrom(
          `${limit}.${"9".repeat(scale)}`,
          `-${limit}`,
          "0",
          "0.00",
          "1.50",
          "1e1",
          "1E-2",
          "12.5e-1",
          "NaN",
          "Infinity",
          `${limit}9`,
        )
        .map(text),
      weight: 2,
    },
    { arbitrary: fc.integer({ min: -1000, max: 1000 }).map((value) => integer(BigInt(value))), weight: 1 },
    { arbitrary: fc.constantFrom(0.1, 1.255, 2.5, -0, 1e308, 5e-324, 0.30000000000000004).map(real), weight: 1 },
  );
}

export function floats(four: boolean): fc.Arbitrary<Stored> {
  const number = four ? fc.float({ noNaN: true }) : fc.double({ noNaN: true });
  const limits = four
    ? [3.4028234663852886e38, 1.401298464324817e-45, 1.1754943508222875e-38, 16777216, 16777217, 0.1]
    : [Number.MAX_VALUE, Number.MIN_VALUE, 2.2250738585072014e-308, 2 ** 53, 1e308, 0.1];
  return fc.oneof(
    { arbitrary: number.map(real), weight: 3 },
    {
      arbitrary: fc.constantFrom(...limits, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY).map(real),
      weight: 2,
    },
    {
      arbitrary: number
        .filter(Number.isFinite)
        .map((value) =>
          text(
            Object.is(value, -0) ? "-0" : four ? value.toPrecision(6).replace(/^(-?)0+(?=\d)/, "$1") : String(value),
          ),
        ),
      weight: 2,
    },
    {
      arbitrary: fc
        .constantFrom(
          "0.1",
          "1.50",
          "1e3",
          "-0",
          "NaN",
          "Infinity",
          "-Infinity",
          "3.4028235e38",
          "1e-45",
          "1e39",
          "0.10000000149011612",
          "5",
        )
        .map(text),
      weight: 2,
    },
    {
      arbitrary: fc
        .constantFrom(
          0n,
          1n,
          -7n,
          2n ** 24n,
          2n ** 24n + 1n,
          2n ** 53n,
          2n ** 53n + 1n,
          2n ** 62n,
          -(2n ** 63n),
          2n ** 63n - 1n,
        )
        .map(integer),
      weight: 2,
    },
  );
}

export const booleans: fc.Arbitrary<Stored> = fc.oneof(
  { arbitrary: fc.constantFrom(0n, 1n).map(integer), weight: 2 },
  { arbitrary: fc.constantFrom(0, 1).map(real), weight: 1 },
  {
    arbitrary: oneOf([
      "0",
      "1",
      "t",
      "f",
      "T",
      "true",
      "false",
      "TRUE",
      "False",
      "yes",
      "no",
      "on",
      "off",
      "y",
      "N",
      "tr",
      "of",
      " true",
      "tRue",
    ]),
    weight: 3,
  },
);

const years = fc.oneof(fc.constantFrom(1, 1900, 1969, 1970, 2000, 2024, 9999), fc.integer({ min: 1, max: 9999 }));
const days = fc
  .tuple(years, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }))
  .map(([year, month, day]) => {
    const last = new Date(Date.UTC(2000, month, 0));
    last.setUTCFullYear(year, month, 0);
    const two = (value: number): string => String(value).padStart(2, "0");
    return `${String(year).padStart(4, "0")}-${two(month)}-${two(Math.min(day, last.getUTCDate()))}`;
  });
const clocks = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));

function fractions(size: number): fc.Arbitrary<string> {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: Math.max(1, size) });
  return fc.oneof(
    { arbitrary: fc.constant(""), weight: 2 },
    { arbitrary: (size === 0 ? fc.constant("0") : digits).map((value) => `.${value}`), weight: 3 },
    {
      arbitrary: fc.constantFrom(".000000", ".500000", ".999999", ".9999995", ".0000005", ".123456789", ".5"),
      weight: 1,
    },
  );
}

const zones = {
  date: ["", "", "Z", "+00:00", "+02:00"],
  timestamp: ["", "", "", "Z", "+00:00", "+02:00", "+00", " UTC"],
  timestamptz: [
    "Z",
    "+00:00",
    "+02:00",
    "-05:30",
    "+0530",
    "+14",
    "-15:59",
    " +0200",
    "Z",
    "+05:45",
    " +0200 CEST",
    " -0330 NST m=+0.01",
    " +0000 UTC",
    "",
  ],
};

const oddMoments = [
  "infinity",
  "-infinity",
  "Infinity",
  "epoch",
  "now",
  "today",
  "2024-02-29",
  "1900-02-29",
  "2023-02-29",
  "2024-01-01 24:00:00",
  "2016-12-31 23:59:60Z",
  "0000-01-01",
  "10000-01-01",
  "0001-01-01 BC",
  "2024-1-2",
  "20240102",
  "2024-01-02 03:04:05 Europe/Berlin",
  "2024-01-02 3:04",
  "Jan 2 2024",
  "01/02/2024",
  "2024-01-02T03:04:05,5",
  "2024-01-02 03:04:05 PM",
  "9999-12-31 23:59:59.9999999",
  "2024-01-02 03:04:05 EST",
  "2024-01-02t03:04:05z",
  "2024-01-02 03:04:05+02:00:30",
];

export function moments(kind: keyof typeof zones, size: number): fc.Arbitrary<Stored> {
  const clock =
    kind === "date"
      ? fc.constantFrom("00:00:00", "00:00", "00:00:00", "00:00:01")
      : fc.oneof(
          clocks,
          clocks.map((time) => time.slice(0, 5)),
        );
  const fraction = kind === "date" ? fc.constantFrom("", ".000", ".0") : fractions(size);
  const whole = fc
    .tuple(days, fc.constantFrom(" ", "T"), clock, fraction, fc.constantFrom(...zones[kind]))
    .map(([day, between, time, digits, zone]) => `${day}${between}${time}${time.length === 8 ? digits : ""}${zone}`);
  return fc.oneof(
    { arbitrary: whole.map(text), weight: 6 },
    { arbitrary: days.map(text), weight: kind === "date" ? 6 : 1 },
    { arbitrary: oneOf(oddMoments), weight: 2 },
    {
      arbitrary: fc
        .constantFrom(0n, 1_700_000_000n, 1_700_000_000_000n, -1n, 20240102n, 638_000_000_000_000_000n, 86_400n)
        .map(integer),
      weight: 1,
    },
    { arbitrary: fc.constantFrom(1_700_000_000.5, 0.1, 2_460_000.5).map(real), weight: 1 },
  );
}

export const times: fc.Arbitrary<Stored> = fc.oneof(
  { arbitrary: fc.tuple(clocks, fractions(6)).map((parts) => text(parts.join(""))), weight: 4 },
  { arbitrary: clocks.map((time) => text(time.slice(0, 5))), weight: 1 },
  {
    arbitrary: oneOf([
      "00:00:00",
      "23:59:59.999999",
      "24:00:00",
      "24:00",
      "23:59:60",
      "24:00:01",
      "allballs",
      "now",
      "7:08",
      "07:08:09Z",
      "04:05 PM",
      "2024-01-01 07:08:09",
      "23:59:59.9999999",
    ]),
    weight: 2,
  },
);

export const uuids: fc.Arbitrary<Stored> = fc
  .oneof(fc.uuid(), fc.constantFrom("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"))
  .chain((id) => {
    const bare = id.replaceAll("-", "");
    return fc.constantFrom(
      text(id),
      text(id),
      text(id.toUpperCase()),
      text(bare),
      text(`{${id}}`),
      text(bare.replace(/(.{4})(?=.)/g, "$1-")),
      text(`urn:uuid:${id}`),
      text(`{${id}`),
      text(` ${id}`),
      text(id.slice(1)),
      blob(Buffer.from(bare, "hex")),
      blob(Buffer.from(id)),
    );
  });

const jsonTexts = [
  '{"a": 1.50}',
  "[]",
  "{}",
  "null",
  '"x"',
  "1e2",
  "-0",
  "0.10",
  "12345678901234567890.5",
  '{"a":1,"a":2}',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u00e9"',
  ' { "b" : [ ] } ',
  "NaN",
  "{'a':1}",
  "[1,]",
  "",
  "tru",
  "1.0e400",
  "01",
  '"🙂"',
  '"a\tb"',
  '{"ключ":{"b":[true,false,null]}}',
  "[1E+2,1e-7]",
];

export function jsons(written: boolean): fc.Arbitrary<Stored> {
  return fc.oneof(
    {
      arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => text(JSON.stringify(value, null, written ? 1 : 0))),
      weight: 3,
    },
    { arbitrary: oneOf(jsonTexts), weight: 3 },
    {
      arbitrary: fc.constantFrom(
        integer(5n),
        integer(-(2n ** 63n)),
        real(0.1),
        real(1e308),
        real(-0),
        real(5),
        blob(Buffer.from("{}")),
      ),
      weight: 1,
    },
  );
}

export const blobs: fc.Arbitrary<Stored> = fc.oneof(
  { arbitrary: fc.uint8Array({ maxLength: 20 }).map(blob), weight: 3 },
  {
    arbitrary: fc.constantFrom(blob(Buffer.alloc(0)), blob(Buffer.from("text")), blob(Buffer.from([0, 255]))),
    weight: 1,
  },
  { arbitrary: oneOf(["00ff", "AAAA", "", "\\x41", "abc", "zz", "YWI="]), weight: 1 },
);

const sixteen = Buffer.from("00112233445566778899aabbccddeeff", "hex");

export const hostile: fc.Arbitrary<Stored> = fc.oneof(
  oneOf([
    "",
    " ",
    " 5",
    "5 ",
    "+5",
    "007",
    "-0",
    "-0.0",
    ".5",
    "5.",
    "1_000",
    "0x10",
    "1e",
    "NaN",
    "nan",
    "inf",
    "Infinity",
    "-infinity",
    "today",
    "tomorrow",
    "allballs",
    "epoch",
    "null",
    "a\0b",
    "\0",
    "🙂",
    "ａ",
    "٣",
    "{",
    "[1,2]",
    '["a",null]',
    "(1,2",
    "[1,4]",
    "10.0.0.1/32",
    "08002b010203",
    "1 hour",
    "P1D",
    "'a':1",
    "<a>",
    "102",
    "-1",
    "$5",
    "5",
    "0.5",
    "1e400",
    "9223372036854775808",
  ]),
  fc.constantFrom<Stored>(
    { storage: "text", bytes: Buffer.from([0xff]) },
    { storage: "text", bytes: Buffer.from([0x61, 0xc3]) },
    { storage: "text", bytes: Buffer.from([0xed, 0xa0, 0x80]) },
    blob(Buffer.from([0xff, 0])),
    blob(sixteen),
    integer(2n),
    integer(-(2n ** 63n)),
    integer(2n ** 53n + 1n),
    integer(70_000n),
    integer(1_700_000_000n),
    real(-0),
    real(Number.POSITIVE_INFINITY),
    real(Number.NEGATIVE_INFINITY),
    real(0.1),
    real(1e308),
    real(5e-324),
    real(1),
    real(1.5),
  ),
);

/** Of seconds, microseconds, ticks. */
export const counts: fc.Arbitrary<Stored> = fc.oneof(
  fc.constantFrom(0n, 1n, 10n, -1n, 90_000_000n, 36_000_000_000n, 2n ** 53n + 1n, -(2n ** 63n)).map(integer),
  fc.constantFrom(0, 1.5, 1.1, -0.000001, 0.1, 1e300, 86_400).map(real),
);
