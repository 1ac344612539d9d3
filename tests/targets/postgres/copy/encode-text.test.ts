import { describe, expect, it } from "vitest";
import type { Encoding } from "../../../../src/core/values/encoding.ts";
import type { Slot } from "../../../../src/core/values/wire.ts";
import { textRowEncoder } from "../../../../src/targets/postgres/copy/encode-text.ts";
import { columnPlan } from "../plans.ts";

const line = (...cells: readonly (readonly [Encoding, Slot])[]): string =>
  textRowEncoder(cells.map(([encoding], i) => columnPlan(`c${i}`, encoding)))(cells.map(([, slot]) => slot));

describe("COPY's text format", () => {
  it("separates cells, and escapes what would end or mean something", () => {
    const text: Encoding = { kind: "text" };
    const json: Encoding = { kind: "literal", type: "json" };
    expect(line([text, "a\tb\nc\rd\\e"], [json, "\\N"], [text, null], [text, ""])).toBe(
      "a\\tb\\nc\\rd\\\\e\t\\\\N\t\\N\t\n",
    );
  });

  it("writes each encoding as its type reads it", () => {
    const bits: Encoding = { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } };
    const layout = "YYYY-MM-DD HH:MM+00:00";
    expect(
      line(
        [{ kind: "integer", width: 8, wide: true }, "-9223372036854775808"],
        [{ kind: "real" }, -0],
        [{ kind: "real" }, Number.NEGATIVE_INFINITY],
        [{ kind: "numeric" }, 1e21],
        [bits, 1],
        [bits, 0],
        [{ kind: "bytes" }, Buffer.from([0, 255])],
        [{ kind: "text-bytes" }, "é"],
        [{ kind: "date", layout: "YYYY-MM-DD" }, "2024-02-29"],
        [{ kind: "timestamp", layout }, "2024-01-01 00:30+05:30"],
        [{ kind: "timestamptz", layout: "YYYY-MM-DDTHH:MM:SS.SSSZ" }, "0001-01-01T00:00:00.001Z"],
        [{ kind: "epoch", unit: "milliseconds", zoned: false }, "-1"],
        [{ kind: "tagged" }, Buffer.from("tx\\y")],
      ).split("\t"),
    ).toEqual([
      "-9223372036854775808",
      "-0",
      "-Infinity",
      "1000000000000000000000.0",
      "t",
      "f",
      "\\\\x00ff",
      "\\\\xc3a9",
      "2024-02-29",
      "2023-12-31 19:00:00.000000",
      "0001-01-01 00:00:00.001000",
      "1969-12-31 23:59:59.999000",
      '{"t":"text","v":"x\\\\\\\\y"}\n',
    ]);
  });
});
