import fc from "fast-check";
import { expect, test } from "vitest";
import { parseArrayLiteral } from "../../src/compare/array-literal.ts";
import { canonicalJson, parseJson } from "../../src/compare/json-value.ts";

const canonical = (text: string): string | null => {
  const json = parseJson(text);
  return json === null ? null : canonicalJson(json);
};

test("what JSON.parse refuses is no JSON, and what it takes has one form however it is written", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(canonical(text)).not.toBeNull();
      expect(canonical(JSON.stringify(value, null, 2))).toBe(canonical(text));
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[[\]{}",:\\ 01-9.eEtrufalsn-]{0,12}$/), (text) => {
      expect(parseJson(text) !== null).toBe(accepted(text));
    }),
    { numRuns: 2000 },
  );
});

test("order and spelling are free; numbers, duplicates and escapes are not", () => {
  expect(canonical('{"b":1.0,"a":[1e2]}')).toBe(canonical('{ "a" : [100], "b" : 1 }'));
  expect(canonical('{"a":1,"a":2}')).not.toBe(canonical('{"a":2}'));
  expect(canonical('{"__proto__":1}')).not.toBe(canonical("{}"));
  expect(canonical("9007199254740993")).not.toBe(canonical("9007199254740992"));
  expect(canonical('"\\ud800"')).not.toBe(canonical('"\\ufffd"'));
  expect(canonical(`"${"\\n".repeat(2_000_000)}"`)).toBe(JSON.stringify("\n".repeat(2_000_000)));
  expect(canonical(`${"[".repeat(1001)}${"]".repeat(1001)}`)).toBeNull();
});

test("array literals", () => {
  expect(parseArrayLiteral('{a,"b,\\"\\\\",NULL,"NULL",{1,2},{}}')).toEqual([
    "a",
    'b,"\\',
    null,
    "NULL",
    ["1", "2"],
    [],
  ]);
  for (const text of ["", "{", "{a", "{a,}", "{a}}", "[0:1]={a,b}", '{"a}']) expect(parseArrayLiteral(text)).toBeNull();
});

function accepted(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
