/** Which text goes into a live column, and why a value does not go in as it is. */
import { expect, it } from "vitest";
import type { Interpretation, LiveReading } from "../../src/core/schema/live-type.ts";
import { readCell } from "../../src/live-types/read-cell.ts";
import { cell, domain, reading, real } from "./cells.ts";

type Value = Parameters<typeof cell>[0];

/** The text that is sent after `=`, or the problem. */
function read(to: LiveReading, value: Value): string {
  const found = readCell(to, cell(value));
  return found.ok ? `=${found.text}` : found.problem;
}

const sixteen = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const timestamptz = "timestamp with time zone";
const timestamp = "timestamp without time zone";

it.each<[string, Value, string, Interpretation?]>([
  ["text", "", "="],
  ["text", "a ", "=a "],
  ["text", "a\0", "unreadable"],
  ["text", 7n, "=7"],
  ["text", real("0.5"), "=0.5"],
  ["text", real("-0.0"), "unreadable"],
  ["text", real("Infinity"), "unreadable"],
  ["text", Buffer.from("ab"), "bytes"],
  ["text", Buffer.from("ab"), "=ab", { bytes: "utf8" }],
  ["text", Buffer.from([0xff]), "class"],
  ["character varying(3)", "🙂🙂🙂", "=🙂🙂🙂"],
  ["character varying(3)", "abcd", "too long"],
  ["character varying(3)", "abc ", "too long"],
  ["character(3)", "ab", "=ab"],
  ["character(3)", "a ", "blanks"],
  ["smallint", 32767n, "=32767"],
  ["smallint", 32768n, "too large"],
  ["smallint", -32768n, "=-32768"],
  ["integer", "", "empty"],
  ["integer", "007", "unreadable"],
  ["integer", " 5", "unreadable"],
  ["integer", "-0", "unreadable"],
  ["integer", "5.0", "=5"],
  ["integer", "1e2", "=100"],
  ["integer", real("5.0"), "=5"],
  ["integer", real("5.5"), "fraction"],
  ["bigint", "9223372036854775807", "=9223372036854775807"],
  ["bigint", "9223372036854775808", "too large"],
  ["numeric", "1.50", "=1.50"],
  ["numeric", "NaN", "=NaN"],
  ["numeric", real("0.30000000000000004"), "=0.30000000000000004"],
  ["numeric(5,2)", "999.99", "=999.99"],
  ["numeric(5,2)", "1000", "too large"],
  ["numeric(5,2)", "1.255", "digits"],
  ["numeric(5,2)", "1.250", "=1.250"],
  ["numeric(5,2)", "Infinity", "too large"],
  ["real", "0.1", "=0.1"],
  ["real", real("0.1"), "digits"],
  ["real", real("0.5"), "=0.5"],
  ["real", 16777217n, "digits"],
  ["real", real("1.0e+39"), "too large"],
  ["double precision", real("-0.0"), "=-0"],
  ["double precision", "0.1", "=0.1"],
  ["double precision", "0.10000000000000000555", "digits"],
  ["double precision", 9007199254740993n, "digits"],
  ["double precision", 9007199254740992n, "=9007199254740992"],
  ["boolean", 1n, "=t"],
  ["boolean", 2n, "unreadable"],
  ["boolean", real("-0.0"), "unreadable"],
  ["boolean", "No", "=f"],
  ["boolean", "nO", "unreadable"],
  ["boolean", "tr", "unreadable"],
  ["date", "2024-02-29", "=2024-02-29"],
  ["date", "2023-02-29", "unreadable"],
  ["date", "2024-01-02T00:00:00Z", "=2024-01-02"],
  ["date", "2024-01-02T00:00:00+02:00", "unreadable"],
  ["date", "2024-01-02 00:00:01", "time of day"],
  ["date", 20240102n, "epoch"],
  ["date", 86_400n, "=1970-01-02", { epoch: "s" }],
  ["date", real("0.1"), "time of day", { epoch: "ticks" }],
  ["date", "today", "unreadable"],
  ["date", "infinity", "=infinity"],
  ["date", "Infinity", "unreadable"],
  ["time without time zone", "24:00:00", "=24:00:00"],
  ["time without time zone", "24:00", "unreadable"],
  ["time without time zone", "23:59:60", "unreadable"],
  ["time without time zone", "07:08:09.1234567", "digits"],
  [timestamp, "2024-01-02T03:04:05Z", "=2024-01-02 03:04:05"],
  [timestamp, "2024-01-02T03:04:05+02:00", "offset"],
  [timestamp, "2024-01-02 24:00:00", "unreadable"],
  ["timestamp(3) without time zone", "2024-01-02 03:04:05.123000", "=2024-01-02 03:04:05.123"],
  ["timestamp(3) without time zone", "2024-01-02 03:04:05.1234", "digits"],
  [timestamptz, "2024-01-02 03:04:05", "zone"],
  [timestamptz, "2024-01-02 03:04:05", "=2024-01-02 03:04:05 Europe/Berlin", { zone: "Europe/Berlin" }],
  [timestamptz, "2024-03-31 02:30:00", "unreadable", { zone: "Europe/Berlin" }],
  [timestamptz, "2024-10-27 02:30:00", "unreadable", { zone: "Europe/Berlin" }],
  [timestamptz, "2024-01-02 03:04:05.1 +0200 CEST m=+0.01", "=2024-01-02 03:04:05.1+02:00"],
  [timestamptz, "2024-01-02T03:04:05 +0200 CEST", "unreadable"],
  [timestamptz, 1_700_000_000_123n, "=2023-11-14 22:13:20.123+00:00", { epoch: "ms" }],
  [timestamptz, 638_000_000_000_000_001n, "digits", { epoch: "ticks" }],
  ["interval", 90_000_000n, "interval"],
  ["interval", 90_000_000n, "=00:01:30", { interval: "us" }],
  ["interval", real("-0.000001"), "=-00:00:00.000001", { interval: "s" }],
  ["uuid", "6F9619FF8B86D011B42D00C04FC964FF", "=6f9619ff-8b86-d011-b42d-00c04fc964ff"],
  ["uuid", "{6f96-19ff-8b86-d011-b42d-00c0-4fc9-64ff}", "=6f9619ff-8b86-d011-b42d-00c04fc964ff"],
  ["uuid", "{6f9619ff-8b86-d011-b42d-00c04fc964ff", "unreadable"],
  ["uuid", "6f9619ff--8b86-d011-b42d-00c04fc964ff", "unreadable"],
  ["uuid", sixteen, "bytes"],
  ["uuid", sixteen, "=00112233-4455-6677-8899-aabbccddeeff", { uuid: "rfc" }],
  ["uuid", sixteen, "=33221100-5544-7766-8899-aabbccddeeff", { uuid: "dotnet" }],
  ["json", '{"a":1,"a":2}', '={"a":1,"a":2}'],
  ["jsonb", '{"a":1,"a":2}', "unreadable"],
  ["jsonb", "-0", "unreadable"],
  ["jsonb", '"\\u0000"', "unreadable"],
  ["json", real("-0.0"), "unreadable"],
  ["bytea", Buffer.from([0, 255]), "=\\x00ff"],
  ["bytea", "00FF", "bytes"],
  ["bytea", "00FF", "=\\x00ff", { bytes: "hex" }],
  ["bytea", "0FF", "unreadable", { bytes: "hex" }],
  ["bytea", "AP8=", "=\\x00ff", { bytes: "base64" }],
  ["integer[]", "{1,2}", "={1,2}"],
  ["integer[]", "[0:1]={7,8}", "=[0:1]={7,8}"],
  ["integer[]", "[1,2]", "array"],
  ["integer[]", "[1,[2]]", "unreadable"],
  ["text[]", '["a b",null,"NULL",""]', '={"a b",NULL,"NULL",""}', { arrays: "json" }],
  ["numeric[]", "[12345678901234567890.50]", "={12345678901234567890.50}", { arrays: "json" }],
])("%s, %o: %s", (written, value, expected, as = {}) => {
  expect(read(reading(written, as), value)).toBe(expected);
});

it("keeps a column in its layout", () => {
  const days = reading("date", {}, { layout: "day" });
  expect(read(days, "2024-01-02")).toBe("=2024-01-02");
  expect(read(days, "2024-01-02 00:00:00")).toBe("layout");
  const numbers = reading("boolean", {}, { layout: "number" });
  expect(read(numbers, 1n)).toBe("=t");
  expect(read(numbers, "t")).toBe("layout");
});

it("minds what the server said, by storage class and value", () => {
  const small = domain("integer", { i101: null });
  expect([read(small, 101n), read(small, "101"), read(small, 100n)]).toEqual(["unreadable", "=101", "=100"]);
  const range = reading("int4range", {}, { answers: { "t[1,4]": "[1,5)" } });
  expect([read(range, "[1,4]"), read(range, "[1,5)")]).toEqual(["respelled", "=[1,5)"]);
});

it("tells numbers among texts, and texts that JSON quotes", () => {
  const mixed = reading("text", {}, { numbersAmongTexts: true });
  expect([read(mixed, 5n), read(mixed, "5")]).toEqual(["class", "=5"]);
  const json = reading("text", {}, { json: true });
  expect([read(json, '"x"'), read(json, "5")]).toEqual(["json", "=5"]);
});
