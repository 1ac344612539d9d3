/** Types that PostgreSQL keeps by value: what it writes in another spelling is the same, and nothing else is. */
import { expect, test } from "vitest";
import { postgres, sqlite, table } from "./stores.ts";

type Pair = readonly [source: string, written: string];
type Case = {
  readonly pg: string;
  readonly as: string;
  readonly equal: readonly Pair[];
  readonly differing: readonly Pair[];
};

const cases: readonly Case[] = [
  {
    pg: "inet",
    as: "network address",
    equal: [
      ["'10.0.0.1'", "10.0.0.1"],
      ["'10.0.0.1'", "10.0.0.1/32"],
      ["'10.0.0.1/32'", "10.0.0.1"],
      ["'10.0.0.1/8'", "10.0.0.1/8"],
      ["'2001:DB8:0:0::1'", "2001:db8::1/128"],
      ["'::FFFF:1.2.3.4'", "::ffff:1.2.3.4"],
      ["'::ffff:102:304'", "::ffff:1.2.3.4"],
      ["NULL", null as unknown as string],
    ],
    differing: [
      ["'10.0.0.1'", "10.0.0.2"],
      ["'10.0.0.1/8'", "10.0.0.1"],
      ["'10.0.0.1/24'", "10.0.0.1/32"],
      ["'::1'", "::2"],
      ["'::1'", "::1/64"],
      ["'::ffff:1.2.3.4'", "1.2.3.4"],
      ["'no address'", "10.0.0.1"],
    ],
  },
  {
    pg: "cidr",
    as: "network address",
    equal: [
      ["'10.0.0.1'", "10.0.0.1/32"],
      ["'10.0.0.0/8'", "10.0.0.0/8"],
    ],
    differing: [["'10.0.0.0/8'", "10.0.0.0/9"]],
  },
  {
    pg: "macaddr",
    as: "hardware address",
    equal: [
      ["'08-00-2B-01-02-03'", "08:00:2b:01:02:03"],
      ["'08002b010203'", "08:00:2b:01:02:03"],
    ],
    differing: [["'08:00:2b:01:02:04'", "08:00:2b:01:02:03"]],
  },
  {
    pg: "macaddr8",
    as: "hardware address",
    equal: [["'08:00:2b:01:02:03'", "08:00:2b:ff:fe:01:02:03"]],
    differing: [["'08:00:2b:01:02:03:04:05'", "08:00:2b:ff:fe:01:02:03"]],
  },
  {
    pg: "time without time zone",
    as: "time",
    equal: [
      ["'10:00'", "10:00:00"],
      ["'10:00:00.500'", "10:00:00.5"],
      ["'9:05'", "09:05:00"],
    ],
    differing: [
      ["'10:00'", "10:00:01"],
      ["'10:00'", "22:00:00"],
      ["'00:00'", "24:00:00"],
      ["'10:00:00.5'", "10:00:00.500001"],
    ],
  },
  {
    pg: "time(3) with time zone",
    as: "time with its zone",
    equal: [
      ["'10:00+02'", "10:00:00+02"],
      ["'10:00:00Z'", "10:00:00+00"],
      ["'10:00:00-03:30'", "10:00:00-03:30"],
    ],
    differing: [
      ["'10:00+02'", "08:00:00+00"],
      ["'10:00+02'", "10:00:00-02"],
    ],
  },
  {
    pg: "interval",
    as: "interval",
    equal: [
      ["'90 minutes'", "01:30:00"],
      ["'P1Y2M3DT4H5M6.7S'", "1 year 2 mons 3 days 04:05:06.7"],
      ["'14 months'", "1 year 2 mons"],
      ["'-1 day 02:00'", "-1 days +02:00:00"],
      ["'1.5 hours'", "01:30:00"],
      ["'2 weeks'", "14 days"],
      ["'@ 1 hour ago'", "-01:00:00"],
    ],
    differing: [
      ["'1 day'", "24:00:00"],
      ["'1 mon'", "30 days"],
      ["'90 minutes'", "01:30:01"],
      ["'P1M'", "00:01:00"],
      ["'-1 day'", "1 day"],
    ],
  },
  {
    pg: "money",
    as: "money",
    equal: [
      ["'1234.5'", "$1,234.50"],
      ["12.5", "$12.50"],
      ["3", "$3.00"],
      ["'-2'", "-$2.00"],
      ["'$1,234.50'", "$1,234.50"],
    ],
    differing: [
      ["'1234.567'", "$1,234.57"],
      ["2", "-$2.00"],
      ["'€3'", "$3.00"],
    ],
  },
  {
    pg: "point",
    as: "point",
    equal: [
      ["'1,2'", "(1,2)"],
      ["'( 1.50 , 2e1 )'", "(1.5,20)"],
    ],
    differing: [
      ["'2,1'", "(1,2)"],
      ["'1,2,3'", "(1,2)"],
    ],
  },
  {
    pg: "box",
    as: "box",
    equal: [["'(1,1),(2,2)'", "(2,2),(1,1)"]],
    differing: [["'(1,1),(2,3)'", "(2,2),(1,1)"]],
  },
  {
    pg: "path",
    as: "path",
    equal: [["'(1,1),(2,2)'", "((1,1),(2,2))"]],
    differing: [["'[(1,1),(2,2)]'", "((1,1),(2,2))"]],
  },
  {
    pg: "int4range",
    as: "range",
    equal: [
      ["'[1,4]'", "[1,5)"],
      ["'(0,5)'", "[1,5)"],
      ["'[,4]'", "(,5)"],
      ["'[3,3)'", "empty"],
      ["'(3,4)'", "empty"],
    ],
    differing: [
      ["'[1,5]'", "[1,5)"],
      ["'(1,5)'", "[1,5)"],
      ["'[1,)'", "[1,5)"],
      ["'[3,3]'", "empty"],
    ],
  },
  {
    pg: "numrange",
    as: "range",
    equal: [["'[1.0,2.50)'", "[1,2.5)"]],
    differing: [
      ["'[1,4]'", "[1,5)"],
      ["'[1,4]'", "[1,4)"],
    ],
  },
  {
    pg: "tsrange",
    as: "range",
    equal: [["'[2024-01-01,2024-02-01)'", '["2024-01-01 00:00:00","2024-02-01 00:00:00")']],
    differing: [["'[2024-01-01,2024-02-01)'", '["2024-01-01 00:00:00","2024-02-01 00:00:01")']],
  },
  {
    pg: "daterange",
    as: "range",
    equal: [["'[2024-01-01,2024-01-31]'", "[2024-01-01,2024-02-01)"]],
    differing: [["'[2024-01-01,2024-01-31)'", "[2024-01-01,2024-02-01)"]],
  },
  {
    pg: "int4multirange",
    as: "range",
    equal: [["'{[1,2], [5,6]}'", "{[1,3),[5,7)}"]],
    differing: [["'{[1,2]}'", "{[1,3),[5,7)}"]],
  },
  {
    pg: "inet[]",
    as: "array",
    equal: [["'[\"10.0.0.1\"]'", "{10.0.0.1/32}"]],
    differing: [["'[\"10.0.0.1\"]'", "{10.0.0.2}"]],
  },
];

test.each(cases)("$pg", async ({ pg, as, equal, differing }) => {
  const all = [...equal, ...differing];
  const a = sqlite(
    `CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t (v) VALUES ${all.map(([cell]) => `(${cell})`).join(", ")};`,
  );
  const b = await postgres([
    { name: "t", columns: { id: "bigint", v: pg }, key: ["id"], rows: all.map(([, cell], i) => [BigInt(i + 1), cell]) },
  ]);
  const keys = differing.map((_, i) => `id=${equal.length + 1 + i}`);
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    const found = await table(x, y);
    expect(found.cells.samples.map((cell) => cell.key)).toEqual(keys);
    expect(found.columns[1]).toMatchObject({ compared: "in meaning", as, differing: keys.length });
  }
});
