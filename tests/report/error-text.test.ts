/** Text for people: long lines on a terminal, and lines of an error that are to be pasted. */
import { describe, expect, it } from "vitest";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import { errorText } from "../../src/report/error-text.ts";
import { painter } from "../../src/report/paint.ts";
import { widthOf, wrapText } from "../../src/report/wrap.ts";

describe("wrapText", () => {
  it("breaks at spaces, with a hanging indent", () => {
    expect(wrapText("short\n  ! one two three four five", 16)).toBe("short\n  ! one two\n      three four\n      five");
  });

  it("keeps alignment within a line, and words that are too long", () => {
    expect(wrapText("  a    b c", 9)).toBe("  a    b\n      c");
    expect(wrapText("x 0123456789abcdef y", 10)).toBe("x\n    0123456789abcdef\n    y");
  });

  it("does not count colours", () => {
    const red = painter(true)("red", "abc");
    expect(wrapText(`${red} ${red}`, 7)).toBe(`${red} ${red}`);
    expect(wrapText(`${red} ${red}`, 6)).toBe(`${red}\n    ${red}`);
  });

  it("leaves everything as it is where there is no terminal", () => {
    const long = "word ".repeat(100);
    expect(wrapText(long, widthOf({ columns: 80 }))).toBe(long);
    expect(widthOf({ isTTY: true, columns: 80 })).toBe(80);
    expect(widthOf({ isTTY: true, columns: 0 })).toBeNull();
  });
});

describe("errorText", () => {
  it("prints what is to be pasted at the margin, between empty lines", () => {
    const error = new RowhaulError("HAZARDS_NOT_ACCEPTED", "One thing.", {
      details: ["detail"],
      paste: ["accept:", "  - { code: NUL_IN_TEXT }"],
      hint: "Paste.",
    });
    expect(errorText(error, painter(false), false)).toBe(
      "Error HAZARDS_NOT_ACCEPTED: One thing.\n  detail\n\naccept:\n  - { code: NUL_IN_TEXT }\n\nTry: Paste.",
    );
  });
});
