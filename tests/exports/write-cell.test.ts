import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnStyle, ExportCell } from "../../src/exports/cell.ts";
import { rowReader } from "../../src/exports/read-row.ts";
import { isLarge, largeCellPieces, writeCell } from "../../src/exports/write-cell.ts";

const refuse = (message: string): Error => new Error(message);

function readBack(text: string, style: ColumnStyle): ExportCell | undefined {
  return rowReader([{ name: "c", style }], refuse)(`{"c":${text}}`)[0];
}

function bytesOf(cell: ExportCell | undefined): Buffer {
  if (cell === null || typeof cell !== "object") throw new Error("No bytes");
  return Buffer.isBuffer(cell) ? cell : cell.broken;
}

describe("the spelling of a cell", () => {
  it.each<[string, ExportCell, ColumnStyle, string]>([
    ["an integer", 5n, "plain", "5"],
    ["the lowest integer", -(2n ** 63n), "plain", "-9223372036854775808"],
    ["beyond 2^53", 9007199254740993n, "plain", "9007199254740993"],
    ["a whole real", 5, "plain", "5.0"],
    ["a real", 0.1, "plain", "0.1"],
    ["a large real", 1e300, "plain", "1e+300"],
    ["a large whole real", 2 ** 53, "plain", "9007199254740992.0"],
    ["the smallest real", 5e-324, "plain", "5e-324"],
    ["minus zero", -0, "plain", "-0.0"],
    ["infinity", Number.POSITIVE_INFINITY, "plain", '{"$real":"Infinity"}'],
    ["minus infinity", Number.NEGATIVE_INFINITY, "plain", '{"$real":"-Infinity"}'],
    ["null", null, "json", "null"],
    ["a text", 'a "b"\n\\', "plain", '"a \\"b\\"\\n\\\\"'],
    ["a NUL", "a\0b", "plain", '"a\\u0000b"'],
    ["a text like a tag", '{"$text":"00"}', "plain", '"{\\"$text\\":\\"00\\"}"'],
    ["bytes", Buffer.from("00ff", "hex"), "plain", '{"$bytes":"AP8="}'],
    ["no bytes", Buffer.alloc(0), "plain", '{"$bytes":""}'],
    ["a broken text", { broken: Buffer.from("61ff", "hex") }, "plain", '{"$text":"61ff"}'],
    ["a numeric", "1.10", "numeric", "1.10"],
    ["a numeric without fraction", "100000000000000000000", "numeric", "100000000000000000000"],
    ["no number", "NaN", "numeric", '"NaN"'],
    ["a numeric with a sign", "+1", "numeric", '"+1"'],
    ["a leading zero", "007", "numeric", '"007"'],
    ["an integer among numerics", 1n, "numeric", '{"$integer":"1"}'],
    ["a real among numerics", 1, "numeric", '{"$real":"1.0"}'],
    ["JSON", '{"a": [1, "}]"]}', "json", '{"a": [1, "}]"]}'],
    ["JSON with equal keys", '{"a":1,"a":2}', "json", '{"a":1,"a":2}'],
    ["JSON like a tag", '{"$bytes":"AA=="}', "json", '{"$json":"{\\"$bytes\\":\\"AA==\\"}"}'],
    ["JSON with a hidden tag", '{ "\\u0024bytes":1}', "json", '{"$json":"{ \\"\\\\u0024bytes\\":1}"}'],
    ["JSON on two lines", "[1,\n2]", "json", '{"$json":"[1,\\n2]"}'],
    ["JSON with space before", " [1]", "json", '{"$json":" [1]"}'],
    ["a JSON number", "1", "json", '{"$json":"1"}'],
    ["no JSON", "{", "json", '"{"'],
    ["an integer among JSON", 1n, "json", "1"],
  ])("%s", (_, cell, style, text) => {
    expect(writeCell(cell, style)).toBe(text);
    expect(Object.is(readBack(text, style), cell) || typeof cell === "object").toBe(true);
    expect(readBack(text, style)).toEqual(cell);
  });

  it.each<[string, ExportCell, ColumnStyle]>([
    ["a text", 'é😀"\n'.repeat(700_000), "plain"],
    ["a text, cut between other characters", `x${'é😀"\n'.repeat(700_000)}`, "plain"],
    ["bytes", Buffer.alloc(2_500_001, "some bytes"), "plain"],
    ["a broken text", { broken: Buffer.concat([Buffer.alloc(1_500_000, "a"), Buffer.from("ff", "hex")]) }, "plain"],
    ["JSON", JSON.stringify(Array(400_000).fill("é😀")), "json"],
    ["JSON on two lines", `[1,\n"${"😀".repeat(1_000_001)}"]`, "json"],
    ["no JSON", `{${"😀".repeat(1_000_001)}`, "json"],
    ["a numeric", `1${"0".repeat(1_200_000)}`, "numeric"],
  ])("in pieces is the same: a large cell of %s", (_, cell, style) => {
    if (!isLarge(cell)) throw new Error("It is not large.");
    const pieces = [...largeCellPieces(cell, style)];
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
    expect(pieces.join("") === writeCell(cell, style)).toBe(true);
    const back = readBack(pieces.join(""), style);
    expect(typeof cell === "string" ? back === cell : Buffer.from(bytesOf(back)).equals(bytesOf(cell))).toBe(true);
  });

  it("is one for every cell of every column", () => {
    const jsonText = fc.json().map((text) => text.slice(0, 200));
    const cell = fc.oneof(
      fc.constant(null),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.double({ noNaN: true }),
      fc.string({ unit: "binary" }),
      jsonText,
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.uint8Array().map((bytes) => ({ broken: Buffer.from(bytes) })),
    );
    const style = fc.constantFrom<ColumnStyle>("plain", "numeric", "json");
    fc.assert(
      fc.property(cell, style, (value, kind) => {
        const text = writeCell(value, kind);
        const back = readBack(text, kind);
        expect(typeof back).toBe(typeof value);
        if (typeof value === "number") expect(Object.is(back, value)).toBe(true);
        else expect(back).toEqual(value);
        expect(() => JSON.parse(text)).not.toThrow();
        expect(text).not.toContain("\n");
      }),
      { numRuns: 300 },
    );
  });
});

