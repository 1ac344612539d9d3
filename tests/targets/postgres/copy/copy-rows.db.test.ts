/** Every encoding through COPY and back, against what a plain reading of the value expects. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf, layoutParts } from "../../../../src/core/values/date-layout.ts";
import type { Encoding } from "../../../../src/core/values/encoding.ts";
import { realDigits, type Slot } from "../../../../src/core/values/wire.ts";
import { pgType } from "../../../../src/plan/to-postgres/column.ts";
import { inTransaction } from "../../../../src/postgres/transaction.ts";
import { copyRows } from "../../../../src/targets/postgres/copy/copy-rows.ts";
import { useDatabase } from "../../../support/database.ts";
import { tablePlan } from "../plans.ts";

const database = useDatabase();
const signal = new AbortController().signal;

/** What PostgreSQL holds after a column of slots was copied, as `read` shows column v, in order. */
async function through(
  encoding: Encoding,
  slots: readonly Slot[],
  read = "v::text",
  batch = 100,
): Promise<(string | null)[]> {
  const { pool } = database;
  await pool.query(
    `DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (n int GENERATED ALWAYS AS IDENTITY, v ${pgType(encoding)})`,
  );
  const plan = tablePlan("t", { v: encoding });
  const batches = function* () {
    for (let i = 0; i < slots.length; i += batch) yield slots.slice(i, i + batch).map((slot) => [slot]);
  };
  const sent = await inTransaction(pool, "copying", (client) =>
    copyRows(client, "public", plan, batches(), { progress() {}, signal }),
  );
  expect(sent).toBe(slots.length);
  return inTransaction(pool, "reading", async (client) => {
    const { rows } = await client.query({ text: `SELECT ${read} FROM public.t ORDER BY n`, rowMode: "array" });
    return rows.map((row: (string | null)[]) => row[0] ?? null);
  });
}

/** A hundred random slots at a time, a few times. */
async function check(
  arbitrary: fc.Arbitrary<Slot>,
  encoding: Encoding,
  wanted: (slot: Exclude<Slot, null>) => string,
  read?: string,
): Promise<void> {
  const nullable = fc.option(arbitrary, { freq: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(nullable, { minLength: 50, maxLength: 200 }), async (slots) => {
      expect(await through(encoding, slots, read)).toEqual(slots.map((slot) => (slot === null ? null : wanted(slot))));
    }),
    { numRuns: 8 },
  );
}

describe("integers", () => {
  it.each([
    [2, 15n],
    [4, 31n],
    [8, 53n],
  ] as const)("of %i bytes", async (width, bits) => {
    const limit = 2n ** bits;
    const edges = [
      0n,
      1n,
      -1n,
      limit - 1n,
      -limit + (width === 8 ? 1n : 0n),
      255n,
      256n,
      -256n,
      2n ** 31n,
      2n ** 32n,
      -(2n ** 32n),
      2n ** 32n - 1n,
    ];
    const fitting = edges.filter((edge) => edge < limit && edge >= -limit).map(Number);
    const arbitrary = fc.oneof(
      fc.constantFrom(...fitting),
      fc.bigInt({ min: -limit + 1n, max: limit - 1n }).map(Number),
    );
    await check(arbitrary, { kind: "integer", width, wide: false }, String);
  });

  it("beyond ±2^53, as digits", async () => {
    const arbitrary = fc.oneof(
      fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 53n) - 1n, 0n),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    );
    await check(arbitrary.map(String), { kind: "integer", width: 8, wide: true }, String);
  });
});

const doubles = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0.1 + 0.2,
    1e21,
    123456789012345680000,
  ),
  fc.double({ noNaN: true }),
  fc.integer().map((n) => n / 100),
);

describe("reals", () => {
  it("arrive bit for bit", async () => {
    const bits = (value: Slot): string => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(value as number);
      return bytes.toString("hex");
    };
    await check(doubles, { kind: "real" }, bits, "encode(float8send(v), 'hex')");
  });

  it("as numeric read back as the same double, and keep a fraction", async () => {
    const finite = doubles.filter((value) => !Object.is(value, -0));
    await check(finite, { kind: "numeric" }, (slot) => realDigits(slot as number));
  });
});

