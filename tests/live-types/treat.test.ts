/** What accepted policies make of values that do not go in as they are; null where one cannot treat the value. */
import { expect, it } from "vitest";
import type { Interpretation } from "../../src/core/schema/live-type.ts";
import { type LiveWay, treat } from "../../src/live-types/treat.ts";
import { cell, reading, real } from "./cells.ts";

type Value = Parameters<typeof cell>[0];

const timestamptz = "timestamp with time zone";
const timestamp = "timestamp without time zone";

it.each<[string, Value, LiveWay, string | null, Interpretation?]>([
  ["integer", "2.5", "round", "3"],
  ["integer", "-2.5", "round", "-3"],
  ["integer", "-2.5", "truncate", "-2"],
  ["integer", real("0.4"), "round", "0"],
  ["smallint", "32767.5", "round", null],
  ["integer", "x", "round", null],
  ["numeric(5,2)", "1.255", "round", "1.26"],
  ["numeric(5,2)", real("1.255"), "truncate", "1.25"],
  ["numeric(5,2)", "-0.001", "round", "0"],
  ["numeric(5,2)", "999.995", "round", null],
  ["real", real("0.1"), "round", "0.10000000149011612"],
  ["double precision", "9007199254740993", "round", "9007199254740992"],
  ["character varying(2)", "🙂🙂🙂", "truncate", "🙂🙂"],
  ["character varying(2)", 123n, "truncate", null],
  ["character varying(2)", real("1.5"), "truncate", null],
  ["character(4)", "a   b", "truncate", "a"],
  ["date", "2024-01-02 23:59:59", "truncate", "2024-01-02"],
  ["time(0) without time zone", "23:59:59.5", "round", null],
  ["time(0) without time zone", "23:59:59.5", "truncate", "23:59:59"],
  ["timestamp(0) without time zone", "2024-12-31 23:59:59.5", "round", "2025-01-01 00:00:00"],
  ["timestamp(0) without time zone", "1969-12-31 23:59:59.4", "round", "1969-12-31 23:59:59"],
  [timestamp, "2024-01-02 03:04:05.1234567", "round", "2024-01-02 03:04:05.123457"],
  [timestamp, "2024-01-02 03:04:05.1234567", "truncate", "2024-01-02 03:04:05.123456"],
  [timestamp, "9999-12-31 23:59:59.9999999", "round", null],
  [timestamptz, "2024-01-02 03:04:05.1234567+02:00", "round", "2024-01-02 03:04:05.123457+02:00"],
  [timestamp, 1_700_000_000_000_000_999n, "truncate", "2023-11-14 22:13:20", { epoch: "ns" }],
  [timestamp, 1_700_000_000_000_000_999n, "round", "2023-11-14 22:13:20.000001", { epoch: "ns" }],
  [timestamp, "2024-01-02T03:04:05+02:00", "utc", "2024-01-02 01:04:05"],
  [timestamp, "2024-01-02T03:04:05+02:00", "wall", "2024-01-02 03:04:05"],
  ["text", Buffer.from("é"), "reinterpret", "é"],
  ["text", Buffer.from([0xff]), "reinterpret", null],
  ["text", 5n, "reinterpret", "5"],
  ["character varying(1)", Buffer.from("ab"), "reinterpret", null],
  ["bytea", "é", "reinterpret", "\\xc3a9"],
  ["bytea", 5n, "reinterpret", null],
])("%s, %o, %s: %s", (written, value, way, expected, as = {}) => {
  expect(treat(reading(written, as), cell(value), way)).toBe(expected);
});

it("takes the target's spelling", () => {
  const interval = reading("interval", {}, { answers: { "t1 hour": "01:00:00" } });
  expect(treat(interval, cell("1 hour"), "respell")).toBe("01:00:00");
  const days = reading(timestamp, {}, { layout: "second" });
  expect(treat(days, cell("2024-01-02"), "respell")).toBe("2024-01-02 00:00:00");
});

it("takes a JSON text out of its quotes", () => {
  const json = reading("text", {}, { json: true });
  expect(treat(json, cell('"a\\"b"'), "reinterpret")).toBe('a"b');
  expect(treat(json, cell('"a\\u0000"'), "reinterpret")).toBe(null);
  expect(treat(json, cell('"open'), "reinterpret")).toBe(null);
});
