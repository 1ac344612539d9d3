import fc from "fast-check";
import { expect, it } from "vitest";
import { count, plural } from "../../../src/core/messages/count.ts";

it("groups digits as the English do", () => {
  expect([0, 999, 1000, -1234567, 123456789012].map(count)).toEqual([
    "0",
    "999",
    "1,000",
    "-1,234,567",
    "123,456,789,012",
  ]);
  expect(count(1234.5)).toBe("1,234.5");
  expect([plural(1, "row"), plural(2000, "row"), plural(2, "entry", "entries")]).toEqual([
    "1 row",
    "2,000 rows",
    "2 entries",
  ]);
});

it("as toLocaleString does", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (n) => count(n) === n.toLocaleString("en-US")));
});
