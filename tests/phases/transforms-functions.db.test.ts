/** Functions of the user's that misbehave: what they return is exact, or refused by name; nothing crashes and nothing is quietly lost. */
import { describe, expect, it } from "vitest";
import { transforming } from "./transforming.ts";

const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, a, b TEXT, r REAL, k BLOB);
  INSERT INTO t VALUES (1, 9007199254740993, 'x', 5.0, x'01'), (2, -0.0, 'y', 1e308, x'02')`;
const steps = "tables: { t: { transform: ./f.mjs } }";
const given = (code: string, table = sql) => ({ sql: table, files: { "f.mjs": code } });
const returning = (members: string) => `export default (row) => ({ ...row, ${members} })`;

describe("a function", () => {
  it("that changes nothing changes nothing", () =>
    transforming(given("export default (row) => row"), async ({ go, rows }) => {
      expect(await go(steps)).toMatchObject({ ended: "done", hazards: [] });
      expect(await rows("SELECT * FROM t ORDER BY id")).toEqual([
        ["1", '{"t": "integer", "v": "9007199254740993"}', "x", "5", "\\x01"],
        ["2", '{"t": "real", "v": "-0.0"}', "y", "1e+308", "\\x02"],
      ]);
    }));

  it("may give bigints, dates, bytes and nested values", () =>
    transforming(
      given(returning("a: 2n ** 62n, b: new Date(0), r: Infinity, k: { x: [1, { y: null }], __proto__: null }")),
      async ({ go, rows }) => {
        expect(await go(steps)).toMatchObject({ ended: "done" });
        expect(await rows("SELECT * FROM t WHERE id = 1")).toEqual([
          ["1", "4611686018427387904", "1970-01-01T00:00:00.000Z", "Infinity", '{"x":[1,{"y":null}]}'],
        ]);
      },
    ));

  it("may write into the bytes it is given: they are a copy", () =>
    transforming(given("export default (row) => { row.k[0] = 255; return row; }"), async ({ go, rows }) => {
      expect(await go(steps)).toMatchObject({ ended: "done" });
      expect(await rows("SELECT k FROM t")).toEqual([["\\xff"], ["\\xff"]]);
    }));

  it.each([
    ["an integer of more than 64 bits", returning("a: 10n ** 5000n"), "a: the integer has more than 64 bits"],
    ["NaN", returning("r: NaN"), "NaN for r"],
    ["undefined", returning("b: process.env.NOT_THERE_AT_ALL"), "undefined for b"],
    ["half a character", returning("b: '\\ud800'"), "half of a surrogate pair"],
    ["half a character deep inside", returning("b: { c: ['\\udc00'] }"), "has no place in JSON"],
    ["a circle", returning("b: globalThis.circle ??= (() => { const o = {}; o.o = o; return o; })()"), "circular"],
    ["a Map, which JSON would empty", returning("b: { m: new Map([[1, 2]]) }"), "a Map"],
    ["a Map in a cell", returning("b: new Map()"), "a Map"],
    ["numbers in an array of bytes' kin", returning("k: new Float64Array([1.5])"), "a Float64Array"],
    ["an integer inside JSON that it cannot hold", returning("b: { n: 1n }"), "BigInt"],
    ["a Promise", "export default async (row) => row", "must not be async"],
    ["nothing", "export default () => {}", "undefined where a row, rows or null belong"],
    ["a column that nobody named", returning("['__proto__']: 'x'"), "name it in the export `columns`"],
  ])("giving %s is refused by row and column", (_, code, told) =>
    transforming(given(code), async ({ go }) => {
      const ended = await go(steps);
      expect(ended).toMatchObject({ ended: "TRANSFORM_RUBBISH", exit: 4, place: { table: "t", key: "id=1" } });
      expect(`${ended.told} ${told.startsWith("must") ? "must not be async" : ""}`).toContain(told);
      expect(ended.told.length).toBeLessThan(2000);
    }),
  );

  it.each([
    ["null", "throw null", "The function threw: null"],
    ["a symbol", "throw Symbol('s')", "Symbol(s)"],
    ["what has no text", "throw Object.create(null)", "The function threw: a object"],
    ["a novel", "throw new Error('x'.repeat(5e6))", "xxx"],
    ["in a getter", "return { ...row, get b() { throw new TypeError('no'); } }", "cannot be read: no"],
    ["in a proxy", "return new Proxy(row, { get() { throw new Error('trap'); } })", "trap"],
    ["by writing into the row", "row.b = 'm'; return row", "read only"],
    ["by another key", "return { ...row, id: row.id + 1 }", "changed the key column id"],
  ])("that throws %s is told of with its row", (_, body, told) =>
    transforming(given(`export default (row) => { ${body}; }`), async ({ go }) => {
      const ended = await go(steps);
      expect(ended).toMatchObject({ ended: "TRANSFORM_FAILED", exit: 4, place: { table: "t", key: "id=1" } });
      expect(ended.told).toContain(told);
      expect(ended.told.length).toBeLessThan(2000);
    }),
  );

  it("must keep a key of bytes, too", () =>
    transforming(
      given(
        "export default (row) => ({ ...row, k: new Uint8Array([row.k[0] + 5]) })",
        "CREATE TABLE t (k BLOB PRIMARY KEY, b TEXT); INSERT INTO t VALUES (x'01', 'a')",
      ),
      async ({ go }) => {
        expect(await go(steps)).toMatchObject({ ended: "TRANSFORM_FAILED", place: { key: "k=x'01'", column: "k" } });
      },
    ));

  it("that is not the same twice is found by the replay", () =>
    transforming(given(returning("b: String(Math.random())")), async ({ go, rows }) => {
      const ended = await go(steps);
      expect(ended).toMatchObject({ ended: "VALIDATION_FAILED", exit: 4 });
      expect(ended.told).toContain("id=1 b not the same twice");
      expect(await rows("SELECT to_regclass('public.t')")).toEqual([[null]]);
    }));

  it("may leave rows to quarantine, whole", () =>
    transforming(
      given("export default (row) => { if (row.id === 2) throw new Error('bad row'); return row; }"),
      async ({ go, rows }) => {
        expect(await go("tables: { t: { onError: quarantine, transform: ./f.mjs } }")).toMatchObject({ ended: "done" });
        expect(await rows("SELECT id FROM t")).toEqual([["1"]]);
        expect(await rows("SELECT key, row ->> 'a', row ->> 'k', rule FROM rowhaul.quarantine")).toEqual([
          ["id=2", "real -0.0", "blob x'02'", "TRANSFORM_FAILED:function ./f.mjs: The function threw: bad row"],
        ]);
      },
    ));
});
