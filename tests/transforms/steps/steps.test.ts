/** Each step by example: options, a row before, the row after. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/core/plan/transform.ts";
import { catalogOf, chainOf, refusal, rowsThrough, stepsOf } from "../chains.ts";

const catalog = catalogOf(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
);

function cells(step: Record<string, unknown>, a: Value, b: Value = null): Value[] {
  const chain = chainOf(catalog, "t", stepsOf(step), { env: { KEY: "k" } });
  return rowsThrough(chain, [[1n, a, b]], { users: [{ id: 7n, email: "x@y.z" }] }).t?.[0]?.slice(1) ?? [];
}

function columnsAfter(step: Record<string, unknown>): string[] {
  return chainOf(catalog, "t", stepsOf(step), { env: { KEY: "k" } }).outputs[0].columns.map(
    ({ name, declaredType, pgType }) => [name, pgType ?? declaredType].filter((word) => word !== "").join(" "),
  );
}

const invalidText = { rawText: Buffer.from([0xff]) };

describe("one cell", () => {
  it.each<[Record<string, unknown>, Value, Value]>([
    [{ trim: "a" }, "  x\t\n", "x"],
    [{ trim: { columns: ["a"] } }, 5n, 5n],
    [{ trim: "a" }, invalidText, invalidText],
    [{ case: { columns: "a", to: "upper" } }, "straße", "STRASSE"],
    [{ map: { column: "a", values: { P1: "critical" } } }, "P1", "critical"],
    [{ map: { column: "a", values: { 1: "low", "1.5": 2 } } }, 1n, "low"],
    [{ map: { column: "a", values: { 1: "low", "1.5": 2 } } }, 1.5, 2n],
    [{ map: { column: "a", values: { p1: true }, ignoreCase: true } }, "P1", 1n],
    [{ map: { column: "a", values: { x: "y" }, otherwise: "keep" } }, Buffer.from("z"), Buffer.from("z")],
    [{ map: { column: "a", values: { x: "y" }, otherwise: "null" } }, "z", null],
    [{ map: { column: "a", values: { x: "y" }, otherwise: null } }, "z", null],
    [{ map: { column: "a", values: { x: "y" }, otherwise: { value: "?" } } }, "toString", "?"],
    [{ map: { column: "a", values: { x: "y" } } }, null, null],
    [{ default: { values: { a: 5 } } }, null, 5n],
    [{ default: { values: { a: 5 } } }, "", ""],
    [{ default: { values: { a: 5.5 }, empty: true } }, "", 5.5],
    [{ cast: { columns: { a: "integer" } } }, " 007 ", 7n],
    [{ cast: { columns: { a: "integer" } } }, 5.0, 5n],
    [{ cast: { columns: { a: "bigint" } } }, "9223372036854775807", 9223372036854775807n],
    [{ cast: { columns: { a: "numeric" } } }, "1e3", "1000"],
    [{ cast: { columns: { a: "numeric" } } }, "1.5e-3", "0.0015"],
    [{ cast: { columns: { a: "numeric" } } }, "-01.10", "-1.10"],
    [{ cast: { columns: { a: "numeric" } } }, 0.1, "0.1"],
    [{ cast: { columns: { a: "real" } } }, "0.1", 0.1],
    [{ cast: { columns: { a: "real" } } }, 5n, 5],
    [{ cast: { columns: { a: "text" } } }, 5.0, "5.0"],
    [{ cast: { columns: { a: "boolean" } } }, "Yes", 1n],
    [{ cast: { columns: { a: "date" } } }, "2024-02-29 00:00:00", "2024-02-29"],
    [{ cast: { columns: { a: "timestamp" } } }, "2024-02-29T01:02:03.500", "2024-02-29 01:02:03.5"],
    [{ cast: { columns: { a: "timestamptz" } } }, "2024-02-29T01:02+02:00", "2024-02-28 23:02:00+00"],
    [{ cast: { columns: { a: "timestamptz" } } }, "2024-02-29 01:02:03+00", "2024-02-29 01:02:03+00"],
    [
      { cast: { columns: { a: "uuid" } } },
      "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    ],
    [{ cast: { columns: { a: "jsonb" } } }, '{"a":1.10}', '{"a":1.10}'],
    [{ cast: { columns: { a: "integer" }, otherwise: "null" } }, "x", null],
    [{ split: { column: "a", by: "," } }, 'a, b c,,"q",null', '{a,"b c","\\"q\\"","null"}'],
    [{ split: { column: "a", by: ",", trim: false, empty: "keep" } }, "a,, b\u00a0", '{a,""," b\u00a0"}'],
    [{ split: { column: "a", by: ",", empty: "null" } }, "a,,b\u00a0c", "{a,NULL,b\u00a0c}"],
    [{ split: { column: "a", by: ",", as: "json" } }, 'a,"b', '["a","\\"b"]'],
    [{ split: { column: "a", by: "," } }, "", "{}"],
    [{ split: { column: "a", by: "," } }, null, null],
    [{ "parse-date": { column: "a", layout: "epoch seconds" } }, 1700000000n, "2023-11-14 22:13:20+00"],
    [{ "parse-date": { column: "a", layout: "epoch seconds" } }, 1700000000.25, "2023-11-14 22:13:20.25+00"],
    [{ "parse-date": { column: "a", layout: "epoch seconds" } }, -1n, "1969-12-31 23:59:59+00"],
    [
      { "parse-date": { column: "a", layout: "epoch milliseconds", to: "timestamp" } },
      "1700000000123",
      "2023-11-14 22:13:20.123",
    ],
    [{ "parse-date": { column: "a", layout: "epoch microseconds" } }, -1n, "1969-12-31 23:59:59.999999+00"],
    [{ "parse-date": { column: "a", layout: "DD.MM.YYYY" } }, "29.02.2024", "2024-02-29"],
    [
      { "parse-date": { column: "a", layout: "D Mon YYYY HH12:MM AM", to: "timestamp" } },
      "1 Mar 2024 12:05 am",
      "2024-03-01 00:05:00",
    ],
    [{ "parse-date": { column: "a", layout: "Month D, YYYY" } }, "March 1, 2024", "2024-03-01"],
    [
      { "parse-date": { column: "a", layout: "YYYY-MM-DDTHH:MM:SS.fffZ" } },
      "2024-03-01T00:30:00.250+0100",
      "2024-02-29 23:30:00.25+00",
    ],
    [
      { "parse-date": { column: "a", layout: "YYYYMMDDHHMMSS", zone: "Europe/Berlin" } },
      "20240701120000",
      "2024-07-01 10:00:00+00",
    ],
    [{ "parse-date": { column: "a", layout: "DD.MM.YYYY", otherwise: "null" } }, "30.02.2024", null],
    [{ mask: { columns: "a", keepLast: 4 } }, "4111111111111234", "************1234"],
    [{ mask: { columns: "a", keepLast: 4 } }, "😀abc", "****"],
    [{ mask: { columns: "a", fixed: "hidden" } }, invalidText, "hidden"],
    [{ mask: { columns: "a", fixed: "hidden" } }, null, null],
    [{ hash: { columns: "a", keyFrom: "KEY" } }, 5n, createHmac("sha256", "k").update("5").digest("hex")],
    [
      { hash: { columns: "a", keyFrom: "KEY" } },
      Buffer.from([0xff]),
      createHmac("sha256", "k")
        .update(Buffer.from([0xff]))
        .digest("hex"),
    ],
  ])("%j of %o is %o", (step, before, after) => {
    expect(cells(step, before)[0]).toStrictEqual(after);
  });

  it.each<[Record<string, unknown>, Value, string]>([
    [{ map: { column: "a", values: { x: "y" } } }, "z", "the map has no such value"],
    [{ cast: { columns: { a: "integer" } } }, "2147483648", "no integer"],
    [{ cast: { columns: { a: "bigint" } } }, 5.5, "no bigint"],
    [{ cast: { columns: { a: "numeric" } } }, -0, "no numeric"],
    [{ cast: { columns: { a: "numeric" } } }, "1e999999", "no numeric"],
    [{ cast: { columns: { a: "real" } } }, 9007199254740993n, "no real"],
    [{ cast: { columns: { a: "real" } } }, "0.10000000000000000001", "no real"],
    [{ cast: { columns: { a: "text" } } }, Buffer.from("x"), "a BLOB is no text"],
    [{ cast: { columns: { a: "boolean" } } }, 2n, "no boolean"],
    [{ cast: { columns: { a: "date" } } }, "2023-02-29", "no date"],
    [{ cast: { columns: { a: "timestamp" } } }, "2024-01-01T00:00Z", "no timestamp"],
    [{ cast: { columns: { a: "timestamptz" } } }, 1700000000n, "no date"],
    [{ cast: { columns: { a: "jsonb" } } }, '{"a":1,"a":2}', "duplicate key"],
    [{ split: { column: "a", by: "," } }, "x\0,y", "NUL"],
    [{ split: { column: "a", by: "," } }, invalidText, "not valid in its encoding"],
    [{ "parse-date": { column: "a", layout: "DD.MM.YYYY" } }, "2024-02-29", "not written as DD.MM.YYYY"],
    [
      { "parse-date": { column: "a", layout: "YYYY-MM-DD HH:MM", zone: "Europe/Berlin" } },
      "2024-03-31 02:30",
      "never or twice",
    ],
    [
      { "parse-date": { column: "a", layout: "YYYY-MM-DD HH:MM", zone: "Europe/Berlin" } },
      "2024-10-27 02:30",
      "never or twice",
    ],
    [{ "parse-date": { column: "a", layout: "epoch seconds" } }, 0.0000001, "not written"],
    [{ "parse-date": { column: "a", layout: "epoch seconds" } }, 253402300800n, "years 1 to 9999"],
  ])("%j refuses %o", (step, before, message) => {
    const text = refusal(() => cells(step, before));
    expect(text).toMatch(/^TRANSFORM_FAILED: a: /);
    expect(text).toContain(message);
  });

  it("a masked address is the same for the same, and needs the key", () => {
    const step = { mask: { columns: "a", email: { keyFrom: "KEY" } } };
    const [masked] = cells(step, "ann@example.com");
    expect(masked).toMatch(/^user-[0-9a-f]{20}@example\.invalid$/);
    expect(cells(step, "ann@example.com")[0]).toBe(masked);
    const chain = chainOf(catalog, "t", stepsOf(step), { env: { KEY: "other" } });
    expect(rowsThrough(chain, [[1n, "ann@example.com", null]]).t?.[0]?.[1]).not.toBe(masked);
    expect(refusal(() => chainOf(catalog, "t", stepsOf(step)))).toContain("the environment variable KEY is not set");
  });
});

describe("columns", () => {
  it.each<[Record<string, unknown>, Value, Value, Value[], string[]]>([
    [{ constant: { c: "x", d: true } }, "a", "b", ["a", "b", "x", 1n], ["id INTEGER", "a", "b", "c TEXT", "d BOOLEAN"]],
    [
      { join: { columns: ["a", "b"], with: "-", as: "c" } },
      "x",
      5n,
      ["x", 5n, "x-5"],
      ["id INTEGER", "a", "b", "c TEXT"],
    ],
    [{ join: { columns: ["a", "b"], as: "c" } }, null, null, [null, null, null], ["id INTEGER", "a", "b", "c TEXT"]],
    [{ rename: { A: "c" } }, "x", 5n, ["x", 5n], ["id INTEGER", "c", "b"]],
    [{ drop: "a" }, "x", 5n, [5n], ["id INTEGER", "b"]],
    [{ keep: ["id", "b", "a"] }, "x", 5n, [5n, "x"], ["id INTEGER", "b", "a"]],
    [
      { "json-path": { column: "a", path: '$.x["y z"][1]', as: "c" } },
      '{"x":{"y z":[1,12345678901234567890]}}',
      null,
      ['{"x":{"y z":[1,12345678901234567890]}}', null, "12345678901234567890"],
      ["id INTEGER", "a", "b", "c"],
    ],
    [
      { "json-path": { column: "a", path: "$.n", as: "c", type: "numeric" } },
      '{"n":1.10}',
      null,
      ['{"n":1.10}', null, "1.10"],
      ["id INTEGER", "a", "b", "c numeric"],
    ],
    [
      { "json-path": { column: "a", path: "$.__proto__", as: "c" } },
      '{"x":1}',
      null,
      ['{"x":1}', null, null],
      ["id INTEGER", "a", "b", "c"],
    ],
    [
      { flatten: { column: "a", members: { x: "c", y: { as: "d", type: "boolean" }, z: {} } } },
      '{ "y": true, "x": {"q": [1, 2]} }',
      5n,
      [5n, '{"q": [1, 2]}', 1n, null],
      ["id INTEGER", "b", "c", "d boolean", "z"],
    ],
    [
      { lookup: { column: "b", in: "users", by: "id", take: "email", as: "mail" } },
      "x",
      7n,
      ["x", 7n, "x@y.z"],
      ["id INTEGER", "a", "b", "mail TEXT"],
    ],
    [
      { lookup: { column: "b", in: "users", by: "id", take: "email", as: "mail", otherwise: "null" } },
      "x",
      8n,
      ["x", 8n, null],
      ["id INTEGER", "a", "b", "mail TEXT"],
    ],
  ])("%j", (step, a, b, after, columns) => {
    expect(cells(step, a, b)).toStrictEqual(after);
    expect(columnsAfter(step)).toEqual(columns);
  });

  it.each<[Record<string, unknown>, Value, string]>([
    [{ flatten: { column: "a", members: ["x"] } }, '{"x":1,"y":2}', 'a member "y"'],
    [{ flatten: { column: "a", members: ["x"] } }, '{"x":1,"x":2}', '"x" stands twice'],
    [{ flatten: { column: "a", members: ["x"] } }, "[1]", "no JSON object"],
    [{ flatten: { column: "a", members: ["x"] } }, '{"x":"\\ud800"}', "surrogate"],
    [{ explode: { column: "a", into: "c" } }, '{"x":1}', "no JSON array"],
    [{ lookup: { column: "a", in: "users", by: "id", take: "email", as: "mail" } }, 8n, "no row of users"],
  ])("%j refuses %o", (step, value, message) => {
    expect(refusal(() => cells(step, value))).toContain(message);
  });
});

describe("rows", () => {
  const rows: Value[][] = [
    [1n, "x", 5n],
    [2n, "y", 5.0],
    [3n, "x", null],
  ];
  const through = (...steps: Record<string, unknown>[]) => rowsThrough(chainOf(catalog, "t", stepsOf(...steps)), rows);

  it.each<[unknown, bigint[]]>([
    [{ column: "b", op: "=", value: 5 }, [1n, 2n]],
    [{ column: "b", op: "!=", value: 5 }, []],
    [{ not: { column: "b", op: "=", value: 5 } }, [3n]],
    [{ column: "b", op: "is null" }, [3n]],
    [
      {
        all: [
          { column: "a", op: ">=", value: "x" },
          { column: "b", op: "<", value: 5.5 },
        ],
      },
      [1n, 2n],
    ],
    [
      {
        any: [
          { column: "a", op: "in", value: ["y"] },
          { column: "id", op: ">", value: 2 },
        ],
      },
      [2n, 3n],
    ],
    [{ column: "a", op: "not in", value: ["y", 1] }, [1n, 3n]],
    [{ column: "a", op: "starts with", value: "x" }, [1n, 3n]],
  ])("filter %j", (condition, ids) => {
    expect(through({ filter: condition }).t?.map(([id]) => id)).toEqual(ids);
  });

  it("dedupe keeps the first or the last; 5 and 5.0 are the same", () => {
    expect(through({ dedupe: { by: "a" } }).t?.map(([id]) => id)).toEqual([1n, 2n]);
    expect(through({ dedupe: { by: ["a"], keep: "last" } }).t?.map(([id]) => id)).toEqual([3n, 2n]);
    expect(through({ dedupe: { by: "b" } }).t?.map(([id]) => id)).toEqual([1n, 3n]);
  });

  it("explode makes a row of each element, with key and place", () => {
    const chain = chainOf(catalog, "t", stepsOf({ explode: { column: "a", into: "tags", value: "tag" } }));
    const made = rowsThrough(chain, [
      [1n, '["x", null, {"y": 1.50}, 2]', null],
      [2n, null, null],
      [3n, "[]", 5n],
    ]);
    expect(made).toEqual({
      t: [
        [1n, null],
        [2n, null],
        [3n, 5n],
      ],
      tags: [
        [1n, 1n, "x"],
        [1n, 2n, null],
        [1n, 3n, '{"y": 1.50}'],
        [1n, 4n, 2n],
      ],
    });
    expect(chain.outputs[1]).toMatchObject({ table: "tags", key: ["id", "ordinal"], parent: { table: "t" } });
  });

  it("explode takes what split made", () => {
    const made = through({ split: { column: "a", by: "," } }, { explode: { column: "a", into: "tags" } });
    expect(made.tags).toEqual([
      [1n, 1n, "x"],
      [2n, 1n, "y"],
      [3n, 1n, "x"],
    ]);
  });

  it("distribute moves columns to tables of their own", () => {
    expect(through({ distribute: { into: { bs: ["b"] } } })).toEqual({
      t: [
        [1n, "x"],
        [2n, "y"],
        [3n, "x"],
      ],
      bs: [
        [1n, 5n],
        [2n, 5.0],
      ],
    });
    expect(through({ distribute: { into: { bs: ["b"] }, empty: "keep" } }).bs).toHaveLength(3);
  });

  it("unify tags rows with their source and keeps the original id", () => {
    const chain = chainOf(catalog, "t", stepsOf({ unify: { into: "all", tag: "legacy" } }));
    expect(rowsThrough(chain, rows)).toEqual({ all: rows.map(([id, a, b]) => ["legacy", id, a, b]) });
    expect(chain).toMatchObject({ shared: true, outputs: [{ key: ["source", "source_id"] }] });
  });
});
