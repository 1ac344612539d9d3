import { expect, test } from "vitest";
import { padTo, widest } from "../../src/report/columns.ts";
import { wrapText } from "../../src/report/wrap.ts";

test("wide characters take two columns, combining marks and colours none", () => {
  expect(wrapText("日本 日本 日本", 9)).toBe("日本 日本\n    日本");
  expect(wrapText("\u001b[31me\u0301e\u0301\u001b[0m e\u0301e\u0301", 5)).toBe(
    "\u001b[31me\u0301e\u0301\u001b[0m e\u0301e\u0301",
  );
  expect(wrapText("👩‍👩‍👧 ab cd", 5)).toBe("👩‍👩‍👧 ab\n    cd");
});

test("columns are padded by what is seen", () => {
  expect([widest(["日本", "abc"]), widest([], 4)]).toEqual([4, 4]);
  expect([padTo(5, "日本"), padTo(5, "e\u0301"), padTo(1, "long")]).toEqual(["日本 ", "e\u0301    ", "long"]);
});
