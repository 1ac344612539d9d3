import fc from "fast-check";
import { expect, test } from "vitest";
import { walkJson } from "../../../src/core/values/walk-json.ts";

function visited(text: string, deepest = 10): unknown[] | null {
  const found: unknown[] = [];
  const tell =
    (kind: string) =>
    (value: string, ...places: number[]): void =>
      void found.push([kind, value, ...places]);
  const isJson = walkJson(text, deepest, {
    begin: tell("begin"),
    end: tell("end"),
    key: tell("key"),
    string: tell("string"),
    number: tell("number"),
    word: tell("word"),
  });
  return isJson ? found : null;
}

test("each part is told, with its value and its place", () => {
  expect(visited(' {"2": [1e400, "\\u0041"], "1":null, "1" : {}} ')).toEqual([
    ["begin", "{", 1],
    ["key", "2", 2, 5],
    ["begin", "[", 7],
    ["number", "1e400", 8, 13],
    ["string", "A", 15, 23],
    ["end", "]", 24],
    ["key", "1", 26, 29],
    ["word", "null", 30, 34],
    ["key", "1", 36, 39],
    ["begin", "{", 42],
    ["end", "}", 44],
    ["end", "}", 45],
  ]);
});

test("depth is limited", () => {
  expect(visited("[[]]", 2)).toHaveLength(4);
  expect(visited("[[[]]]", 2)).toBeNull();
});

test("it takes what JSON.parse takes", () => {
  const text = fc.oneof(fc.json(), fc.stringMatching(/^[[\]{}",:\\ 01.eu-]{0,10}$/));
  fc.assert(
    fc.property(text, (json) => {
      let parsed = true;
      try {
        JSON.parse(json);
      } catch {
        parsed = false;
      }
      expect(walkJson(json, 100, {})).toBe(parsed);
    }),
    { numRuns: 2000 },
  );
});