describe("numeric", () => {
  it("carries decimal digits as they are written", async () => {
    const digits = fc
      .tuple(
        fc.constantFrom("", "-"),
        fc.bigInt({ min: 0n, max: 10n ** 40n }),
        fc.option(fc.stringMatching(/^[0-9]{1,60}$/)),
      )
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}`);
    const wanted = (slot: Slot): string => (/^-0(\.0+)?$/.test(String(slot)) ? String(slot).slice(1) : String(slot));
    await check(digits, { kind: "numeric" }, wanted);
  });

  it.each([
    ["Infinity", "Infinity"],
    ["-Infinity", "-Infinity"],
    ["0", "0"],
    ["0.0", "0.0"],
    ["0.00010000", "0.00010000"],
    ["10000", "10000"],
    ["100000000.00000001", "100000000.00000001"],
    ["0001.10", "1.10"],
    [`9${"0".repeat(1000)}.${"0".repeat(999)}1`, `9${"0".repeat(1000)}.${"0".repeat(999)}1`],
    [`0.${"0".repeat(16_000)}7`, `0.${"0".repeat(16_000)}7`],
  ])("carries %s", async (digits, wanted) => {
    expect(await through({ kind: "numeric" }, [digits])).toEqual([wanted]);
  });
});

describe("dates", () => {
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = fc
    .tuple(
      fc.oneof(
        fc.constantFrom(1, 99, 1582, 1899, 1969, 1970, 1999, 2000, 2024, 9999),
        fc.integer({ min: 1, max: 9999 }),
      ),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 31 }),
    )
    .map(([y, m, d]) => `${String(y).padStart(4, "0")}-${two(m)}-${two(d)}`)
    .filter((text) => layoutOf(text) !== null);
  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
    .map(([h, m, s]) => `${two(h)}:${two(m)}:${two(s)}`);

  it("without a time", async () => {
    await check(day, { kind: "date", layout: "YYYY-MM-DD" }, String);
  });

  it("alone, as timestamps", async () => {
    await check(day, { kind: "timestamp", layout: "YYYY-MM-DD" }, (slot) => `${slot} 00:00:00`);
  });

  it.each([
    "YYYY-MM-DD HH:MM",
    "YYYY-MM-DDTHH:MM:SS",
    "YYYY-MM-DD HH:MM:SS.f",
    "YYYY-MM-DD HH:MM:SS.ff",
    "YYYY-MM-DDTHH:MM:SS.fff",
    "YYYY-MM-DD HH:MM:SS.ffff",
    "YYYY-MM-DD HH:MM:SS.fffff",
    "YYYY-MM-DDTHH:MM:SS.ffffff",
    "YYYY-MM-DDTHH:MM:SSZ",
    "YYYY-MM-DD HH:MM:SS.fff+00:00",
    "YYYY-MM-DDTHH:MM+05:30",
    "YYYY-MM-DD HH:MM:SS-15:59",
    "YYYY-MM-DD HH:MM:SS.ffffff+14:00",
  ])("written %s", async (layout) => {
    const { separator, seconds, fraction, zone } = layoutParts(layout);
    const arbitrary = fc
      .tuple(day, clock, fc.integer({ min: 0, max: 10 ** fraction - 1 }))
      .map(([date, time, part]) => {
        const text = `${date}${separator}${seconds ? time : time.slice(0, 5)}`;
        return `${text}${fraction === 0 ? "" : `.${String(part).padStart(fraction, "0")}`}${zone}`;
      });
    const encoding: Encoding = { kind: zone === "" ? "timestamp" : "timestamptz", layout };
    // PostgreSQL's own reading of the same text.
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary, { minLength: 20, maxLength: 60 }), async (texts) => {
        expect(texts.every((text) => layoutOf(text) === layout)).toBe(true);
        const found = await through(encoding, texts);
        const zoned = await inTransaction(database.pool, "asking", async (client) =>
          client.query({
            text: `SELECT x::${encoding.kind}::text FROM unnest($1::text[]) WITH ORDINALITY AS u(x, n) ORDER BY n`,
            values: [texts],
            rowMode: "array",
          }),
        );
        expect(found).toEqual(zoned.rows.map((row: string[]) => row[0]));
      }),
      { numRuns: 3 },
    );
  });

  it.each([
    ["seconds", 1n, "1970-01-01 00:00:01"],
    ["milliseconds", -1n, "1969-12-31 23:59:59.999"],
    ["microseconds", 1_700_000_000_123_456n, "2023-11-14 22:13:20.123456"],
    ["seconds", 253_402_300_799n, "9999-12-31 23:59:59"],
    ["seconds", -62_135_596_800n, "0001-01-01 00:00:00"],
  ] as const)("since 1970 in %s: %s", async (unit, value, wanted) => {
    expect(await through({ kind: "epoch", unit, zoned: false }, [String(value)])).toEqual([wanted]);
    expect(await through({ kind: "epoch", unit, zoned: true }, [String(value)])).toEqual([`${wanted}+00`]);
  });
});

describe("booleans", () => {
  it("from 0 and 1, or from words", async () => {
    expect(await through({ kind: "boolean", true: { integer: 1 }, false: { integer: 0 } }, [1, 0, null])).toEqual([
      "true",
      "false",
      null,
    ]);
    expect(await through({ kind: "boolean", true: { text: "Yes" }, false: { text: "No" } }, ["No", "Yes"])).toEqual([
      "false",
      "true",
    ]);
  });
});

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }).map((text) => text.replaceAll("\0", "")),
  fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replaceAll("\0", "")),
  fc.constantFrom("", "\\N", "\\.", "\t", "\r\n", "'", '"', "NULL", "\ufeff", "\u{10ffff}", "ﷺ".repeat(40)),
);
const hex = "encode(convert_to(v, 'UTF8'), 'hex')";
const hexOf = (slot: Slot): string => Buffer.from(slot as string, "utf8").toString("hex");

describe("text", () => {
  it("of any characters", async () => {
    await check(texts, { kind: "text" }, hexOf, hex);
  });

  it("rendered from numbers and texts", async () => {
    const arbitrary = fc.oneof(
      texts,
      doubles.filter((value) => !Object.is(value, -0)),
      fc.bigInt().map(String),
    );
    await check(
      arbitrary,
      { kind: "rendered" },
      (slot) => hexOf(typeof slot === "number" ? realDigits(slot) : slot),
      hex,
    );
  });

  it("of any length near the buffer's edges", async () => {
    const size = 256 << 10;
    const lengths = [size / 6, size / 3, size / 2, size, size * 2].flatMap((edge) =>
      [-30, -5, -4, -3, -2, -1, 0, 1, 2, 5].map((d) => Math.floor(edge) + d),
    );
    const slots = lengths.map((length) => "x".repeat(length));
    for (const batch of [1, 3, 100]) {
      const found = await through({ kind: "text" }, slots, "length(v) || ':' || md5(v)", batch);
      expect(found.map((entry) => Number(entry?.split(":")[0]))).toEqual(lengths);
    }
  });

  it("of characters of 1 to 4 bytes across the edges", async () => {
    const slots = ["é", "€", "😀", "a"].flatMap((letter) =>
      [21_844, 43_690, 43_691, 87_381, 131_070, 131_072].map((n) => letter.repeat(n)),
    );
    const found = await through({ kind: "text" }, slots, "md5(v)");
    const { rows } = await database.pool.query({
      text: "SELECT md5(x) FROM unnest($1::text[]) WITH ORDINALITY AS u(x, n) ORDER BY n",
      values: [slots],
      rowMode: "array",
    });
    expect(found).toEqual(rows.map((row: string[]) => row[0]));
  });

  it("of many small fields that fill buffers exactly", async () => {
    const slots = Array.from({ length: 20_000 }, (_, i) => "y".repeat(i % 61));
    const found = await through({ kind: "text" }, slots, "length(v)::text", 500);
    expect(found).toEqual(slots.map((slot) => String(slot.length)));
  });

  it("of several megabytes", async () => {
    const slots = [5, 9, 12].map((mb) => "0123456789abcdé".repeat((mb << 20) / 16));
    expect(await through({ kind: "text" }, slots, "octet_length(v)::text", 1)).toEqual(
      slots.map((slot) => String(Buffer.byteLength(slot))),
    );
  });
});

describe("bytes", () => {
  it.each(["bytes", "text-bytes"] as const)("%s of any kind", async (kind) => {
    const arbitrary = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      texts,
    );
    await check(arbitrary, { kind }, (slot) => Buffer.from(slot as string).toString("hex"), "encode(v, 'hex')");
  });

  it("of any length near the buffer's edges", async () => {
    const size = 256 << 10;
    const slots = [size / 2 - 4, size / 2, size / 2 + 1, size - 4, size, size + 1, 3_000_000].map((length, i) =>
      Buffer.alloc(length, i + 1),
    );
    const found = await through(
      { kind: "bytes" },
      slots,
      "octet_length(v) || ':' || get_byte(v, 0) || ':' || get_byte(v, octet_length(v) - 1)",
    );
    expect(found).toEqual(slots.map((slot, i) => `${slot.length}:${i + 1}:${i + 1}`));
  });
});

describe("jsonb", () => {
  it("from any JSON text", async () => {
    const arbitrary = fc
      .jsonValue({ noUnicodeString: false })
      .map((value) => JSON.stringify(value))
      .filter(
        (text) =>
          !text.includes("\\u0000") &&
          JSON.parse(text) !== undefined &&
          !/-0(?![.\d])/.test(text) &&
          text.isWellFormed() &&
          !/\\ud[89a-f]/i.test(text),
      );
    const read = fc.sample(arbitrary, 120);
    const found = await through({ kind: "json" }, read);
    expect(found.map((text) => JSON.parse(text ?? ""))).toEqual(read.map((text) => JSON.parse(text)));
  });

  it("keeps numbers as they are written", async () => {
    expect(await through({ kind: "json" }, ['{"a": 12345678901234567890.10, "b": 1E400}'])).toEqual([
      `{"a": 12345678901234567890.10, "b": 1${"0".repeat(400)}}`,
    ]);
  });

  it("tagged with class and value", async () => {
    const slots: Slot[] = [
      Buffer.from("i-9223372036854775808"),
      5,
      0.1,
      -0,
      Buffer.from('té"\\\n'),
      Buffer.from("b00ff"),
      null,
      Buffer.from("t5"),
      "given by a rule",
      Buffer.from(`l${Buffer.from("é😀", "utf16le").toString("hex")}`),
    ];
    const found = await through({ kind: "tagged" }, slots, "(v->>'t') || ' ' || (v->>'v')");
    expect(found).toEqual([
      "integer -9223372036854775808",
      "real 5.0",
      "real 0.1",
      "real -0.0",
      'text é"\\\n',
      "blob 00ff",
      null,
      "text 5",
      "text given by a rule",
      "text é😀",
    ]);
  });

  it("of several megabytes", async () => {
    const text = JSON.stringify("é".repeat(3_000_000));
    expect(await through({ kind: "json" }, [text], "length(v #>> '{}')::text")).toEqual(["3000000"]);
  });
});

describe("a COPY that breaks", () => {
  it("gives the source's error and leaves no row and no busy connection", async () => {
    const { pool } = database;
    await pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text)");
    const plan = tablePlan("t", { v: { kind: "text" } });
    const batches = function* () {
      yield [["one"]];
      throw new RangeError("the source broke");
    };
    const work = inTransaction(pool, "copying", (client) =>
      copyRows(client, "public", plan, batches(), { progress() {}, signal }),
    );
    await expect(work).rejects.toThrow("the source broke");
    expect((await pool.query("SELECT count(*)::int AS n FROM public.t")).rows).toEqual([{ n: 0 }]);
  });

  it("gives the server's error, though much is still to be sent", async () => {
    const { pool } = database;
    await pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text CHECK (v <> 'bad'))");
    const plan = tablePlan("t", { v: { kind: "text" } });
    const batches = function* () {
      yield [["bad"]];
      for (let i = 0; i < 200; i++) yield [["x".repeat(100_000)]];
    };
    const work = inTransaction(pool, "copying", (client) =>
      copyRows(client, "public", plan, batches(), { progress() {}, signal }),
    );
    await expect(work).rejects.toMatchObject({ code: "CONSTRAINT_VIOLATED" });
  });

  it("stops when told to", async () => {
    const { pool } = database;
    await pool.query("DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (v text)");
    const stop = new AbortController();
    const plan = tablePlan("t", { v: { kind: "text" } });
    const batches = function* () {
      yield [["one"]];
      stop.abort();
      yield [["two"]];
    };
    const work = inTransaction(pool, "copying", (client) =>
      copyRows(client, "public", plan, batches(), { progress() {}, signal: stop.signal }),
    );
    await expect(work).rejects.toThrow(/abort/i);
  });
});
