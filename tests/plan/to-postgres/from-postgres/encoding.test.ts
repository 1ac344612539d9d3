import { expect, it } from "vitest";
import { isTypeName } from "../../../../src/plan/to-postgres/from-postgres/encoding.ts";

it("knows how types are written", () => {
  for (const type of [
    "text",
    "numeric(10,2)",
    "numeric(3,-2)",
    "timestamp(3) with time zone",
    "interval day to second(3)",
    "character varying(20)[]",
    '"char"',
  ])
    expect([type, isTypeName(type)]).toEqual([type, true]);
  for (const other of ["", "text); DROP TABLE t", "text DEFAULT f()", "int, x int", "text -- "])
    expect([other, isTypeName(other)]).toEqual([other, false]);
});
