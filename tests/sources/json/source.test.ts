import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonSource } from "../../../src/sources/json/source.ts";
import { proveJsonSnapshot } from "../../../src/validators/snapshot/json-file.ts";
import { jsonNumber, jsonString, jsonValue } from "../../json/arbitrary.ts";
import { sharedData } from "../../support/shared-data.ts";
import { plainSettings, takeFile, takeText } from "./read.ts";

describe("cells and types", () => {
  test("each kind of value in a column of its own", async () => {
    const taken = await takeText(
      [
        '{"b":true,"i":9007199254740993,"d":1.10,"s":"x","j":{"a": [1.50]},"day":"2024-02-29","at":"2024-02-29T12:00:00Z","n":null}',
        '{"b":false,"i":-9223372036854775808,"d":1e3,"s":"2024-02-29","j":[],"day":"2023-01-01","at":"2023-01-01T00:00:00Z","n":null}',
      ].join("\n"),
    );
    expect(taken.types("t")).toEqual([
      "b BOOLEAN",
      "i INTEGER",
      "d numeric/numeric",
      "s TEXT",
      "j JSON",
      "day DATE",
      "at DATETIME",
      "n TEXT",
    ]);
    expect(taken.rows("t")).toEqual([
      [1n, 9007199254740993n, "1.10", "x", '{"a": [1.50]}', "2024-02-29", "2024-02-29T12:00:00Z", null],
      [0n, -9223372036854775808n, "1000", "2024-02-29", "[]", "2023-01-01", "2023-01-01T00:00:00Z", null],
    ]);
    expect(taken.info.proof).toMatchObject({ passed: true, checked: { rows: 2, cells: 16 } });
  });

  test("a table whose rows must be put in order again, beside one of any name", async () => {
    const taken = await takeText('{"x rowhaul":[{"id":1}],"x":[{"id":2},{"id":1}]}');
    expect([taken.rows("x rowhaul"), taken.rows("x")]).toEqual([[[1n]], [[2n], [1n]]]);
  });

  test.each<[string, string[], string, unknown[]]>([
    ["integers, then a decimal", ["1", "2.50", "3"], "numeric/numeric", ["1", "2.50", "3"]],
    [
      "integers, then one beyond 64 bits",
      ["1", "9223372036854775808"],
      "numeric/numeric",
      ["1", "9223372036854775808"],
    ],
    ["integers, then text", ["1", '"1"'], "JSON", ["1", '"1"']],
    ["booleans, then integers", ["true", "1", "false"], "JSON", ["true", "1", "false"]],
    ["text, then nested", ['"a\\u0000\\"é"', "null", "{}"], "JSON", ['"a\\u0000\\"é"', null, "{}"]],
    ["decimals, then text", ["1.10", "1e3", '"x"'], "JSON", ["1.10", "1000", '"x"']],
    ["three climbs", ["1", "2.5", "true"], "JSON", ["1", "2.5", "true"]],
    ["numeric cannot hold it", ["1.5", "1e999999"], "JSON", ["1.5", "1e999999"]],
    [
      "a negative zero among doubles",
      ["-0.0", "5.0", "0.1", "1e21", "1.5e-7"],
      "double precision/double precision",
      ["-0", "5", "0.1", "1e+21", "1.5e-07"],
    ],
    ["a negative zero among decimals", ["1.10", "-0.0", "7"], "JSON", ["1.10", "-0.0", "7"]],
    ["a negative zero among large integers", ["9007199254740993", "-0"], "JSON", ["9007199254740993", "-0"]],
    ["dates of two layouts", ['"2024-01-01"', '"2024-01-01T00:00:00"'], "TEXT", ["2024-01-01", "2024-01-01T00:00:00"]],
    ["a date that is none", ['"2024-02-30"', '"2024-02-28"'], "TEXT", ["2024-02-30", "2024-02-28"]],
    ["null before anything", ["null", "null", "7"], "INTEGER", [null, null, 7n]],
  ])("%s", async (_name, values, type, cells) => {
    const taken = await takeText(values.map((value) => `{"x":${value}}`).join("\n"));
    expect(taken.types("t")).toEqual([`x ${type}`]);
    expect(taken.rows("t").map(([cell]) => cell)).toEqual(cells);
    expect(taken.info.proof?.findings).toEqual([]);
  });

  test("fields that come late, in another order, or never again", async () => {
    const taken = await takeText('{"a":1}{}{"b":"x","a":2}{"__proto__":3,"constructor":null,"":4,"a\\"b":5}', {
      missing: "null",
    });
    expect(taken.types("t").map((type) => type.split(" ")[0])).toEqual([
      "a",
      "b",
      "__proto__",
      "constructor",
      "",
      'a"b',
    ]);
    expect(taken.rows("t")).toEqual([
      [1n, null, null, null, null, null],
      [null, null, null, null, null, null],
      [2n, "x", null, null, null, null],
      [null, null, 3n, null, 4n, 5n],
    ]);
    expect(taken.info.proof?.passed).toBe(true);
  });

  test("fields that differ only in case are two columns", async () => {
    const taken = await takeText('{"Name":1,"name":2,"NAME":3,"name_2":4}');
    expect(taken.catalog.tables[0]?.columns.map((column) => column.name)).toEqual([
      "Name",
      "name_2",
      "NAME_3",
      "name_2_2",
    ]);
    expect(taken.rows("t")).toEqual([[1n, 2n, 3n, 4n]]);
    expect(taken.info.proof).toMatchObject({ passed: true });
    expect(taken.info.proof?.findings.filter((finding) => finding.level === "note")).toHaveLength(3);
  });
});

