import { expect, test } from "vitest";
import { nameList, qualified, quoteLiteral, quoteName, quotePostgresLiteral } from "../../src/core/quote.ts";

test("a quote in an identifier is doubled, and case is kept", () => {
  expect(quoteName('Say "hi"')).toBe('"Say ""hi"""');
  expect(qualified('a"b', "Order")).toBe('"a""b"."Order"');
  expect(nameList(["a", "B"])).toBe('"a", "B"');
});

test("an apostrophe in a literal is doubled", () => {
  expect(quoteLiteral("it's \\")).toBe("'it''s \\'");
});

test("a backslash makes PostgreSQL's literal one that no setting reads differently", () => {
  expect(quotePostgresLiteral("it's")).toBe("'it''s'");
  expect(quotePostgresLiteral("it's \\n")).toBe("E'it''s \\\\n'");
});
