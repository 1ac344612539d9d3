/** Cells of PostgreSQL's types: as the type writes them, or refused. */
import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/core/plan/transform.ts";
import { arrayElements } from "../../../src/transforms/values/array-literal.ts";
import { castValue } from "../../../src/transforms/values/cast-value.ts";
import { valueOfPgType } from "../../../src/transforms/values/pg-value.ts";
import { refusal } from "../chains.ts";

describe("a value of a PostgreSQL type", () => {
  it.each<[Value, string, Value]>([
    [5n, "numeric(10,2)", "5.00"],
    ["1.1", "numeric(10,2)", "1.10"],
    ["1.1000", "numeric(10,2)", "1.10"],
    ["-0.5", "numeric(2,1)", "-0.5"],
    [7n, "numeric(3)", "7"],
    ["1.10", "numeric", "1.10"],
    ["NaN", "citext", "NaN"],
    ["2024-01-02T03:04:05.120Z", "timestamp(2) with time zone", "2024-01-02 03:04:05.12+00"],
    [32767n, "smallint", 32767n],
    [1e20, "double precision", "1e+20"],
    [123456789012345, "double precision", "123456789012345"],
    [1e15, "double precision", "1e+15"],
    [0.0001, "double precision", "0.0001"],
    [0.00001, "double precision", "1e-05"],
    [-0, "double precision", "-0"],
    [Number.NEGATIVE_INFINITY, "double precision", "-Infinity"],
    ["\u{1f600}\u{1f600}", "character varying(2)", "\u{1f600}\u{1f600}"],
    ['{a,"b c",NULL}', "text[]", '{a,"b c",NULL}'],
    [null, "bytea", null],
  ])("%s as %s is %s", (value, type, cell) => {
    expect(valueOfPgType(value, type, "c")).toEqual(cell);
  });

  it.each<[Value, string, string]>([
    ["1.005", "numeric(10,2)", "does not fit numeric(10,2)"],
    ["100", "numeric(4,2)", "does not fit numeric(4,2)"],
    ["2024-01-02 03:04:05.123", "timestamp(2) without time zone", "would round it"],
    [32768n, "smallint", "no smallint"],
    ["abc", "character varying(2)", "longer than character varying(2)"],
    ["{a, b}", "text[]", "no list as PostgreSQL writes one"],
    ["a", "text[]", "no list"],
    [5n, "interval", "a text as interval writes it"],
    ["x", "bytea", "bytes belong here"],
  ])("%s as %s is refused", (value, type, told) => {
    expect(refusal(() => valueOfPgType(value, type, "c"))).toContain(told);
  });
});

describe("values of megabytes", () => {
  it("are taken apart in one pass", () => {
    const long = "x".repeat(5_000_000);
    expect(arrayElements(`{"${long}\\"",${long},NULL,"NULL",""}`)).toEqual([`${long}"`, long, null, "NULL", ""]);
    expect(arrayElements(`{${long}`)).toBeNull();
    expect(arrayElements("{a,}")).toBeNull();
    expect(arrayElements("{a,{b}}")).toBeNull();
  });

  it("are refused as quickly as others", () => {
    const started = performance.now();
    expect(refusal(() => castValue("00:00".repeat(200_000), "timestamp", "c"))).toContain("no timestamp");
    expect(refusal(() => castValue(`1${"0".repeat(131_000)}.1`, "real", "c"))).toContain("no real");
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
