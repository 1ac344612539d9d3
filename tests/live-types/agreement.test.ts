/** Loader and proof read cells by two implementations of one rule: they must agree on every value of every type. */
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import {
  type Interpretation,
  type LiveOrigin,
  type LiveReading,
  liveOrigins,
} from "../../src/core/schema/live-type.ts";
import type { Cell } from "../../src/core/values/wire.ts";
import { floatText } from "../../src/live-types/numbers.ts";
import { parseType } from "../../src/live-types/parse-type.ts";
import { readCell } from "../../src/live-types/read-cell.ts";
import { treat, waysOf } from "../../src/live-types/treat.ts";
import { treatedText } from "../../src/validators/postgres/parity/live/live-treated.ts";
import { liveValue } from "../../src/validators/postgres/parity/live/live-value.ts";
import type { StoredValue } from "../../src/validators/postgres/parity/live/outcome.ts";
import { anything, pairTypes } from "./pairs/kinds.ts";
import { type Stored, shown, textOf } from "./pairs/stored.ts";

const runs = Number(process.env.ROWHAUL_PAIRS ?? 5000);
vi.setConfig({ testTimeout: 10_000 + runs * 2 });

const names: Readonly<Record<string, string>> = {
  "varchar(5)": "character varying(5)",
  "char(4)": "character(4)",
  citext: "public.citext",
  time: "time without time zone",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  "bit(4)": "bit(4)",
  varbit: "bit varying",
  mood: "public.mood",
};
const domains: Readonly<Record<string, string>> = {
  short_text: "text",
  price: "numeric(5,2)",
  small: "integer",
  later: "timestamp with time zone",
};

const interpretations: readonly Interpretation[] = [
  {},
  {},
  { zone: "UTC", bytes: "utf8", uuid: "rfc", epoch: "s", interval: "us", arrays: "json" },
  { zone: "Europe/Berlin", bytes: "hex", uuid: "dotnet", epoch: "ms", interval: "ticks" },
  { zone: "America/New_York", bytes: "base64", epoch: "ticks", interval: "ms" },
  { zone: "wall", epoch: "ns", interval: "s" },
  { zone: "utc", epoch: "us" },
];

const layouts = [null, null, "day", "second", "minute with a zone", "t", "true lower"];

const origins: readonly (LiveOrigin | null)[] = [null, null, null, null, ...liveOrigins];

const reading: fc.Arbitrary<{ readonly reading: LiveReading; readonly stored: Stored }> = fc
  .record({
    type: fc.constantFrom(...pairTypes),
    as: fc.constantFrom(...interpretations),
    layout: fc.constantFrom(...layouts),
    json: fc.integer({ min: 0, max: 5 }),
    numbersAmongTexts: fc.boolean(),
    from: fc.constantFrom(...origins),
  })
  .chain(({ type, as, layout, json, numbersAmongTexts, from }) => {
    const name = names[type.name] ?? type.name.replace(/^timestamp(\(\d\))$/, "timestamp$1 without time zone");
    const over = domains[type.name];
    const live = parseType(name, over ?? name, over !== undefined);
    const zone = live.kind === "timestamp" ? ["utc", "wall"] : ["UTC", "Europe/Berlin", "America/New_York"];
    const fitting = as.zone === undefined || zone.includes(as.zone) ? as : {};
    return fc.record({
      reading: fc.constant({
        type: live,
        as: fitting,
        layout,
        json: json === 0,
        numbersAmongTexts,
        answers: {},
        ...(from === null ? {} : { from }),
      }),
      stored: fc.oneof(type.valid, anything),
    });
  });

it("on whether a value fits, and why it does not", () => {
  const apart = differences(1, (reading, stored) => {
    const read = readCell(reading, cellOf(stored));
    const found = liveValue(reading, storedOf(stored));
    return [
      [
        "",
        read.ok ? `fits ${read.layout}` : read.problem,
        found.fits ? `fits ${found.layout}` : found.problem,
      ] as const,
    ];
  });
  expect(apart).toEqual([]);
});

it("on what goes in: the text that is sent is the value that the proof expects", () => {
  const apart = differences(2, (reading, stored) => {
    const read = readCell(reading, cellOf(stored));
    const found = liveValue(reading, storedOf(stored));
    return read.ok && found.fits ? [["", sentValue(reading, read.text), found.canonical] as const] : [];
  });
  expect(apart).toEqual([]);
});

