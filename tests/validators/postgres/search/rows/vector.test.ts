import { expect, test } from "vitest";
import { wordsOf } from "../../../../../src/validators/postgres/search/rows/vector.ts";

test("labels tell up to four columns apart", () => {
  expect(wordsOf("'\x02^':1A,132B 'a':2A,134B 'it''s':3A 'b\\\\c':133B", 2)).toEqual([
    { lexeme: "a", places: "0:0,1:1" },
    { lexeme: "it's", places: "0:1" },
    { lexeme: "b\\c", places: "1:0" },
  ]);
});

test("the fourth label is not written; an empty column takes no place", () => {
  expect(wordsOf("'\x02^':1B,131 'a b: c':2B,132", 4)).toEqual([{ lexeme: "a b: c", places: "1:0,3:0" }]);
});

test("second lexemes tell more columns apart, and a token ^ is none of the markers", () => {
  const vector =
    "'\x02^':1,131 '\x020\x02\x02^':1 '\x020\x02^':2 '\x020\x02w':3 '\x024\x02\x02^':131 '\x024\x02w':132 '^':2 'w':3,132";
  expect(wordsOf(vector, 5)).toEqual([
    { lexeme: "^", places: "0:0" },
    { lexeme: "w", places: "0:1,4:0" },
  ]);
});

test("what breaks the layout has places that no source has", () => {
  expect(wordsOf("'\x02^':1 '\x020\x02\x02^':1 'w':2", 5)).toEqual([{ lexeme: "w", places: "?" }]);
  expect(wordsOf("'w':5A", 1)).toEqual([{ lexeme: "w", places: "0:-1" }]);
  expect(wordsOf("", 1)).toEqual([]);
});