describe("missing and null", () => {
  const both = '{"a":1,"b":null}\n{"a":2}\n{"b":"x","c":1}\n{"a":null,"b":"NULL"}';
  test("are refused together, with counts", async () => {
    await expect(takeText(both)).rejects.toMatchObject({
      code: "MISSING_AND_NULL",
      details: [
        "t.a: missing in 1 rows (first: row 3), null in 1 (first: row 4)",
        "t.b: missing in 1 rows (first: row 2), null in 1 (first: row 1)",
      ],
    });
  });

  test("are both NULL when the pipeline says so", async () => {
    const taken = await takeText(both, { missing: "null" });
    expect(taken.rows("t")).toEqual([
      [1n, null, null],
      [2n, null, null],
      [null, "x", 1n],
      [null, "NULL", null],
    ]);
  });

  test("are told apart by a column of names", async () => {
    const taken = await takeText(both, { missing: "keep" });
    expect(taken.types("t").at(-1)).toBe("missing text[]/text[]");
    expect(taken.rows("t")).toEqual([
      [1n, null, null, null],
      [2n, null, null, "{b}"],
      [null, "x", 1n, "{a}"],
      [null, "NULL", null, null],
    ]);
    expect(taken.info.proof?.passed).toBe(true);
  });

  test("whose names need quotes, beside a field that is called missing", async () => {
    const rows = ["{}", '{"a b":null,"null":null,"q\\"\\\\":null,"":null,"missing":1}'];
    const taken = await takeText(rows.join("\n"), { missing: "keep" });
    expect(taken.types("t").at(-1)).toBe("missing_2 text[]/text[]");
    expect(taken.rows("t").map((row) => row.at(-1))).toEqual(['{"a b","null","q\\"\\\\",""}', null]);
    expect(taken.info.proof?.passed).toBe(true);
  });
});

describe("keys", () => {
  const key = async (text: string, settings = {}) => {
    const taken = await takeText(text, settings, "users.json");
    const [table] = taken.catalog.tables;
    return [
      table?.primaryKey ?? null,
      table?.columns.some((column) => column.isRowid) ?? false,
      taken.info.proof?.passed,
    ];
  };

  test("a field that is named like one and can be one", async () => {
    expect(await key('{"id":1}{"id":5}')).toEqual([["id"], true, true]);
    expect(await key('{"x":1,"users_id":1}{"users_id":2,"x":1}')).toEqual([["users_id"], true, true]);
    expect(await key('{"UsersId":"a"}{"UsersId":"b"}')).toEqual([["UsersId"], false, true]);
    // Rows that are not in order keep the file's.
    expect(await key('{"id":5}{"id":1}{"id":7}')).toEqual([["id"], false, true]);
  });

  test("not when it repeats, is null, is missing or is no integer or text", async () => {
    for (const text of [
      '{"id":1}{"id":1}',
      '{"id":1}{"id":null}',
      '{"id":1}{"x":2}',
      '{"id":1}{"id":1.5}',
      '{}{"id":1}',
    ])
      expect(await key(text), text).toEqual([null, false, true]);
  });

  test("declared ones, of several fields too", async () => {
    const text = '{"a":1,"b":"x"}{"a":1,"b":"y"}';
    expect(await key(text, { key: { users: ["a", "b"] } })).toEqual([["a", "b"], false, true]);
    await expect(key(text, { key: { users: ["a"] } })).rejects.toMatchObject({
      code: "SOURCE_JSON",
      place: { key: "a=1" },
    });
    await expect(key(text, { key: { users: ["c"] } })).rejects.toThrow("names c, which no row");
    await expect(key('{"a":1}{"a":null}', { key: { users: ["a"] } })).rejects.toThrow("has no value in row 2");
    await expect(key(text, { key: { other: ["a"] } })).rejects.toThrow("has no such table");
  });

  test("the file's order survives a key that turns out to be none", async () => {
    const taken = await takeText('{"id":3,"x":"a"}{"id":4,"x":"b"}{"x":"c","id":2}{"id":"z","x":"d"}');
    expect(taken.rows("t")).toEqual([
      ["3", "a"],
      ["4", "b"],
      ["2", "c"],
      ['"z"', "d"],
    ]);
  });
});