it("on what policies make of values", () => {
  const apart = differences(3, (reading, stored) => {
    const read = readCell(reading, cellOf(stored));
    if (read.ok) return [];
    const offset = read.problem === "offset" ? (["utc", "wall"] as const) : [];
    return [...waysOf(reading.type, read.problem), ...offset].flatMap((way) => {
      const ours = treat(reading, cellOf(stored), way);
      // What the loader cannot treat is refused before the proof sees it.
      if (ours === null) return [];
      const theirs = treatedText(reading, storedOf(stored), way);
      return [[way, sentValue(reading, ours), theirs === undefined ? "nothing" : sentValue(reading, theirs)] as const];
    });
  });
  expect(apart).toEqual([]);
});

/** What loader and proof say, a line for each value of which they do not say the same. */
function differences(
  seed: number,
  both: (reading: LiveReading, stored: Stored) => readonly (readonly [what: string, loader: string, proof: string])[],
): string[] {
  const found = fc
    .sample(reading, { seed, numRuns: runs })
    .flatMap(({ reading, stored }) =>
      both(reading, stored).flatMap(([what, loader, proof]) =>
        loader === proof ? [] : [`${describe(reading, stored)} ${what}: loader ${loader}, proof ${proof}`],
      ),
    );
  return found.slice(0, 40);
}

function describe({ type, as, layout, json, numbersAmongTexts, from }: LiveReading, stored: Stored): string {
  return `${type.written} ${JSON.stringify({ as, layout, json, numbersAmongTexts, from })} ${shown(stored)}`;
}

/** A text as its type reads it, by the proof: the zone's name, which PostgreSQL reads, is one of its interpretations. */
function sentValue({ from: _, ...reading }: LiveReading, text: string): string {
  const { type } = reading;
  const [, wall = text, zone] = type.kind !== "timestamptz" ? [] : (/^(.*) ([A-Z][a-z]+\/\w+)$/.exec(text) ?? []);
  if (type.kind === "bytea") {
    const bytes = Buffer.from(text.slice(2), "hex");
    const found = liveValue({ ...reading, as: {} }, { storage: "blob", text: null, bytes, number: null, cast: "" });
    return found.fits ? found.canonical : found.problem;
  }
  if (type.kind === "float") {
    const number = type.size === 4 ? Math.fround(Number(text)) : Number(text);
    const found = liveValue(
      { ...reading, as: {} },
      { storage: "real", text: null, bytes: Buffer.alloc(0), number, cast: "" },
    );
    return found.fits && !Number.isNaN(number) ? found.canonical : `r${text === "NaN" ? "7ff8000000000000" : text}`;
  }
  const plain = {
    ...reading,
    layout: null,
    json: false,
    numbersAmongTexts: false,
    as: zone === undefined ? {} : { zone },
  };
  const sent: StoredValue = { storage: "text", text: wall, bytes: Buffer.from(wall), number: null, cast: "" };
  const found = liveValue(plain, sent);
  return found.fits ? found.canonical : `${found.problem} ${text}`;
}

function cellOf(stored: Stored): Cell {
  const bytes = {
    integer: () => Buffer.from("value" in stored ? String(stored.value) : ""),
    real: () => Buffer.from(castOf(Number("value" in stored ? stored.value : 0))),
    text: () => ("bytes" in stored ? stored.bytes : Buffer.alloc(0)),
    blob: () => ("bytes" in stored ? stored.bytes : Buffer.alloc(0)),
  }[stored.storage]();
  return { storage: stored.storage, bytes, orphan: -1, valid: stored.storage !== "text" || textOf(stored) !== null };
}

function storedOf(stored: Stored): StoredValue {
  return {
    storage: stored.storage,
    text: textOf(stored),
    bytes: "bytes" in stored ? stored.bytes : Buffer.alloc(0),
    number: "value" in stored ? stored.value : null,
    cast: "value" in stored ? castOf(Number(stored.value)) : "",
  };
}

/** Near enough to SQLite's cast, which the other test meets. */
function castOf(value: number): string {
  const text = floatText(value);
  if (text === "-0") return "-0.0";
  const [mantissa = "", exponent] = text.split("e");
  const fraction = mantissa.includes(".") || !Number.isFinite(value) ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? fraction : `${fraction}e${exponent}`;
}
