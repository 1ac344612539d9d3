import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyText } from "../../../src/core/values/key-text.ts";
import { renderCell, shorten } from "../../../src/core/values/render-cell.ts";
import { decodeTagged, realDigits } from "../../../src/core/values/wire.ts";

describe("digits of a double", () => {
  it.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [5, "5.0"],
    [-1.5, "-1.5"],
    [0.1 + 0.2, "0.30000000000000004"],
    [1e21, "1000000000000000000000.0"],
    [1.5e300, `15${"0".repeat(299)}.0`],
    [1e-7, "0.0000001"],
    [5e-324, `0.${"0".repeat(323)}5`],
    [123456789012345680000, "123456789012345680000.0"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("%d", (value, digits) => {
    expect(realDigits(value)).toBe(digits);
  });

  it("read back as the same double, without exponent, with a fraction, and none is shorter", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const digits = realDigits(value);
        expect(Object.is(Number(digits), value)).toBe(true);
        expect(digits).toMatch(/^-?\d+\.\d+$/);
        const significant = (text: string): string =>
          text
            .replace(/e.*$/i, "")
            .replace(/[-.]/g, "")
            .replace(/^0+|0+$/g, "");
        expect(significant(digits)).toBe(significant(String(value)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a tagged cell", () => {
  const plain = { orphan: -1, valid: true };
  it.each([
    [null, { storage: "null", bytes: "", ...plain }],
    [2.5, { storage: "real", bytes: "2.5", ...plain }],
    [-0, { storage: "real", bytes: "-0.0", ...plain }],
    [Buffer.from("i-12"), { storage: "integer", bytes: "-12", ...plain }],
    [Buffer.from("té"), { storage: "text", bytes: "é", ...plain }],
    [Buffer.from("t"), { storage: "text", bytes: "", ...plain }],
    [Buffer.from("b616263"), { storage: "blob", bytes: "abc", ...plain }],
    [Buffer.from("le900"), { storage: "text", bytes: "é", ...plain }],
    [Buffer.from("m00E9"), { storage: "text", bytes: "é", ...plain }],
    [Buffer.from("l00D8"), { storage: "text", bytes: "\ufffd", orphan: -1, valid: false, lost: true }],
    [Buffer.from("lE9"), { storage: "text", bytes: "\ufffd", orphan: -1, valid: false, lost: true }],
    [Buffer.from([0x74, 0xff]), { storage: "text", bytes: "\ufffd", orphan: -1, valid: false }],
    [Buffer.from("o0i7"), { storage: "integer", bytes: "7", orphan: 0, valid: true }],
    [Buffer.from("o0tx"), { storage: "text", bytes: "x", orphan: 0, valid: true }],
    [Buffer.from("o02.5"), { storage: "real", bytes: "2.5", orphan: 0, valid: true }],
    ["given", { storage: "text", bytes: "given", ...plain }],
  ])("%o", (slot, cell) => {
    const found = decodeTagged(slot);
    expect({ ...found, bytes: found.bytes.toString("utf8") }).toEqual(cell);
  });
});

describe("a printed cell", () => {
  it.each([
    ["null", "", "NULL"],
    ["integer", "-5", "integer -5"],
    ["real", "5.0", "real 5.0"],
    ["text", "", 'text ""'],
    ["text", 'a"b\n\0', 'text "a\\"b\\n\\u0000"'],
    ["text", "5", 'text "5"'],
    ["blob", "\0a", "blob x'0061'"],
  ] as const)("of class %s: %j", (storage, bytes, line) => {
    expect(renderCell(storage, Buffer.from(bytes))).toBe(line);
  });

  it("shows bytes that are no text as bytes", () => {
    expect(renderCell("text", Buffer.from([0x61, 0xff]))).toBe("text x'61ff'");
  });

  it("is the same for no two cells", () => {
    const cell = fc.tuple(fc.constantFrom("text", "blob"), fc.uint8Array({ maxLength: 4 })) as fc.Arbitrary<
      ["text" | "blob", Uint8Array]
    >;
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        const same = a[0] === b[0] && Buffer.from(a[1]).equals(Buffer.from(b[1]));
        return (renderCell(a[0], Buffer.from(a[1])) === renderCell(b[0], Buffer.from(b[1]))) === same;
      }),
    );
  });

  it("is cut for messages, without half characters or control characters", () => {
    expect(shorten("short")).toBe("short");
    expect(shorten("x".repeat(61))).toBe(`${"x".repeat(59)}…`);
    expect(shorten("a\u001b[31m\u2028")).toBe("a\\u001b[31m\\u2028");
    expect(shorten(`${"x".repeat(58)}😀😀😀`).isWellFormed()).toBe(true);
  });
});

describe("a key", () => {
  it("tells classes apart", () => {
    expect(keyText(["a", "b", "c", "d", "e"], [1n, "1", null, Buffer.from([1, 255]), 2.5])).toBe(
      "a=1, b=\"1\", c=NULL, d=x'01ff', e=2.5",
    );
    expect(keyText(["a"], [-0])).toBe("a=-0.0");
    expect(keyText(["a", "b"], [1n])).toBe("a=1, b=NULL");
  });
});
