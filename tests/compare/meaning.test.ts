import { expect, test } from "vitest";
import { compareStores } from "../../src/compare/compare.ts";
import { comparisonText } from "../../src/compare/comparison-text.ts";
import type { SnapshotCell } from "../../src/snapshot/write/writer.ts";
import { postgres, sqlite, table } from "./stores.ts";

type Case = {
  /** What the plan decided; the title. */
  readonly encoding: string;
  readonly declared: string;
  readonly pg: string;
  /** A SQLite literal and the cell PostgreSQL's snapshot has for it. */
  readonly equal: readonly (readonly [string, SnapshotCell])[];
  readonly differing: readonly (readonly [string, SnapshotCell])[];
  readonly as: string;
};

const big = 2n ** 53n + 1n;

/** What rowhaul's own plan makes of SQLite's columns (core/encoding.ts), both ways. */
const cases: readonly Case[] = [
  {
    encoding: "integer",
    declared: "INTEGER",
    pg: "bigint",
    equal: [
      ["5", 5n],
      [`${big}`, big],
      ["-9223372036854775808", -(2n ** 63n)],
      ["NULL", null],
    ],
    differing: [
      [`${big}`, big - 1n],
      ["0", null],
      ["NULL", 0n],
    ],
    as: "number",
  },
  {
    encoding: "real",
    declared: "REAL",
    pg: "double precision",
    equal: [
      ["5.0", "5"],
      ["0.1", "0.1"],
      ["1e300", "1e+300"],
      ["9e999", "Infinity"],
      ["-9e999", "-Infinity"],
      ["5e-324", "5e-324"],
    ],
    differing: [
      ["0.1", "0.10000000000000002"],
      ["5.0", "5.000000000000001"],
      ["9e999", "NaN"],
    ],
    as: "number",
  },
  {
    encoding: "real in a column without affinity, where −0.0 survives",
    declared: "",
    pg: "double precision",
    equal: [
      ["-0.0", "-0"],
      ["0.0", "0"],
      ["0", "0"],
    ],
    differing: [
      ["-0.0", "0"],
      ["0.0", "-0"],
    ],
    as: "number",
  },
  {
    encoding: "numeric",
    declared: "DECIMAL(10,2)",
    pg: "numeric",
    equal: [
      ["5", "5"],
      ["1.1", "1.1"],
      ["1.1", "1.10"],
      ["5.0", "5.0"],
      ["1e22", "10000000000000000000000.0"],
      ["0.000001", "0.000001"],
      [`${big}`, `${big}`],
    ],
    differing: [
      ["1.1", "1.11"],
      [`${big}`, `${big - 1n}`],
      ["5", "50"],
    ],
    as: "number",
  },
  {
    encoding: "text",
    declared: "TEXT",
    pg: "text",
    equal: [
      ["'a'", "a"],
      ["''", ""],
      ["'5'", "5"],
      ["' x '", " x "],
      ["'\u{1f600}'", "\u{1f600}"],
    ],
    differing: [
      ["''", null],
      ["'a'", "A"],
      ["'x' || char(0) || 'y'", "xy"],
      ["'é'", "e\u0301"],
      ["CAST(x'ff' AS TEXT)", "\ufffd"],
      ["x'61'", "a"],
    ],
    as: "text",
  },
  {
    encoding: "rendered",
    declared: "NUMERIC",
    pg: "text",
    equal: [
      ["5", "5"],
      ["1.5", "1.5"],
      ["'n/a'", "n/a"],
      ["1e30", "1000000000000000000000000000000.0"],
    ],
    differing: [
      ["5", "5.0"],
      ["'n/a'", "n"],
    ],
    as: "text",
  },
  {
    encoding: "rendered dates",
    declared: "DATETIME",
    pg: "text",
    equal: [
      ["1700000000", "1700000000"],
      ["'2024-01-02'", "2024-01-02"],
      ["'soon'", "soon"],
    ],
    differing: [["'2024-01-02'", "2024-01-02 00:00:00"]],
    as: "text",
  },
  {
    encoding: "bytes",
    declared: "BLOB",
    pg: "bytea",
    equal: [
      ["x'00ff'", Buffer.from([0, 255])],
      ["x''", Buffer.alloc(0)],
    ],
    differing: [
      ["x'00ff'", Buffer.from([0, 254])],
      ["x''", null],
    ],
    as: "bytes",
  },
  {
    encoding: "text-bytes",
    declared: "TEXT",
    pg: "bytea",
    equal: [
      ["'a' || char(0) || 'é'", Buffer.from("a\0é")],
      ["CAST(x'ff41' AS TEXT)", Buffer.from([255, 65])],
    ],
    differing: [
      ["'a' || char(0)", Buffer.from("a")],
      ["CAST(x'ff41' AS TEXT)", Buffer.from("\ufffdA")],
    ],
    as: "bytes",
  },
  {
    encoding: "tagged",
    declared: "",
    pg: "jsonb",
    equal: [
      ["5", '{"t": "integer", "v": "5"}'],
      ["5.0", '{"t": "real", "v": "5.0"}'],
      ["1e300", `{"t": "real", "v": "1${"0".repeat(300)}.0"}`],
      ["-0.0", '{"t": "real", "v": "-0.0"}'],
      ["'a\"b'", '{"t": "text", "v": "a\\"b"}'],
      ["'{\"a\": 1}'", '{"t": "text", "v": "{\\"a\\": 1}"}'],
      ["x'00ff'", '{"t": "blob", "v": "00ff"}'],
      ["NULL", null],
    ],
    differing: [
      ["5", '{"t": "real", "v": "5.0"}'],
      ["'5'", '{"t": "integer", "v": "5"}'],
      ["'{\"a\": 1}'", '{"t": "text", "v": "{\\"a\\":1}"}'],
      ["5", '{"t": "float", "v": "5"}'],
    ],
    as: "tagged class and value",
  },
  {
    encoding: "boolean, 0 and 1",
    declared: "BOOLEAN",
    pg: "boolean",
    equal: [
      ["0", 0n],
      ["1", 1n],
      ["NULL", null],
    ],
    differing: [
      ["0", 1n],
      ["2", 1n],
      ["NULL", 0n],
    ],
    as: "boolean",
  },
  {
    encoding: "boolean, spelled",
    declared: "BOOL",
    pg: "boolean",
    equal: [
      ["'Yes'", 1n],
      ["'f'", 0n],
      ["'TRUE'", 1n],
      ["'0'", 0n],
    ],
    differing: [
      ["'yes'", 0n],
      ["'maybe'", 1n],
    ],
    as: "boolean",
  },
  {
    encoding: "date",
    declared: "DATE",
    pg: "date",
    equal: [
      ["'2024-02-29'", "2024-02-29"],
      ["'0001-01-01'", "0001-01-01"],
    ],
    differing: [
      ["'2024-02-29'", "2024-03-01"],
      ["'2024-02-30'", "2024-03-01"],
    ],
    as: "instant",
  },
  {
    encoding: "timestamp",
    declared: "DATETIME",
    pg: "timestamp without time zone",
    equal: [
      ["'2024-01-02 03:04:05'", "2024-01-02 03:04:05"],
      ["'2024-01-02T03:04'", "2024-01-02 03:04:00"],
      ["'0099-01-02 03:04:05.120'", "0099-01-02 03:04:05.12"],
    ],
    differing: [
      ["'2024-01-02 03:04:05'", "2024-01-02 03:04:05.000001"],
      ["'2024-01-02 03:04:05'", "infinity"],
    ],
    as: "instant",
  },
  {
    encoding: "timestamptz",
    declared: "TIMESTAMP",
    pg: "timestamp with time zone",
    equal: [
      ["'2024-01-02T03:04:05Z'", "2024-01-02 03:04:05+00"],
      ["'2024-01-02T03:04:05.5+02:00'", "2024-01-02 01:04:05.5+00"],
      ["'2024-01-01T23:04:05-03:30'", "2024-01-02 02:34:05+00"],
    ],
    differing: [["'2024-01-02T03:04:05+02:00'", "2024-01-02 03:04:05+00"]],
    as: "instant",
  },
  {
    encoding: "epoch in seconds",
    declared: "INTEGER",
    pg: "timestamp",
    equal: [
      ["1704164645", "2024-01-02 03:04:05"],
      ["0", "1970-01-01 00:00:00"],
      ["-1", "1969-12-31 23:59:59"],
    ],
    differing: [["1704164645", "2024-01-02 03:04:06"]],
    as: "instant (numbers as seconds since 1970)",
  },
  {
    encoding: "epoch in milliseconds",
    declared: "DATETIME",
    pg: "timestamptz",
    equal: [
      ["1704164645123", "2024-01-02 03:04:05.123+00"],
      ["5", "1970-01-01 00:00:00.005+00"],
      ["1.5", "1970-01-01 00:00:00.0015+00"],
    ],
    differing: [["1704164645123", "2024-01-02 03:04:05.124+00"]],
    as: "instant (numbers as milliseconds since 1970)",
  },
  {
    encoding: "json",
    declared: "JSON",
    pg: "jsonb",
    equal: [
      ['\'{"b": 1.0, "a":[1, null]}\'', '{"a": [1, null], "b": 1.0}'],
      ["'1e2'", "100"],
      ["'\"\\u00e9\"'", '"é"'],
      ["'[12345678901234567890.1]'", "[12345678901234567890.1]"],
      ['\'{"t": "integer", "v": "5"}\'', '{"t": "integer", "v": "5"}'],
    ],
    differing: [
      ['\'{"a": 1, "a": 2}\'', '{"a": 2}'],
      ["'[12345678901234567890.1]'", "[12345678901234567890.2]"],
      ["'[1, 2]'", "[2, 1]"],
      ["'null'", null],
      ["'\"1\"'", "1"],
    ],
    as: "json",
  },
  {
    encoding: "literal: an array and a JSON array",
    declared: "TEXT",
    pg: "text[]",
    equal: [
      ['\'["a", "b c", null, "NULL", "\\"q\\\\"]\'', '{a,"b c",NULL,"NULL","\\"q\\\\"}'],
      ["'[]'", "{}"],
      ['\'[["a"],["b"]]\'', "{{a},{b}}"],
      ["'{a,b}'", '{"a",b}'],
    ],
    differing: [
      ["'[\"a\"]'", "{A}"],
      ["'[\"a,b\"]'", "{a,b}"],
      ["'[null]'", '{"NULL"}'],
      ['\'[["a"],["b"]]\'', "{a,b}"],
    ],
    as: "array",
  },
  {
    encoding: "literal: an array of numbers",
    declared: "JSON",
    pg: "numeric[]",
    equal: [["'[1, 2.50, null]'", "{1,2.5,NULL}"]],
    differing: [["'[1, 2]'", "{1,3}"]],
    as: "array",
  },
  {
    encoding: "literal: uuid",
    declared: "TEXT",
    pg: "uuid",
    equal: [
      ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
      ["x'a0eebc999c0b4ef8bb6d6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
    ],
    differing: [["'B0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]],
    as: "uuid",
  },
];

test.each(cases)("$encoding", async ({ declared, pg, equal, differing, as }) => {
  const all = [...equal, ...differing];
  // SQLite's affinities would turn 5 into 5.0 in a REAL column, which is what real databases hold too.
  const a = sqlite(
    `CREATE TABLE t (id INTEGER PRIMARY KEY, v ${declared}); INSERT INTO t (v) VALUES ${all.map(([cell]) => `(${cell})`).join(", ")};`,
  );
  const b = await postgres([
    { name: "t", columns: { id: "bigint", v: pg }, key: ["id"], rows: all.map(([, cell], i) => [BigInt(i + 1), cell]) },
  ]);
  // Its own, for one misfit makes a column of another kind of jsonb.
  const keys = differing.map((_, i) => `id=${equal.length + 1 + i}`);
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    const found = await table(x, y);
    expect(found.cells.samples.map((cell) => cell.key)).toEqual(keys);
    expect([found.missingRows.count, found.extraRows.count]).toEqual([0, 0]);
    expect(found.columns[1]).toMatchObject({ compared: "in meaning", as, differing: keys.length, onlyType: false });
  }
});

test("keys are matched in meaning, and types that differ alone are said so", async () => {
  const a = sqlite(
    "CREATE TABLE t (k TEXT PRIMARY KEY, n DECIMAL, d DATE); INSERT INTO t VALUES ('AA0EEBC9-9C0B-4EF8-BB6D-6BB9BD380A11', 1, '2024-01-02'), ('B', 2, NULL);",
  );
  const b = await postgres([
    {
      name: "T",
      columns: { K: "uuid", n: "numeric", d: "timestamp" },
      key: ["K"],
      rows: [
        ["b", "2.00", null],
        ["aa0eebc9-9c0b-4ef8-bb6d-6bb9bd380a11", "1.0", "2024-01-02 00:00:00"],
      ],
    },
  ]);
  const found = await compareStores(a, b);
  const [only] = found.tables;
  expect(only?.missingRows.samples).toEqual(['k="B"']);
  expect(only?.extraRows.samples).toEqual(['k="b"']);
  expect(only?.cells.count).toBe(0);
  expect(only?.columns.map((one) => [one.typeInA, one.typeInB, one.onlyType])).toEqual([
    ["TEXT", "uuid", true],
    ["DECIMAL", "numeric", true],
    ["DATE", "timestamp", true],
  ]);
  expect(comparisonText(found)).toContain("  t.d: DATE, timestamp: as instant; differs only in type");
});

test("a table without a key in meaning counts duplicates", async () => {
  const a = sqlite("CREATE TABLE t (v, w); INSERT INTO t VALUES (5, 'x'), (5.0, 'x'), (7, NULL);");
  const b = await postgres([
    {
      name: "t",
      columns: { v: "numeric", w: "text" },
      rows: [
        ["7.0", null],
        ["5", "x"],
        ["5.00", "x"],
        ["5", "x"],
      ],
    },
  ]);
  const found = await table(a, b);
  expect([found.missingRows.count, found.extraRows]).toEqual([0, { count: 1, samples: ['v="5", w="x"'] }]);
});

test("JSON and SQLite: numbers by value, booleans and dates as declared, mixed columns by class", async () => {
  const json = await postgres(
    [
      {
        name: "t",
        columns: { id: "bigint", n: "numeric", f: "", m: "jsonb" },
        key: ["id"],
        rows: [
          [1n, "1.10", 1n, '{"a":[1,2]}'],
          [2n, "0.1", 0n, "5"],
          [3n, "12345678901234567890", null, '"x"'],
        ],
      },
    ],
    "json",
  );
  const a = sqlite(
    `CREATE TABLE t (id INTEGER PRIMARY KEY, n REAL, f BOOLEAN, m TEXT);
     INSERT INTO t VALUES (1, 1.1, 1, '{"a": [1, 2.0]}'), (2, 0.1, 'false', '5.0'), (3, 12345678901234567890, NULL, '"y"');`,
  );
  const found = await table(json, a);
  expect(found.cells.samples).toEqual([
    // SQLite's REAL stands for its shortest digits.
    { key: "id=3", column: "n", a: 'text "12345678901234567890"', b: "real 12345678901234567000.0" },
    { key: "id=3", column: "m", a: 'text "\\"x\\""', b: 'text "\\"y\\""' },
  ]);
});

test("two stores of one kind are exact, an export counts as what it was made from, and the mode can be chosen", async () => {
  const rows = (text: string): SnapshotCell[][] => [[1n, text]];
  const make = (text: string, kind: "postgres" | "export") =>
    postgres([{ name: "t", columns: { id: "bigint", v: "numeric" }, key: ["id"], rows: rows(text) }], kind);
  const [a, b] = [await make("1.10", "postgres"), await make("1.1", "export")];
  expect(await compareStores(a, b)).toMatchObject({ mode: "exact", differences: 1 });
  expect(await compareStores(a, b, { mode: "in meaning" })).toMatchObject({ mode: "in meaning", differences: 0 });
  const old = sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 5)");
  const exported = {
    ...sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 5.0)"),
    kind: "export" as const,
  };
  expect(await compareStores(old, exported)).toMatchObject({ mode: "exact", differences: 1 });
  expect(await compareStores(old, exported, { mode: "in meaning" })).toMatchObject({ differences: 0 });
});
