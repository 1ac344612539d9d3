/** What steps write for a PostgreSQL type is, letter by letter, what PostgreSQL writes back: parity compares the texts. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { arrayElements, arrayLiteral } from "../../src/transforms/values/array-literal.ts";
import type { CastType } from "../../src/transforms/values/cast-types.ts";
import { castColumn, castValue } from "../../src/transforms/values/cast-value.ts";
import { printMoment } from "../../src/transforms/values/moment.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

/** Texts as the type writes them after it has read them. */
async function throughType(type: string, texts: readonly string[]): Promise<string[]> {
  const client = await database.pool.connect();
  try {
    await client.query("SET TimeZone = 'UTC'");
    const { rows } = await client.query<{ text: string }>(
      `SELECT value::${type}::text AS text FROM unnest($1::text[]) WITH ORDINALITY AS given(value, place) ORDER BY place`,
      [texts],
    );
    return rows.map(({ text }) => text);
  } finally {
    client.release();
  }
}

it("lists", async () => {
  const part = fc.oneof(
    fc.constantFrom("", "NULL", "null", "a b", '"', "\\", "{", "}", ",", "\t", "\u00a0", "\v", "x\n"),
    fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => text.replaceAll("\0", "")),
    fc.constant(null),
  );
  const lists = fc.sample(fc.array(part, { maxLength: 5 }), { numRuns: 500, seed: 3 });
  const literals = lists.map((list) => arrayLiteral(list, "c"));
  expect(await throughType("text[]", literals)).toEqual(literals);
  expect(literals.map(arrayElements)).toEqual(lists);
});

it("moments", async () => {
  const numbers = fc.sample(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }), {
    numRuns: 500,
    seed: 3,
  });
  for (const to of ["timestamp", "timestamptz"] as const) {
    const texts = [...numbers, 0n, -1n, 1_000_000n].map((moment) => printMoment(moment, to) ?? "");
    expect(await throughType(to, texts)).toEqual(texts);
  }
});

it("casts", async () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom("1.10", "1e3", "1.5e-3", "-0", ".5", "5.", "+007", "-0.00", "1E-20"),
  );
  const numerics = fc
    .sample(number, { numRuns: 500, seed: 3 })
    .map((value) => String(castValue(value, "numeric", "c")));
  expect(await throughType("numeric", numerics)).toEqual(numerics);
  const others: [CastType, string][] = [
    ["uuid", "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}"],
    ["uuid", "a0eebc999c0b4ef8bb6d6bb9bd380a11"],
    ["date", "0001-01-01"],
    ["date", "9999-12-31"],
    ["timestamp", "2024-01-02T03:04"],
    ["timestamptz", "2024-01-02T03:04:05.120+05:30"],
  ];
  for (const [type, given] of others) {
    const text = String(castValue(given, type, "c"));
    expect(await throughType(castColumn[type].pgType ?? "", [text])).toEqual([text]);
  }
});