describe("files", () => {
  test("compressed ones, by their first bytes", async () => {
    const text = Array.from({ length: 5000 }, (_, i) => `{"id":${i},"x":"é${i}"}`).join("\n");
    const taken = await takeText(gzipSync(text), {}, "rows.ndjson.gz");
    expect(taken.rows("rows")).toHaveLength(5000);
    expect(taken.info.proof?.passed).toBe(true);
    await expect(takeText(gzipSync(text).subarray(0, 9000))).rejects.toMatchObject({ code: "SOURCE_TRUNCATED" });
    const damaged = gzipSync(text);
    damaged.fill(0x55, 500, 900);
    await expect(takeText(damaged)).rejects.toMatchObject({ code: "SOURCE_JSON" });
  });

  test.each<[string, string, object, string]>([
    ["nothing", "", {}, "SOURCE_EMPTY"],
    ["white space", " \n", {}, "SOURCE_EMPTY"],
    ["an empty array", "[]", {}, "SOURCE_EMPTY"],
    ["empty arrays", '{"a":[],"b":[]}', { format: "tables" }, "SOURCE_EMPTY"],
    ["rows without fields", "{}{}", {}, "SOURCE_JSON"],
    ["rows that are texts", '["a","b"]', {}, "SOURCE_JSON"],
    ["a row cut off", '{"a":1}\n{"a":', {}, "SOURCE_TRUNCATED"],
    ["equal keys", '{"a":1,"a":2}', {}, "SOURCE_JSON"],
    ["a NUL in a name", '{"a\\u0000":1}', {}, "SOURCE_JSON"],
    ["tables that are one to SQL", '{"a":[{"x":1}],"A":[{"x":1}]}', {}, "SOURCE_JSON"],
    ["a reserved name", '{"sqlite_x":[{"x":1}]}', {}, "SOURCE_JSON"],
    ["UTF-16", "\ufffe[]", {}, "SOURCE_JSON"],
  ])("refuses %s", async (_name, text, settings, code) => {
    await expect(takeText(text, settings)).rejects.toMatchObject({ code });
  });

  test("more fields than PostgreSQL has columns", async () => {
    const row = (count: number) => `{${Array.from({ length: count }, (_, i) => `"f${i}":${i}`).join(",")}}`;
    expect((await takeText(row(1600))).rows("t")[0]).toHaveLength(1600);
    await expect(takeText(row(1601))).rejects.toThrow("more than 1600 different fields");
  });

  test("equal keys by choice", async () => {
    const text = '{"a":1,"b":0,"a":2}';
    const first = await takeText(text, { duplicateKeys: "first" });
    const last = await takeText(text, { duplicateKeys: "last" });
    expect([first.rows("t"), last.rows("t")]).toEqual([[[1n, 0n]], [[2n, 0n]]]);
    expect([first.info.proof?.passed, last.info.proof?.passed]).toEqual([true, true]);
    expect(first.info.proof?.findings[0]?.message).toBe(
      "1 keys that stood twice in their object were passed over (first counts).",
    );
  });

  test("as a port: checks, fingerprint, changes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rowhaul-json-"));
    try {
      const path = join(folder, "a.json");
      const signal = new AbortController().signal;
      const source = jsonSource(path, plainSettings, proveJsonSnapshot);
      await expect(source.check()).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
      writeFileSync(path, '\ufeff{"a":1}');
      expect(await source.check()).toEqual([`${path} begins with a byte order mark, which is passed over.`]);
      const info = await source.snapshot(join(folder, "s.db"), () => {}, signal);
      expect(info.fingerprint).toBe(await source.fingerprint());
      expect(await source.verify(info)).toBe(true);
      await source.checkUnchanged(info, signal);
      writeFileSync(path, '\ufeff{"a":2}');
      expect(await source.fingerprint()).not.toBe(info.fingerprint);
      await expect(source.checkUnchanged(info, signal)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
      await expect(jsonSource(folder, plainSettings, null).check()).rejects.toMatchObject({
        code: "SOURCE_UNREADABLE",
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("stops when told to", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rowhaul-json-"));
    try {
      const path = join(folder, "a.json");
      writeFileSync(path, '{"a":1}');
      const source = jsonSource(path, plainSettings, null);
      const reason = new Error("enough");
      await expect(source.snapshot(join(folder, "s.db"), () => {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test("whatever the rows hold, another parser finds it in the snapshot", async () => {
  const column = fc.oneof(
    fc.constant(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(String)),
    fc.constant(jsonNumber),
    fc.constant(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? "-0.0" : String(n))),
    ),
    fc.constant(jsonString),
    fc.constant(fc.constantFrom("true", "false")),
    fc.constant(jsonValue),
  );
  const rows = fc.tuple(column, column, column).chain((columns) =>
    fc.array(
      fc.tuple(
        ...columns.map((values) =>
          fc.option(fc.oneof({ weight: 8, arbitrary: values }, { weight: 1, arbitrary: fc.constant("null") }), {
            freq: 6,
          }),
        ),
      ),
      { minLength: 1, maxLength: 8 },
    ),
  );
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom("null", "keep"), fc.boolean(), async (found, missing, array) => {
      const objects = found.map((cells, i) => {
        const fields = cells.flatMap((text, at) => (text === null ? [] : [`"${"abc"[at]}":${text}`]));
        return `{${[`"id":${i}`, ...(i % 2 === 0 ? fields : fields.reverse())].join(",")}}`;
      });
      const text = array ? `[${objects.join(",")}]` : objects.join("\n");
      const taken = await takeText(text, { missing: missing as "null" | "keep" });
      const differences = taken.info.proof?.findings.filter((finding) => finding.level === "difference");
      expect(differences).toEqual([]);
      expect(taken.info.proof?.checked.rows).toBe(found.length);
    }),
    { numRuns: 25 },
  );
});

describe.skipIf(sharedData("json/chinook.json") === null)("real files", () => {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-json-"));
  const at = (name: string) => sharedData(name) ?? "";

  test("chinook: the rows of the SQLite database that it was made with", async () => {
    const taken = await takeFile(at("json/chinook.json"), {}, join(folder, "chinook.db"));
    expect(taken.info.proof).toMatchObject({ passed: true });
    expect(taken.catalog.tables).toHaveLength(11);
    const db = new Database(at("sqlite/chinook.sqlite"), { readonly: true });
    for (const table of taken.catalog.tables) {
      const count = db.prepare(`SELECT count(*) FROM "${table.name}"`).pluck().get();
      expect(taken.rows(table.name), table.name).toHaveLength(Number(count));
    }
    db.close();
    const genre = taken.catalog.tables.find((table) => table.name === "Genre");
    expect([genre?.primaryKey, genre?.columns[0]?.isRowid]).toEqual([["GenreId"], true]);
    expect(taken.types("Track").find((type) => type.startsWith("UnitPrice"))).toBe("UnitPrice numeric/numeric");
  });

  test("countries: nested values, all scripts", async () => {
    const taken = await takeFile(at("json/countries.json"), { missing: "null" }, join(folder, "countries.db"));
    expect(taken.info.proof).toMatchObject({ passed: true });
    const types = taken.types("countries");
    expect(types).toContain("timezones JSON");
    expect(types).toContain("numeric_code TEXT");
    expect(taken.rows("countries")[0]?.slice(0, 5)).toEqual([1n, "Afghanistan", "AFG", "AF", "004"]);
    expect(taken.rows("countries")).toHaveLength(250);
  });

  test("naughty strings", async () => {
    await expect(takeFile(at("text/blns.json"), {}, join(folder, "blns.db"))).rejects.toThrow(
      "a row must be an object, and this is a string",
    );
    const strings = (await import("node:fs")).readFileSync(at("text/blns.json"), "utf8");
    const all = JSON.parse(strings) as string[];
    const taken = await takeText(all.map((one) => JSON.stringify({ one })).join("\n"));
    expect(taken.rows("t").map(([cell]) => cell)).toEqual(all);
    expect(taken.info.proof?.passed).toBe(true);
  });
});
