import fc from "fast-check";
import { expect, it } from "vitest";
import { amount } from "../../src/validators/wording.ts";

it("groups digits as the English do, of numbers and of bigints", () => {
  expect(amount(1, "row")).toBe("1 row");
  expect(amount(50_312, "row")).toBe("50,312 rows");
  expect(amount(2, "entry", "entries")).toBe("2 entries");
  fc.assert(fc.property(fc.bigInt(), (n) => amount(n, "x", "x") === `${n.toLocaleString("en-US")} x`));
});