describe("a line that the writer would not write", () => {
  it.each([
    ["", "the end of the line"],
    ['{"b":1}', 'where {"c": was expected'],
    ['{"c":1,"d":2}', "where the line should end"],
    ['{"c":1} ', "where the line should end"],
    ['{"c": 1}', "no cell"],
    ['{"c":01}', "where the line should end"],
    ['{"c":true}', "no cell"],
    ['{"c":nul}', "no cell"],
    ['{"c":9223372036854775808}', "beyond 64 bits"],
    ['{"c":1e400}', "beyond a double"],
    ['{"c":"a\tb"}', "no JSON string"],
    ['{"c":"\\ud800"}', "no JSON string"],
    ['{"c":"a', "no cell"],
    ['{"c":"a\\"}', "no cell"],
    ['{"c":{"a":1}}', "no cell"],
    ['{"c":[1]}', "no cell"],
    ['{"c":{"$bytes":"A"}}', "not valid base64"],
    ['{"c":{"$bytes":"AP8\\u003d"}}', "not valid base64"],
    ['{"c":{"$bytes":"AP8"}}', "not valid base64"],
    ['{"c":{"$bytes":"AP9="}}', "not valid base64"],
    ['{"c":{"$text":"0"}}', "not valid hex"],
    ['{"c":{"$text":"0F"}}', "not valid hex"],
    ['{"c":{"$text":"0"}}', "not valid hex"],
    ['{"c":{"$real":"NaN"}}', "no cell"],
    ['{"c":{"$other":"1"}}', "no cell"],
    ['{"c":{"$bytes":1}}', "no cell"],
  ])("%s", (line, message) => {
    expect(() => rowReader([{ name: "c", style: "plain" }], refuse)(line)).toThrow(message);
  });

  it("has JSON that is none", () => {
    const read = rowReader([{ name: "c", style: "json" }], refuse);
    expect(() => read('{"c":[1,]}')).toThrow("no JSON");
    expect(() => read('{"c":[1')).toThrow("no cell");
  });
});
