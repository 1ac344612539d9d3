import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RowFormat, rowsReader } from "../../src/json/rows.ts";
import { JsonTextError } from "../../src/json/text-error.ts";
import { jsonObject } from "./arbitrary.ts";
import { cell, exactJson, type JsonCell } from "./exact.ts";

type Rows = [table: string | null, rows: [string, JsonCell][][]][];
type Options = { format?: RowFormat; duplicates?: "refuse" | "first" | "last" };

describe("forms", () => {
  test.each<[string, string, string, unknown]>([
    ["lines", '{"a":1}\n{"a":2}\n', "lines", [[null, [1n, 2n]]]],
    ["lines with Windows ends and empty lines", '\r\n{"a":1}\r\n\r\n{"a":2}', "lines", [[null, [1n, 2n]]]],
    ["objects one after another", '{"a":1}{"a":2}  {"a":3}', "lines", [[null, [1n, 2n, 3n]]]],
    ["an array", ' [ {"a":1} , {"a":2} ] ', "array", [[null, [1n, 2n]]]],
    ["an empty array", "[]", "array", [[null, []]]],
    [
      "an object of arrays",
      '{"x":[{"a":1}],"y":[],"z":[{"a":2},{"a":3}]}',
      "tables",
      [
        ["x", [1n]],
        ["y", []],
        ["z", [2n, 3n]],
      ],
    ],
    ["a byte order mark", '\ufeff{"a":1}', "lines", [[null, [1n]]]],
  ])("%s", (_name, text, format, tables) => {
    const found = read([Buffer.from(text)]);
    expect(found.format).toBe(format);
    const values = found.tables.map(([name, rows]) => [
      name,
      rows.map((row) => (row[0]?.[1].kind === "integer" ? row[0][1].value : null)),
    ]);
    expect(values).toEqual(tables);
  });

  test.each([
    ['{"a":[{"b":1}]}\n{"a":[{"b":2}]}', "lines"],
    ['{"a":[{"b":1}],"n":1}', "lines"],
    ['{"a":[1,2]}', "lines"],
    ['{"a":[]}', "lines"],
    ["{}", "lines"],
    ['{"a":[{"b":1}]}', "tables"],
  ])("%s is %s", (text, format) => {
    expect(read([Buffer.from(text)]).format).toBe(format);
  });
});

describe("refusals name the line and the byte", () => {
  test.each([
    ["[1]", "a row must be an object, and this is a number", 1, 1],
    ['[{"a":1},\n"x"]', "a row must be an object, and this is a string", 10, 2],
    ['{"a":1}\n\n[2]', "a row must be an object, and this is an array", 9, 3],
    ['[{"a":1},]', "a comma stands before the closing bracket", 9, 1],
    ['[{"a":1}]\n{}', "something follows the array", 10, 2],
    ['{"a":1}\n{"a":2 "b"}', "expected , or } after a field", 15, 2],
    ['{"a":1,"b":2,"a":1}', 'the key "a" stands twice in one object', 13, 1],
    ["x", "a row must be an object, and this is no value of JSON", 0, 1],
    ["\xff\xfe[\0", "the file is UTF-16; JSON is UTF-8", 0, 1],
    ["\xff\xfe\0\0[\0\0\0", "the file is UTF-32; JSON is UTF-8", 0, 1],
    ["[\0\0\0{\0\0\0", "the file is UTF-32; JSON is UTF-8", 0, 1],
    ["\0[\0{", "the file is UTF-16; JSON is UTF-8", 0, 1],
  ])("%j", (text, reason, offset, line) => {
    const bytes = Buffer.from(text, "latin1");
    const refusal = { reason, place: { offset, line } };
    expect(refusalOf([bytes])).toMatchObject(refusal);
    // Wherever the chunks end, it is the same.
    expect(refusalOf([...bytes].map((byte) => Buffer.from([byte])))).toMatchObject(refusal);
  });

  test.each(['{"a":1}\n{"a":', '[{"a":1}', '[{"a":1},', "[", '{"x":[{"a":1}]', '{"a":"b', '{"a":1}\n{"a":1'])(
    "%j ends in the middle",
    (text) => {
      expect(refusalOf([Buffer.from(text)])).toMatchObject({ truncated: true, place: { offset: text.length } });
    },
  );

  test("a table that is no array, when the form is given", () => {
    expect(() => read([Buffer.from('{"a":[{}],"b":3}')], { format: "tables" })).toThrow(
      '"b" should be an array of rows',
    );
  });
});

test("of equal keys the first or the last counts", () => {
  const text = Buffer.from('{"a":1,"b":2,"\\u0061":3}');
  expect(read([text], { duplicates: "first" }).tables).toEqual([[null, [exactJson('{"a":1,"b":2}')]]]);
  expect(read([text], { duplicates: "last" }).tables).toEqual([[null, [exactJson('{"a":3,"b":2}')]]]);
});

