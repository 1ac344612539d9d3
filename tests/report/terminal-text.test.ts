/** What others named or said cannot do anything to a terminal; our own colours and lines stay. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { coloursStart, painter } from "../../src/report/paint.ts";
import { shownText, spokenText } from "../../src/report/terminal-text.ts";
import { textWidth } from "../../src/report/width.ts";

it.each([
  ["\x1b[2J\x1b]0;title\x07", "\\u001b[2J\\u001b]0;title\\u0007"],
  ["a\rb\bc\0d\x7f", "a\\u000db\\u0008c\\u0000d\\u007f"],
  ["\x9b31mred\x9d0;t\x9c", "\\u009b31mred\\u009d0;t\\u009c"],
  ["\u202egpj.exe\u202c \u2066x\u2069 \u200f\u061c", "\\u202egpj.exe\\u202c \\u2066x\\u2069 \\u200f\\u061c"],
  ["two\u2028lines\u2029", "two\\u2028lines\\u2029"],
  ["a line\n\tanother, ü 😀 e\u0301 \u200d", "a line\n\tanother, ü 😀 e\u0301 \u200d"],
])("%j", (text, shown) => {
  expect(shownText(text)).toBe(shown);
});

it("colours of our own get through, and only where they are wanted", () => {
  expect(shownText(painter(true)("red", "\x1b[31mx"))).toBe("\x1b[31m\\u001b[31mx\x1b[39m");
  expect(shownText(painter(false)("red", "\x1b[31mx"))).toBe("\\u001b[31mx");
  expect(textWidth(painter(true)("bold", "four"))).toBe(4);
  expect(textWidth(painter(true)("bold", "日本"))).toBe(4);
});

it("leaves no control in any text, and JSON the same JSON", () => {
  const unit = fc.oneof(fc.integer({ min: 0, max: 0x9f }), fc.integer({ min: 0x2000, max: 0x2070 }));
  const texts = fc.array(unit).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(texts, (text) => {
      expect(shownText(text)).not.toMatch(/[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u);
      const json = shownText(JSON.stringify({ text }));
      expect(JSON.parse(json)).toEqual({ text });
      expect(json).toMatch(/^[^\p{Cc}]*$/u);
    }),
  );
});

it("hides credentials where text is spoken", () => {
  expect(spokenText("postgres://me:S3CRET@h\x1b")).toBe("postgres://me:***@h\\u001b");
  expect(shownText(coloursStart)).toBe("\x1b[");
});
