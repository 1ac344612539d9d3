/** Each encoding arrives, then one thing is broken at a time: parity must name table, key and column. */
import { describe, expect, test } from "vitest";
import type { Encoding } from "../../../../src/core/values/encoding.ts";
import { parity } from "../../../../src/validators/postgres/parity/parity.ts";
import { useDatabase } from "../../../support/database.ts";
import { fillTarget, integer, integerKey, prepare, tablePlan } from "../../fixture.ts";

const database = useDatabase();

type Arrival = {
  readonly name: string;
  readonly encoding: Encoding;
  readonly type: string;
  /** SQL of each side, value by value. */
  readonly arrives: readonly (readonly [source: string, target: string])[];
  /** Source value, and what the target must not have in its place. */
  readonly differs: readonly (readonly [source: string, target: string])[];
  readonly declared?: string;
};

const arrivals: readonly Arrival[] = [
  {
    name: "integer",
    encoding: integer,
    type: "bigint",
    arrives: [
      ["9223372036854775807", "9223372036854775807"],
      ["-9223372036854775808", "-9223372036854775808"],
      ["9007199254740993", "9007199254740993"],
      ["NULL", "NULL"],
    ],
    differs: [
      ["9007199254740993", "9007199254740992"],
      ["0", "NULL"],
      ["NULL", "0"],
      ["5.0", "5"],
      ["'5'", "5"],
      ["x'35'", "5"],
    ],
  },
  {
    name: "real",
    encoding: { kind: "real" },
    type: "double precision",
    arrives: [
      ["0.1", "0.1"],
      ["-0.0 * 1e-300 * 1e-300", "'-0'"],
      ["9e999", "'Infinity'"],
      ["-9e999", "'-Infinity'"],
      ["4.9406564584124654e-324", "'5e-324'"],
      ["1.7976931348623157e308", "1.7976931348623157e308"],
      ["5", "5"],
      ["-9007199254740992", "-9007199254740992"],
      ["NULL", "NULL"],
    ],
    differs: [
      ["0.1", "0.10000000000000002"],
      ["-1e-300 * 1e-300", "'0'"],
      ["0.0", "'-0'"],
      ["0.0", "NULL"],
      ["9007199254740993", "9007199254740992"],
      ["'0.5'", "0.5"],
      ["1.0", "'NaN'"],
    ],
  },
  {
    name: "numeric",
    encoding: { kind: "numeric" },
    type: "numeric",
    arrives: [
      ["5", "5"],
      ["5.0", "5.0"],
      ["1e23", "100000000000000000000000.0"],
      ["1.5e-7", "0.00000015"],
      ["0.1", "0.1"],
      ["9e999", "'Infinity'"],
      ["-9223372036854775808", "-9223372036854775808"],
      ["123456.789", "123456.789"],
    ],
    differs: [
      ["5", "5.0"],
      ["5.0", "5"],
      ["1.005", "1.01"],
      ["0.1", "0.1000000000000000055511151231257827"],
      ["-1e-300 * 1e-300", "0.0"],
      ["'5'", "5"],
    ],
  },
  {
    name: "text",
    encoding: { kind: "text" },
    type: "text",
    arrives: [
      ["''", "''"],
      ["'a '", "'a '"],
      ["'É😀'", "'É😀'"],
      ["char(9, 10, 13, 92, 39)", "E'\\t\\n\\r\\\\\\''"],
      ["printf('%.*c', 10000, 'é')", "repeat('é', 10000)"],
      ["printf('%.*c', 4096, 'x')", "repeat('x', 4096)"],
      ["char(65279) || 'bom'", "U&'\\FEFFbom'"],
      ["NULL", "NULL"],
    ],
    differs: [
      ["'a '", "'a'"],
      ["'a'", "'a '"],
      ["''", "NULL"],
      ["NULL", "''"],
      ["'a'", "'A'"],
      ["'É'", "'é'"],
      ["'a' || char(0) || 'b'", "'ab'"],
      ["'a' || char(0) || 'b'", "'a'"],
      ["'a' || char(0)", "'a'"],
      ["CAST(x'61ff62' AS TEXT)", "U&'a\\FFFDb'"],
      ["CAST(x'61ff62' AS TEXT)", "'aÿb'"],
      ["x'6162'", "'ab'"],
      ["5", "'5'"],
      ["char(65279) || 'bom'", "'bom'"],
      ["printf('%.*c', 10000, 'é')", "repeat('é', 9999) || 'e'"],
      ["'e' || char(769)", "'é'"],
    ],
    declared: "",
  },
  {
    name: "rendered",
    encoding: { kind: "rendered" },
    type: "text",
    arrives: [
      ["5", "'5'"],
      ["5.0", "'5.0'"],
      ["1e23", "'100000000000000000000000.0'"],
      ["'abc'", "'abc'"],
      ["'5a'", "'5a'"],
      ["'007'", "'007'"],
      ["'-'", "'-'"],
      ["'Infinite'", "'Infinite'"],
      ["'Infinity'", "'Infinity'"],
      ["'-Infinity'", "'-Infinity'"],
      ["'NaN'", "'NaN'"],
      ["NULL", "NULL"],
    ],
    differs: [
      ["5", "'5.0'"],
      ["5.0", "'5'"],
      ["'5'", "'5'"],
      ["'5.0'", "'5.0'"],
      ["9e999", "'Infinity'"],
      ["-9e999", "'-Infinity'"],
      ["x'61'", "'a'"],
      ["0.1", "'0.10000000000000001'"],
    ],
    declared: "",
  },
  {
    name: "bytes",
    encoding: { kind: "bytes" },
    type: "bytea",
    arrives: [
      ["x''", "''"],
      ["x'00ff'", "'\\x00ff'"],
      ["zeroblob(5000)", "decode(repeat('00', 5000), 'hex')"],
      ["NULL", "NULL"],
    ],
    differs: [
      ["x''", "NULL"],
      ["x'00ff'", "'\\x00fe'"],
      ["'ab'", "'\\x6162'"],
      ["zeroblob(5000)", "decode(repeat('00', 4999) || '01', 'hex')"],
      ["x'6162'", "'\\x616200'"],
    ],
  },
  {
    name: "text-bytes",
    encoding: { kind: "text-bytes" },
    type: "bytea",
    arrives: [
      ["'ab' || char(0) || 'c'", "'\\x61620063'"],
      ["CAST(x'ff' AS TEXT)", "'\\xff'"],
      ["''", "''"],
    ],
    differs: [
      ["'ab'", "'\\x6163'"],
      ["x'6162'", "'\\x6162'"],
      ["'ab' || char(0)", "'\\x6162'"],
    ],
  },
  {
    name: "tagged",
    encoding: { kind: "tagged" },
    type: "jsonb",
    arrives: [
      ["5", `'{"t":"integer","v":"5"}'`],
      ["5.0", `'{"t":"real","v":"5.0"}'`],
      ["'5'", `'{"t":"text","v":"5"}'`],
      ["x'0a'", `'{"t":"blob","v":"0a"}'`],
      ["zeroblob(3000)", `jsonb_build_object('t', 'blob', 'v', repeat('00', 3000))`],
      ["printf('%.*c', 5000, 'é')", `jsonb_build_object('t', 'text', 'v', repeat('é', 5000))`],
      ["NULL", "NULL"],
    ],
    differs: [
      ["5", `'{"t":"text","v":"5"}'`],
      ["5", `'{"t":"real","v":"5.0"}'`],
      ["5", `'{"t":"integer","v":5}'`],
      ["5", `'{"t":"integer","v":"5","w":1}'`],
      ["'a'", `'{"t":"text","v":"A"}'`],
      ["x'0a'", `'{"t":"blob","v":"0A"}'`],
      ["NULL", "'null'"],
      ["5", "NULL"],
      ["5", `'[]'`],
    ],
    declared: "",
  },
  {
    name: "boolean of integers",
    encoding: { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } },
    type: "boolean",
    arrives: [
      ["1", "true"],
      ["0", "false"],
      ["NULL", "NULL"],
    ],
    differs: [
      ["1", "false"],
      ["0", "true"],
      ["0", "NULL"],
      ["NULL", "false"],
      ["2", "true"],
      ["1.0", "true"],
      ["'1'", "true"],
    ],
  },
  {
    name: "boolean of words",
    encoding: { kind: "boolean", true: { text: "yes" }, false: { text: "no" } },
    type: "boolean",
    arrives: [
      ["'yes'", "true"],
      ["'no'", "false"],
    ],
    differs: [
      ["'YES'", "true"],
      ["'yes '", "true"],
      ["x'796573'", "true"],
      ["1", "true"],
    ],
    declared: "TEXT COLLATE NOCASE",
  },
  {
    name: "date",
    encoding: { kind: "date", layout: "YYYY-MM-DD" },
    type: "date",
    arrives: [
      ["'2024-02-29'", "'2024-02-29'"],
      ["'0001-01-01'", "'0001-01-01'"],
      ["'9999-12-31'", "'9999-12-31'"],
    ],
    differs: [
      ["'2024-02-29'", "'2024-03-01'"],
      ["'0044-03-15'", "'0044-03-15 BC'"],
      ["'2024-02-30'", "'2024-03-01'"],
      ["'2024-02-29'", "'infinity'"],
      ["'2024-2-9'", "'2024-02-09'"],
    ],
  },
  {
    name: "timestamp to the second",
    encoding: { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS" },
    type: "timestamp",
    arrives: [["'2024-01-02 03:04:05'", "'2024-01-02 03:04:05'"]],
    differs: [
      ["'2024-01-02 03:04:05'", "'2024-01-02 03:04:05.000001'"],
      ["'2024-01-02 03:04:05'", "'2024-01-02 03:04:06'"],
      ["'2024-01-02T03:04:05'", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05'", "'2024-01-02 03:04:05 BC'"],
      ["1704164645", "'2024-01-02 03:04:05'"],
    ],
  },
  {
    name: "timestamp with T and milliseconds",
    encoding: { kind: "timestamp", layout: "YYYY-MM-DDTHH:MM:SS.fff" },
    type: "timestamp",
    arrives: [
      ["'2024-01-02T03:04:05.120'", "'2024-01-02 03:04:05.12'"],
      ["'0001-01-01T00:00:00.000'", "'0001-01-01 00:00:00'"],
    ],
    differs: [
      ["'2024-01-02T03:04:05.120'", "'2024-01-02 03:04:05.120001'"],
      ["'2024-01-02T03:04:05.120'", "'2024-01-02 03:04:05.121'"],
      ["'2024-01-02T03:04:05.12'", "'2024-01-02 03:04:05.12'"],
      ["'0044-03-15T00:00:00.000'", "'0044-03-15 00:00:00 BC'"],
      ["'2024-01-02T03:04:05.120'", "'infinity'"],
      ["NULL", "'infinity'"],
    ],
  },
  {
    name: "timestamp to the minute",
    encoding: { kind: "timestamp", layout: "YYYY-MM-DD HH:MM" },
    type: "timestamp",
    arrives: [["'2024-01-02 03:04'", "'2024-01-02 03:04:00'"]],
    differs: [["'2024-01-02 03:04'", "'2024-01-02 03:04:01'"]],
  },
  {
    name: "timestamp of a day",
    encoding: { kind: "timestamp", layout: "YYYY-MM-DD" },
    type: "timestamp",
    arrives: [["'2024-01-02'", "'2024-01-02 00:00:00'"]],
    differs: [["'2024-01-02'", "'2024-01-02 00:00:00.000001'"]],
  },
  {
    name: "timestamptz with an offset",
    encoding: { kind: "timestamptz", layout: "YYYY-MM-DD HH:MM:SS.ffffff+02:00" },
    type: "timestamptz",
    arrives: [["'2024-01-01 00:30:00.000001+02:00'", "'2023-12-31 22:30:00.000001+00'"]],
    differs: [
      ["'2024-01-01 00:30:00.000001+02:00'", "'2023-12-31 22:30:00.000002+00'"],
      ["'2024-01-01 00:30:00.000001+02:00'", "'2024-01-01 00:30:00.000001+00'"],
      ["'2023-12-31 22:30:00.000001+00:00'", "'2023-12-31 22:30:00.000001+00'"],
    ],
  },
  {
    name: "timestamptz in UTC",
    encoding: { kind: "timestamptz", layout: "YYYY-MM-DDTHH:MM:SSZ" },
    type: "timestamptz",
    arrives: [["'2024-01-01T00:30:00Z'", "'2024-01-01 00:30:00+00'"]],
    differs: [["'2024-01-01T00:30:00Z'", "'2024-01-01 01:30:00+00'"]],
  },
  {
    name: "timestamp with fractions of any length",
    encoding: { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS[.ffffff]" },
    type: "timestamp",
    arrives: [
      ["'2024-01-02 03:04:05'", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05.5'", "'2024-01-02 03:04:05.5'"],
      ["'2024-01-02 03:04:05.500'", "'2024-01-02 03:04:05.5'"],
      ["'9999-12-31 23:59:59.999999'", "'9999-12-31 23:59:59.999999'"],
      ["'0001-01-01 00:00:00.000001'", "'0001-01-01 00:00:00.000001'"],
      ["NULL", "NULL"],
    ],
    differs: [
      ["'2024-01-02 03:04:05.5'", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05.5'", "'2024-01-02 03:04:05.500001'"],
      ["'2024-01-02 03:04:05.05'", "'2024-01-02 03:04:05.5'"],
      ["'2024-01-02 03:04:05.1234567'", "'2024-01-02 03:04:05.123456'"],
      ["'2024-01-02T03:04:05'", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05Z'", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04'", "'2024-01-02 03:04:00'"],
      ["'2024-01-02'", "'2024-01-02 00:00:00'"],
      ["'2024-02-30 03:04:05'", "'2024-03-01 03:04:05'"],
      ["'2024-01-02 24:00:00'", "'2024-01-03 00:00:00'"],
      ["'2024-01-02 03:04:60'", "'2024-01-02 03:05:00'"],
      ["'2024-01-02 03:04:05.'", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05.5x'", "'2024-01-02 03:04:05.5'"],
      ["'2024-01-02 03:04:05' || char(0)", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05' || char(0) || '.5'", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05 '", "'2024-01-02 03:04:05'"],
      ["CAST('2024-01-02 03:04:05' AS BLOB)", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05'", "'infinity'"],
      ["'2024-01-02 03:04:05'", "'2024-01-02 03:04:05 BC'"],
      ["1704164645", "'2024-01-02 03:04:05'"],
      ["'2024-01-02 03:04:05'", "NULL"],
      ["NULL", "'2024-01-02 03:04:05'"],
    ],
  },
  {
    name: "timestamp with T or a space, to the minute",
    encoding: { kind: "timestamp", layout: "YYYY-MM-DD( |T)HH:MM" },
    type: "timestamp",
    arrives: [
      ["'2024-01-02 03:04'", "'2024-01-02 03:04:00'"],
      ["'2024-01-02T03:04'", "'2024-01-02 03:04:00'"],
    ],
    differs: [
      ["'2024-01-02T03:04'", "'2024-01-02 03:04:01'"],
      ["'2024-01-02 03:04:00'", "'2024-01-02 03:04:00'"],
      ["'2024-01-02t03:04'", "'2024-01-02 03:04:00'"],
    ],
  },
  {
    name: "timestamptz written Z or +00:00",
    encoding: { kind: "timestamptz", layout: "YYYY-MM-DD( |T)HH:MM:SS[.ffffff](Z|+00:00)" },
    type: "timestamptz",
    arrives: [
      ["'2024-01-02T03:04:05Z'", "'2024-01-02 03:04:05+00'"],
      ["'2024-01-02 03:04:05+00:00'", "'2024-01-02 03:04:05+00'"],
      ["'2024-01-02 03:04:05.25Z'", "'2024-01-02 04:04:05.25+01'"],
      ["'2024-01-02T03:04:05.000001+00:00'", "'2024-01-02 03:04:05.000001+00'"],
    ],
    differs: [
      ["'2024-01-02T03:04:05Z'", "'2024-01-02 03:04:05.000001+00'"],
      ["'2024-01-02T03:04:05Z'", "'2024-01-02 03:04:05+01'"],
      ["'2024-01-02T03:04:05'", "'2024-01-02 03:04:05+00'"],
      ["'2024-01-02T03:04:05-00:00'", "'2024-01-02 03:04:05+00'"],
      ["'2024-01-02T03:04:05+01:00'", "'2024-01-02 03:04:05+00'"],
      ["'2024-01-02T03:04:05z'", "'2024-01-02 03:04:05+00'"],
      ["'2024-01-02T03:04:05ZZ'", "'2024-01-02 03:04:05+00'"],
    ],
  },
  {
    name: "timestamptz of one offset and fractions of any length",
    encoding: { kind: "timestamptz", layout: "YYYY-MM-DD HH:MM:SS[.ffffff]+02:00" },
    type: "timestamptz",
    arrives: [
      ["'2024-01-01 00:30:00+02:00'", "'2023-12-31 22:30:00+00'"],
      ["'2024-01-01 00:30:00.1+02:00'", "'2023-12-31 22:30:00.1+00'"],
    ],
    differs: [
      ["'2024-01-01 00:30:00+02:00'", "'2024-01-01 00:30:00+00'"],
      ["'2024-01-01 00:30:00+01:00'", "'2023-12-31 22:30:00+00'"],
    ],
  },
  {
    name: "epoch in seconds",
    encoding: { kind: "epoch", unit: "seconds", zoned: true },
    type: "timestamptz",
    arrives: [
      ["1700000000", "'2023-11-14 22:13:20+00'"],
      ["1700000000.5", "'2023-11-14 22:13:20.5+00'"],
      ["-1", "'1969-12-31 23:59:59+00'"],
      ["NULL", "NULL"],
    ],
    differs: [
      ["1700000000", "'2023-11-14 22:13:20.000001+00'"],
      ["1700000000", "'infinity'"],
      ["9223372036854775807", "'infinity'"],
      ["1700000000.0000002", "'2023-11-14 22:13:20+00'"],
      ["'1700000000'", "'2023-11-14 22:13:20+00'"],
      ["0", "NULL"],
    ],
  },
  {
    name: "epoch in milliseconds",
    encoding: { kind: "epoch", unit: "milliseconds", zoned: false },
    type: "timestamp",
    arrives: [["1700000000123", "'2023-11-14 22:13:20.123'"]],
    differs: [["1700000000123", "'2023-11-14 22:13:20.123001'"]],
  },
  {
    name: "json",
    encoding: { kind: "json" },
    type: "jsonb",
    arrives: [
      [`'{"b": 1, "a":[1.0, 1e2, null, true]}'`, `'{"b": 1, "a":[1.0, 1e2, null, true]}'`],
      ["'12345678901234567890123'", "'12345678901234567890123'"],
      ["'null'", "'null'"],
      ["NULL", "NULL"],
    ],
    differs: [
      [`'{"a": 12345678901234567}'`, `'{"a": 12345678901234568}'`],
      ["'1.0'", "'1'"],
      ["'null'", "NULL"],
      ["NULL", "'null'"],
      [`'{"a":1,"a":2}'`, `'{"a":2}'`],
      [`'[1,2]'`, `'[2,1]'`],
      ["'{a:1}'", `'{"a":1}'`],
      ["x'31'", "'1'"],
    ],
    declared: "",
  },
];

for (const { name, encoding, type, arrives, differs, declared = "" } of arrivals) {
  describe(name, () => {
    const table = tablePlan("t t", integerKey, { id: integer, "c c": { encoding, target: "d d", pgType: type } });
    const prepared = (rows: readonly (readonly [string, string])[]) =>
      prepare(database.pool, {
        source: `CREATE TABLE "t t"(id INTEGER PRIMARY KEY, "c c" ${declared}); ${rows.map(([s], i) => `INSERT INTO "t t" VALUES (${i + 1}, ${s});`).join(" ")}`,
        target: `CREATE TABLE "t t"(id bigint PRIMARY KEY, "d d" ${type}); ${rows.map(([, t], i) => `INSERT INTO "t t" VALUES (${i + 1}, ${t});`).join(" ")}`,
        tables: [table],
      });

    test("arrives", async () => {
      const result = await parity(await prepared(arrives));
      expect(result.findings).toEqual([]);
      expect(result.passed).toBe(true);
      expect(result.checked).toEqual({ rows: arrives.length, cells: 2 * arrives.length, objects: 1 });
    });

    test("each difference is named", async () => {
      const result = await parity(await prepared(differs));
      expect(result.passed).toBe(false);
      expect(result.differences).toBe(differs.length);
      expect(result.findings.map(({ table, key, column }) => ({ table, key, column }))).toEqual(
        differs.map((_, i) => ({ table: "t t", key: `id=${i + 1}`, column: "c c" })),
      );
    });

    test("the same, compared by bucket", async () => {
      const input = await prepared([...arrives, ...differs]);
      await fillTarget(database.pool, `ALTER TABLE "t t" DROP CONSTRAINT "t t_pkey"`);
      const result = await parity(input);
      expect(result.differences).toBe(differs.length);
      const keys = differs.map((_, i) => `id=${arrives.length + i + 1}`).sort();
      expect(result.findings.map(({ key }) => key).sort()).toEqual(keys);
      expect(result.findings.every(({ column }) => column === "c c")).toBe(true);
    });
  });
}