test("__proto__, constructor and keys with escapes are ordinary keys", () => {
  const line = '{"__proto__":{"x":1},"constructor":2,"a\\"b":3,"a\\\\":4,"\\u0000":5,"":6}';
  expect(exactJson(line).map(([key]) => key)).toEqual(["__proto__", "constructor", 'a"b', "a\\", "\0", ""]);
  // A name that ends where the row before had a quote inside.
  const { tables } = read([Buffer.from('{"a\\"b":1}{"a":2}{"a\\"b":3}')]);
  expect(tables[0]?.[1].map((row) => row[0]?.[0])).toEqual(['a"b', "a", 'a"b']);
});

test("wherever a chunk ends, the rows are the same", () => {
  fc.assert(
    fc.property(
      fc.array(jsonObject, { minLength: 1, maxLength: 4 }),
      fc.constantFrom<RowFormat>("lines", "array", "tables"),
      (objects, format) => {
        const expected = objects.map((text) => exactJson(text));
        const bytes = Buffer.from(write(objects, format));
        const want: Rows = [[format === "tables" ? "t" : null, expected]];
        for (let cut = 0; cut <= bytes.length; cut++)
          expect(read([bytes.subarray(0, cut), bytes.subarray(cut)], { format }).tables).toEqual(want);
        expect(
          read(
            [...bytes].map((byte) => Buffer.from([byte])),
            { format },
          ).tables,
        ).toEqual(want);
      },
    ),
    { numRuns: 40 },
  );
});

test.each<[RowFormat, string]>([
  ["lines", '{"a": [{"b":1}]} \n{"a": [2]}'],
  ["lines", ' {"a" : 1}{"a":[{}]}'],
  ["tables", '{ "a": [{"b":1}], "c" : [ ] , "d":[{"b":[]}]} '],
  ["array", ' [{"a":[{}]}]'],
])("wherever a chunk ends, the form is found: %s", (format, text) => {
  const bytes = Buffer.from(text);
  for (let cut = 0; cut <= bytes.length; cut++)
    expect(read([bytes.subarray(0, cut), bytes.subarray(cut)]).format).toBe(format);
  expect(read([...bytes].map((byte) => Buffer.from([byte]))).format).toBe(format);
});

test("V8 reads the same", () => {
  fc.assert(
    fc.property(jsonObject, (text) => {
      const ours = exactJson(text).map(([key, value]) => [key, plain(value)]);
      expect(ours).toEqual(Object.entries(JSON.parse(text) as object));
    }),
    { numRuns: 300 },
  );
});

test("a row larger than many chunks is read in time", () => {
  const text = Buffer.from(`[{"a":"${"x".repeat(8_000_000)}","b":[${"1,".repeat(500_000)}1]}]`);
  const chunks: Buffer[] = [];
  for (let at = 0; at < text.length; at += 4096) chunks.push(text.subarray(at, at + 4096));
  const started = performance.now();
  const { tables } = read(chunks, { format: "array" });
  expect(tables[0]?.[1][0]?.[0]?.[1]).toEqual({ kind: "string", value: "x".repeat(8_000_000) });
  expect(performance.now() - started).toBeLessThan(3000);
});

function refusalOf(chunks: readonly Buffer[]): unknown {
  try {
    return read(chunks);
  } catch (thrown) {
    if (thrown instanceof JsonTextError) return thrown;
    throw thrown;
  }
}

function plain(value: JsonCell): unknown {
  switch (value.kind) {
    case "null":
      return null;
    case "integer":
      return Number(value.value);
    case "decimal":
      return Number(value.raw);
    case "json":
      return JSON.parse(value.raw);
    default:
      return value.value;
  }
}

function write(objects: readonly string[], format: RowFormat): string {
  if (format === "lines") return `${objects.join("\n")}\n`;
  const array = `[${objects.join(" ,\n")}]`;
  return format === "array" ? array : `{"t": ${array} }`;
}

function read(chunks: readonly Buffer[], options: Options = {}): { format: RowFormat | null; tables: Rows } {
  const tables: Rows = [];
  const reader = rowsReader(
    {
      table: (name) => tables.push([name, []]),
      row(record) {
        const fields: [string, JsonCell][] = [];
        for (let i = 0; i < record.count; i++)
          fields.push([record.keys[i]?.name ?? "", cell(record.kinds[i] ?? 0, record.values[i] ?? null)]);
        tables.at(-1)?.[1].push(fields);
      },
    },
    { format: options.format ?? "auto", duplicates: options.duplicates ?? "refuse" },
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { format: reader.format(), tables };
}
