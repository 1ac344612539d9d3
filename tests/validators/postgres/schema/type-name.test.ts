import { expect, test } from "vitest";
import { typeName } from "../../../../src/validators/postgres/schema/type-name.ts";

test.each([
  ["bigint", "bigint"],
  ["int8", "bigint"],
  ["INT", "integer"],
  ["timestamptz", "timestamp with time zone"],
  ["timestamp", "timestamp without time zone"],
  ["timestamp(3)", "timestamp(3) without time zone"],
  ["timestamp (3) with time zone", "timestamp(3) with time zone"],
  ["varchar(20)", "character varying(20)"],
  ["numeric(10, 2)", "numeric(10,2)"],
  ["decimal", "numeric"],
  ["text[]", "text[]"],
  ["varchar(5)[]", "character varying(5)[]"],
  ["double precision", "double precision"],
  ["tsvector", "tsvector"],
])("%s is %s", (written, name) => {
  expect(typeName(written)).toBe(name);
});
