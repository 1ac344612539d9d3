/** What jsonb would print. That PostgreSQL agrees is in json-text.db.test.ts. */
import { expect, test } from "vitest";
import { jsonbText } from "../../../../../src/validators/postgres/parity/values/json-text.ts";

test.each([
  ['{"bb":1,"a":2,"c":3}', '{"a": 2, "c": 3, "bb": 1}'],
  ['{"é":1,"zz":2,"b":3}', '{"b": 3, "zz": 2, "é": 1}'],
  ['{"\ufb01":1,"\u{1f600}":2}', '{"\ufb01": 1, "\u{1f600}": 2}'],
  [" [ ] ", "[]"],
  ["{ }", "{}"],
  ["1e2", "100"],
  ["1.50e1", "15.0"],
  ["1.0", "1.0"],
  ["-0", "0"],
  ["-0.00", "0.00"],
  ["-1.5E-3", "-0.0015"],
  ["0e5", "0"],
  ["12345678901234567890.123", "12345678901234567890.123"],
  ['"\\u0041\\/\\n\\u001f\\ud83d\\ude00"', '"A/\\n\\u001f😀"'],
  ['"\u007f\u0085"', '"\u007f\u0085"'],
])("%s", (json, text) => {
  expect(jsonbText(json)).toBe(text);
});

test.each([
  "",
  "{",
  "[1,]",
  "{a:1}",
  "01",
  "1.",
  ".5",
  "+1",
  "NaN",
  "'a'",
  "nul",
  "1 2",
  '"\t"',
  '"\\x41"',
  '"\\u00"',
  "\ufeff1",
  "// c\n1",
])("%j is no JSON", (json) => {
  expect(jsonbText(json)).toBeNull();
});

test.each([
  ["a duplicate key", '{"a":1,"\\u0061":1}'],
  ["U+0000", '"\\u0000"'],
  ["a lone surrogate", '"\\ud800"'],
  ["a number beyond numeric", "1e131072"],
  ["a fraction beyond numeric", "1e-16384"],
  ["an exponent beyond everything", "1e999999999999"],
])("jsonb cannot carry %s", (_, json) => {
  expect(jsonbText(json)).toBeNull();
});

test("deep nesting ends in an answer, not in a crash", () => {
  const deep = "[".repeat(1e6) + "]".repeat(1e6);
  expect(jsonbText(deep)).toBeNull();
  expect(jsonbText("[".repeat(500) + "]".repeat(500))).toBe("[".repeat(500) + "]".repeat(500));
});
