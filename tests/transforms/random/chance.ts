/** Seeded chance, and the values that random tables are made of. */
import type { Value } from "../../../src/core/plan/transform.ts";

export type Chance = {
  /** 0 … below. */
  below(limit: number): number;
  maybe(share: number): boolean;
  one<T>(from: readonly T[]): T;
  /** At least one, in the order given. */
  some<T>(from: readonly T[]): T[];
};

export function chanceOf(seed: number): Chance {
  let state = (seed * 2654435761) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const chance: Chance = {
    below: (limit) => Math.floor(next() * limit),
    maybe: (share) => next() < share,
    one: (from) => from[chance.below(from.length)] as (typeof from)[number],
    some(from) {
      const chosen = from.filter(() => chance.maybe(0.5));
      return chosen.length > 0 ? chosen : [chance.one(from)];
    },
  };
  return chance;
}

export const texts = [
  "",
  " ",
  "x",
  "X",
  " y\t",
  "a,b,,c",
  " \"q\", 's' , NULL ,{},\\",
  "ß",
  "é\u{1f600}",
  "\u{1f600}",
  "\ufffd",
  "n\0ul",
  "\u00a0pad\ufeff",
  "1",
  "007",
  "-5",
  "1e3",
  "1.10",
  "-0",
  "9007199254740993",
  "9223372036854775808",
  "0.1",
  ".5",
  "+7",
  "Infinity",
  "true",
  "No",
  "t",
  "2024-02-29",
  "2024-02-30",
  "2024-02-29 01:02:03",
  "2024-02-29T01:02:03.500",
  "2024-02-29T01:02+02:00",
  "2024-03-01 00:00:00",
  "29.02.2024 10:11",
  "31.04.2024 10:11",
  "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
  "null",
  "[]",
  "{}",
  '[1,"a",null,[2,{"k":true}],1.5]',
  '["x,y","\\u0041"]',
  '{"a":1,"b":"two","c":[1,2]}',
  '{"a":{"b":[10,20,{"z":"deep"}]},"b":12345678901234567890}',
  ' { "a" : 1.10 , "b" : false } ',
  '{"__proto__":1,"a":"own"}',
  '{"a":1,"a":2}',
  "[1,]",
  '"text"',
  "toString",
  "__proto__",
];

const reals = [5, -0, 2 ** 64, 0.1, 1.5, -2.25, 1e300, 5e-324, 2 ** 53, 123456789012, Number.POSITIVE_INFINITY];
const integers = [0n, 1n, -1n, 2n, 7n, 1700000000n, -86400n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const blobs = ["", "00ff", "41", "a0eebc999c0b4ef8bb6d6bb9bd380a11", "c3a9"].map((hex) => Buffer.from(hex, "hex"));

/** `plain`: without bytes that are no text, for columns that steps are to read. */
export function anyValue(chance: Chance, plain = false): Value {
  const kind = chance.below(20);
  if (kind < 3) return null;
  if (kind < 6) return chance.one(integers);
  if (kind < 8) return chance.one(reals);
  if (kind === 8 && !plain) return chance.one(blobs);
  if (kind === 9 && !plain) return { rawText: Buffer.from("ff41fe", "hex") };
  return chance.one(texts);
}
