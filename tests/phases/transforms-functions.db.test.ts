/** Functions of the user's that misbehave: what they return is exact, or refused by name; nothing crashes and nothing is quietly lost. */
import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan/plan.ts";
import { transforming } from "./transforming.ts";

const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, a, b TEXT, r REAL, k BLOB);
  INSERT INTO t VALUES (1, 9007199254740993, 'x', 5.0, x'01'), (2, -0.0, 'y', 1e308, x'02')`;
const envelope = "\naccept: [{ code: MIXED_CLASSES, column: t.a, policy: envelope }]";
const steps = `tables: { t: { transform: ./f.mjs } }${envelope}`;
const given = (code: string, table = sql) => ({ sql: table, files: { "f.mjs": code } });
const returning = (members: string) => `export default (row) => ({ ...row, ${members} })`;

describe("a function", () => {
  it("that changes nothing changes nothing", () =>
    transforming(given("export default (row) => row"), async ({ go, rows }) => {
      expect(await go(steps)).toMatchObject({ ended: "done", hazards: ["MIXED_CLASSES t.a"] });
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
      expect(`${ended.message} ${told.startsWith("must") ? "must not be async" : ""}`).toContain(told);
      expect(ended.message.length).toBeLessThan(2000);
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
      expect(ended.message).toContain(told);
      expect(ended.message.length).toBeLessThan(2000);
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
      expect(ended.message).toContain("id=1 b not the same twice");
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

const hung = `
  CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE t (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL DEFAULT 'none' CHECK (length(name) < 6), code TEXT UNIQUE COLLATE NOCASE,
    qty INTEGER NOT NULL CHECK (qty > 0), u INTEGER REFERENCES u (id), price REAL, day DATE, note BLOB, empty INTEGER,
    size INTEGER AS (length(name)) STORED, more REAL AS (qty + 1) VIRTUAL);
  CREATE UNIQUE INDEX t_once ON t (u, price) WHERE qty > 1;
  CREATE INDEX t_name ON t (lower(name));
  INSERT INTO u VALUES (1, 'a'), (2, 'b');
  INSERT INTO t (id, name, code, qty, u, price, day) VALUES (1, 'one', 'c1', 1, 1, 1.5, '2024-01-01'), (2, 'two', 'c2', 2, 2, 2.0, NULL), (7, 'x', NULL, 3, NULL, NULL, NULL);
  DELETE FROM t WHERE id = 7`;
const both = "tables: { t: { transform: ./f.mjs }, u: {} }";
const types = {
  id: "bigint",
  name: "text",
  code: "text",
  qty: "bigint",
  u: "bigint",
  price: "double precision",
  day: "date",
  note: "bytea",
  empty: "bigint",
  size: "bigint",
  more: "double precision",
};
const typesOf =
  "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 0 ORDER BY attnum";
const objects = `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'public.t'::regclass AND contype <> 'n'
  UNION ALL SELECT substr(indexdef, strpos(indexdef, 'USING')) FROM pg_indexes WHERE tablename = 't' AND indexname IN ('t_once', 't_name')
  UNION ALL SELECT attname || ' ' || attgenerated::text || ' ' || pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE adrelid = 'public.t'::regclass
  UNION ALL SELECT 'next ' || (last_value + is_called::int) FROM public.t_id_seq ORDER BY 1`;

describe("a function that changes one column", () => {
  it.each([
    ["name", "name: row.name + '!'", { name: ["one!", "two!"], size: ["4", "4"] }],
    ["an expression's column, with what it gives", "qty: row.qty * 2, more: row.qty * 2 + 1", { more: ["3", "5"] }],
    ["u", "u: 3 - row.u", { u: ["2", "1"] }],
    ["code", "code: row.code.toUpperCase()", { code: ["C1", "C2"] }],
    ["price", "price: row.price * 2", { price: ["3", "4"] }],
    ["note", "note: new Uint8Array([row.id])", { note: ["\\x01", "\\x02"] }],
    ["empty", "empty: 5", { empty: ["5", "5"] }],
  ])("%s keeps all declarations while the values fit them", (_, members, expected) =>
    transforming(given(returning(members), hung), async ({ go, rows }) => {
      const ended = await go(both);
      expect(ended).toMatchObject({
        ended: "done",
        hazards: [],
        leftOut: [expect.stringContaining("sqlite_sequence")],
      });
      expect(Object.fromEntries(await rows(typesOf))).toEqual(types);
      expect((await rows(objects)).flat()).toEqual([
        "CHECK ((char_length(name) < 6))",
        "CHECK ((qty > 0))",
        "FOREIGN KEY (u) REFERENCES u(id)",
        "PRIMARY KEY (id)",
        expect.stringContaining("USING btree (lower("),
        "USING btree (u, price) WHERE (qty > 1)",
        expect.stringMatching(/^more s/),
        "name  'none'::text",
        "next 8",
        expect.stringMatching(/^size s/),
      ]);
      for (const [column, values] of Object.entries(expected))
        expect([column, (await rows(`SELECT ${column} FROM t ORDER BY id`)).flat()]).toEqual([column, values]);
    }),
  );

  it("and not what is computed from it is told so", () =>
    transforming(given(returning("name: row.name + '!'"), hung), async ({ go }) => {
      const notes: string[] = [];
      await go(both, { onPlan: (plan) => void notes.push(...plan.notes.map(({ code, at }) => `${code} ${at}`)) });
      expect(notes).toEqual(expect.arrayContaining(["COMPUTED_ANEW t.size", "TRANSFORMED t"]));
      expect(notes).not.toContain("COMPUTED_ANEW t.more");
    }));

  it.each([
    ["a value that its expression does not give", "size: 99", ["GENERATED_LOST t.size"]],
    ["NULL in a NOT NULL column", "empty: null, qty: row.id === 2 ? null : row.qty", ["CHECK_LOST t.qty"]],
    ["a value that a check refuses", "qty: -row.qty", ["CHECK_LOST t.check2"]],
    ["a row that is not there", "u: row.u + 1", ["ORPHAN_ROWS t.u"]],
  ])("%s: that alone is asked", (_, members, hazards) =>
    transforming(given(returning(members), hung), async ({ go, rows }) => {
      expect(await go(both)).toMatchObject({ ended: "HAZARDS_NOT_ACCEPTED", exit: 2, hazards });
      expect(await go(both, { acceptAll: true })).toMatchObject({ ended: "done", hazards });
      expect(Object.fromEntries(await rows(typesOf))).toEqual(types);
    }),
  );

  it("values made equal are refused with the constraint's name", () =>
    transforming(given(returning("code: row.id === 1 ? 'C' : 'c'"), hung), async ({ go }) => {
      const ended = await go(both);
      expect(ended).toMatchObject({ ended: "CONSTRAINT_VIOLATED", hazards: [] });
      expect(ended.message).toContain('{ code: UNIQUENESS_LOST, object: "t_code_key" }');
    }));

  it.each([
    ["texts in a REAL column", "price: String(row.price)", "price", "text", ["1.5", "2"]],
    [
      "texts among its integers",
      "empty: row.id === 1 ? '5' : 5",
      "empty",
      "jsonb",
      ['{"t": "text", "v": "5"}', '{"t": "integer", "v": "5"}'],
    ],
    ["a text in a date's place", "day: '5'", "day", "text", ["5", "5"]],
  ])("%s: values are those of the function, whatever is declared", (_, members, column, type, values) =>
    transforming(given(returning(members), hung), async ({ go, rows }) => {
      // What holds several classes is asked for, as it would be without the function.
      const asked = type === "jsonb" ? [`MIXED_CLASSES t.${column}`] : [];
      const accepted =
        asked.length > 0 ? `\naccept: [{ code: MIXED_CLASSES, column: t.${column}, policy: envelope }]` : "";
      expect(await go(`${both}${accepted}`)).toMatchObject({ ended: "done", hazards: asked });
      expect(Object.fromEntries(await rows(typesOf))).toEqual({ ...types, [column]: type });
      expect((await rows(`SELECT ${column} FROM t ORDER BY id`)).flat()).toEqual(values);
    }),
  );
});

describe("columns that a function adds", () => {
  it("have the types of their values; without any they are text, and that is said", () =>
    transforming(
      given(
        "export const columns = { a: '', b: '', c: 'INTEGER', d: 'DECIMAL(8,2)', e: '' }; export default (row) => ({ ...row, a: null, b: 1.5, c: null, d: 2.25, e: new Uint8Array([1]) })",
        hung,
      ),
      async ({ go, rows }) => {
        const notes: string[] = [];
        const onPlan = (plan: Plan) => void notes.push(...plan.notes.map(({ code, at }) => `${code} ${at}`));
        expect(await go(both, { onPlan })).toMatchObject({ ended: "done", hazards: [] });
        const added = { a: "text", b: "double precision", c: "bigint", d: "numeric", e: "bytea" };
        expect(Object.fromEntries(await rows(typesOf))).toEqual({ ...types, ...added });
        expect(notes.filter((note) => note.startsWith("NO_TYPE"))).toEqual(["NO_TYPE_NO_VALUES t.a"]);
      },
    ));
});

describe("a function that gives rows keys of their own", () => {
  const sql =
    "CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, tags TEXT); INSERT INTO p VALUES (3, 'a,b'), (4, 'c')";
  const yaml = "tables: { p: { transform: { function: { file: ./f.mjs, keys: made } } } }";
  const identity =
    "SELECT attidentity, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'public.p'::regclass AND attname = 'id'";

  it("still has them numbered when they are numbers, each once", () =>
    transforming(
      given("export default (row) => row.tags.split(',').map((tags, i) => ({ id: row.id * 10 - i, tags }))", sql),
      async ({ go, rows }) => {
        expect(await go(yaml)).toMatchObject({ ended: "done", hazards: [] });
        expect(await rows("SELECT * FROM p ORDER BY id")).toEqual([
          ["29", "b"],
          ["30", "a"],
          ["40", "c"],
        ]);
        expect(await rows(identity)).toEqual([["d", "bigint"]]);
        expect(await rows("INSERT INTO p (tags) VALUES ('n') RETURNING id")).toEqual([["41"]]);
      },
    ));

  it("has none where they are texts", () =>
    transforming(given("export default (row) => ({ id: 'k' + row.id, tags: row.tags })", sql), async ({ go, rows }) => {
      const ended = await go(yaml);
      expect(ended).toMatchObject({ ended: "done", hazards: [] });
      expect(ended.leftOut).toContain("the rowid key p.id: its values are changed, so nothing numbers new rows");
      expect(await rows("SELECT * FROM p ORDER BY id")).toEqual([
        ["k3", "a,b"],
        ["k4", "c"],
      ]);
      expect(await rows(identity)).toEqual([["", "text"]]);
    }));
});
