import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonProblem } from "../../../src/core/values/json-facts.ts";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("a JSON text", () => {
  it.each([
    ['{"a":1,"b":[true,false,null]}', null],
    [" \n\t\r{ } ", null],
    ["1e5", null],
    ["0.000", null],
    ["123456789012345678901234567890.5", null],
    ["1E400", null],
    ['"\\ud83d\\ude00"', null],
    ['"\\\\u0000"', null],
    ['{"__proto__":1,"constructor":2}', null],
    ['{"a":{"a":1},"b":{"a":1}}', null],
    ['{"a":1,"a":2}', "duplicate key"],
    ['{"a":1,"\\u0061":2}', "duplicate key"],
    ['[{"x":{"k":1,"k":1}}]', "duplicate key"],
    ['"\\u0000"', "\\u0000"],
    ['{"\\u0000":1}', "\\u0000"],
    ['"\\ud800"', "lone surrogate"],
    ['"\\ude00\\ud83d"', "lone surrogate"],
    ["-0", "number"],
    ["-0.0", "number"],
    ["[-0e5]", "number"],
    ["1e99999", "number"],
    ["1e-99999", "number"],
    ["", "invalid"],
    [" ", "invalid"],
    ["{a:1}", "invalid"],
    ["[1,]", "invalid"],
    ["01", "invalid"],
    [".5", "invalid"],
    ["+1", "invalid"],
    ["NaN", "invalid"],
    ["'a'", "invalid"],
    ['"a', "invalid"],
    ['"\n"', "invalid"],
    ['"\0"', "invalid"],
    ["\ufeff{}", "invalid"],
    ["{} x", "invalid"],
    ["1 2", "invalid"],
    ["nullx", "invalid"],
    ["[".repeat(501) + "]".repeat(501), "invalid"],
  ])("%j: %s", (text, problem) => {
    expect(jsonProblem(text)).toBe(problem);
  });

  it("is valid when JSON.parse takes it", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"a"',
      '"b"',
      "1",
      "-",
      "0",
      "1.5e3",
      "e",
      ".",
      "true",
      "null",
      " ",
      "\n",
      '"',
      "\\",
      "\\u",
      "00e9",
      "\t",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 9 }).map((list) => list.join("")),
          fc.json(),
          fc.string({ maxLength: 8 }),
        ),
        (text) => {
          expect({ text, valid: jsonProblem(text) !== "invalid" }).toEqual({ text, valid: parses(text) });
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("whose keys differ and whose strings are whole has no problem", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "grapheme" }), fc.integer({ min: 0, max: 4 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const problem = jsonProblem(text);
        if (text.includes("\\u0000") || text.includes("-0") || /\\ud[89a-f]/.test(text)) return true;
        expect({ text, problem }).toEqual({ text, problem: null });
        return true;
      }),
    );
  });
});
