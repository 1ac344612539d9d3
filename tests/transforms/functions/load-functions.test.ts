import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { RowhaulError } from "../../../src/core/messages/errors.ts";
import type { Value } from "../../../src/core/plan/transform.ts";
import { type LoadedFunction, loadFunctions } from "../../../src/transforms/functions/load-functions.ts";
import { catalogOf, chainOf, refusal, rowsThrough, stepsOf } from "../chains.ts";

const folder = mkdtempSync(join(tmpdir(), "rowhaul-functions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, code: string): string {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), code);
  return name;
}

async function loadRefusal(name: string): Promise<string> {
  try {
    await loadFunctions([name], folder);
  } catch (thrown) {
    if (thrown instanceof RowhaulError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  throw new Error("it was loaded");
}

describe("loading", () => {
  it.each([
    ["a.mjs", "export default (row) => ({ ...row, a: 'mjs' });"],
    ["b.cjs", "module.exports = (row) => ({ ...row, a: 'cjs' });"],
    ["c.js", "export const columns = { n: 'TEXT' };\nexport default (row) => ({ ...row, a: 'js', n: null });"],
    ["d.ts", "type Row = Record<string, unknown>;\nexport default (row: Row): Row => ({ ...row, a: 'ts' as string });"],
    ["e.cjs", "exports.default = (row) => ({ ...row, a: 'default' }); exports.columns = { m: 'INTEGER' };"],
  ])("%s", async (name, code) => {
    const loaded = (await loadFunctions([file(name, code)], folder)).get(name);
    expect(loaded?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(loaded?.call({ a: 1 }, { table: "t" })).toMatchObject({ a: expect.any(String) });
    expect(Object.keys(loaded?.columns ?? {})).toEqual(name === "c.js" ? ["n"] : name === "e.cjs" ? ["m"] : []);
  });

  it("TypeScript imports its neighbours, TypeScript or not, and Node's own", async () => {
    file(
      "lib/shout.ts",
      "import { EOL } from 'node:os';\nexport const shout = (text: string): string => text.toUpperCase() + EOL.length;",
    );
    file("lib/mark.mjs", "export const mark = '!';");
    file(
      "f.ts",
      "import { shout } from './lib/shout.js';\nimport { mark } from './lib/mark.mjs';\nexport default (row: { a: string }) => ({ ...row, a: shout(row.a) + mark });",
    );
    const loaded = (await loadFunctions(["f.ts"], folder)).get("f.ts");
    expect(loaded?.call({ a: "x" }, { table: "t" })).toEqual({ a: "X1!" });
  });

  it("what only looks like an import stays as it is", async () => {
    file("lib/one.ts", "export const one: number = 1;");
    file("lib/two.mts", "export { one } from './one.js';\nexport * as all from './one.ts';\nexport type Two = 2;");
    file("lib/three.ts", "const three: number = 3;\nexport default three;");
    const code = `// import { x } from "./nowhere.ts";
      /* export * from './nowhere.ts'; */
      import { one, all, type Two } from "./lib/two.mts";
      export type { Two } from "./lib/two.mts";
      const two: Two = 2;
      const text = 'import a from "./a.ts"';
      const template = \`export * from "./b.ts"; import("\${one + two}")\`;
      const pattern = /import "c" from '.\\/c'/;
      export default async (row: { a: string }) => {
        const three = (await import("./lib/three.ts")).default;
        return { ...row, a: [one, all.one, two, three, text, template, pattern.source].join("|") };
      };`;
    const loaded = (await loadFunctions([file("imports.ts", code)], folder)).get("imports.ts");
    expect(await loaded?.call({ a: "" }, { table: "t" })).toEqual({
      a: `1|1|2|3|import a from "./a.ts"|export * from "./b.ts"; import("3")|import "c" from '.\\/c'`,
    });
  });

  it.each(["js", "ts"])("a .%s file with imports is a module, whatever package.json says of it", async (extension) => {
    file("old/package.json", '{ "type": "commonjs" }');
    file(`old/own.mjs`, "export const own = 5;");
    const name = file(`old/h.${extension}`, `import { own } from "./own.mjs";\nexport default () => own;`);
    expect((await loadFunctions([name], folder)).get(name)?.call({}, { table: "t" })).toBe(5);
  });

  it("a changed file is another function", async () => {
    const load = async () => (await loadFunctions(["g.mjs"], folder)).get("g.mjs");
    file("g.mjs", "export default () => 1;");
    const first = await load();
    file("g.mjs", "export default () => 2;");
    const second = await load();
    expect([first?.call({}, { table: "t" }), second?.call({}, { table: "t" })]).toEqual([1, 2]);
    expect(first?.sha256).not.toBe(second?.sha256);
  });

  it.each([
    ["gone.mjs", null, "no such file"],
    ["x.txt", "", "its name ends in none of"],
    ["n.mjs", "export const a = 1;", "its default export is no function"],
    ["s.mjs", "export default (", "it cannot be loaded"],
    ["s.ts", "enum A { B }\nexport default () => A.B;", "it cannot be loaded"],
    ["t.mjs", "throw new Error('at load');", "at load"],
    ["c.mjs", "export const columns = ['a'];\nexport default (row) => row;", "its export `columns`"],
  ])("%s is refused", async (name, code, message) => {
    if (code !== null) file(name, code);
    const text = await loadRefusal(name);
    expect(text).toMatch(/^PLAN_INVALID: The function /);
    expect(text).toContain(message);
  });
});

describe("rows", () => {
  const catalog = catalogOf(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, r REAL, x, b BLOB); CREATE TABLE k (x)",
  );
  type Call = LoadedFunction["call"];
  const through = (call: Call, row: Value[], options: object = {}, columns = {}, table = "t") => {
    const functions = new Map([["f", { path: "f", sha256: "", columns, call }]]);
    const chain = chainOf(catalog, table, stepsOf({ function: { file: "f", ...options } }), { functions });
    return rowsThrough(chain, [row])[table];
  };
  const rawText = { rawText: Buffer.from([0xff]) };
  const row: Value[] = [1n, 2n ** 60n, -0, "x\0", Buffer.from([0xff])];

  it("what is handed back untouched stays exactly what it was", () => {
    expect(through((given) => ({ ...given }), row)).toStrictEqual([
      row.map((cell) => (cell instanceof Uint8Array ? new Uint8Array(cell) : cell)),
    ]);
    expect(through((given) => given, [1n, null, 5, rawText, null])).toStrictEqual([[1n, null, 5, rawText, null]]);
  });

  it("sees numbers where they are exact, bigints beyond, and cannot change what it is given", () => {
    let seen: unknown;
    through((given, info) => {
      seen = { ...given, table: info.table, frozen: Object.isFrozen(given) };
      return null;
    }, row);
    expect(seen).toEqual({ id: 1, i: 2n ** 60n, r: -0, x: "x\0", b: new Uint8Array([0xff]), table: "t", frozen: true });
  });

  it.each<[string, unknown, Value]>([
    ["x", 5, 5n],
    ["r", 5, 5],
    ["x", 5.5, 5.5],
    ["x", -0, -0],
    ["x", true, 1n],
    ["x", 2n ** 63n - 1n, 2n ** 63n - 1n],
    ["x", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["x", { a: [1, null] }, '{"a":[1,null]}'],
    ["x", ["a"], '["a"]'],
    ["x", new Uint8Array([1]), new Uint8Array([1])],
    ["x", null, null],
  ])("%s: %o becomes %o", (name, returned, cell) => {
    const made = through((given) => ({ ...given, [name]: returned }), row)?.[0];
    expect(made?.[["id", "i", "r", "x", "b"].indexOf(name)]).toStrictEqual(cell);
  });

  it.each<[unknown, string]>([
    [Number.NaN, "NaN is no value"],
    [undefined, "undefined is no value"],
    [() => 1, "a function is no value"],
    [Symbol("s"), "a symbol is no value"],
    [Promise.resolve(1), "must not be async"],
    [new Date(Number.NaN), "the date is invalid"],
    [2n ** 63n, "more than 64 bits"],
    ["\ud800", "surrogate"],
    [{ a: undefined }, "no place in JSON"],
    [{ a: [Number.NaN] }, "no place in JSON"],
    [{ a: 1n }, "BigInt"],
  ])("%o is rubbish", (returned, message) => {
    const text = refusal(() => through((given) => ({ ...given, x: returned }), row));
    expect(text).toMatch(/^TRANSFORM_RUBBISH: The function returned .* for x/);
    expect(text).toContain(message);
  });

  it.each<[unknown, string]>([
    [undefined, "returned undefined where a row"],
    ["row", 'returned "row" where a row'],
    [Promise.resolve({}), "returned a Promise where a row"],
    [[[1]], "returned a Array where a row"],
    [{ id: 1, i: 1, r: 1, x: 1, b: null, y: 1 }, "for y: it is no column"],
    [{ id: 1, i: 1, r: 1, b: null }, "for x: undefined"],
  ])("%o is no row", (returned, message) => {
    expect(refusal(() => through(() => returned, row))).toContain(message);
  });

  it("what it throws is told", () => {
    const call = () => {
      throw new Error("no such severity");
    };
    expect(refusal(() => through(call, row))).toBe("TRANSFORM_FAILED: The function threw: no such severity");
  });

  it("keeps the key unless it says that it makes keys", () => {
    const twice: Call = (given) => [given, { ...given, id: 2 }];
    expect(refusal(() => through(twice, row))).toContain("made 2 rows with one key");
    expect(refusal(() => through((given) => ({ ...given, id: 2 }), row))).toContain("changed the key column id");
    expect(through(twice, row, { keys: "made" })?.map(([id]) => id)).toEqual([1n, 2n]);
    expect(through((given) => [given, given], ["x"], {}, {}, "k")).toEqual([["x"], ["x"]]);
  });

  it("new columns are those it declares", () => {
    const made = through(
      (given) => ({ ...given, n: 5, constructor: "c" }),
      row,
      {},
      { n: "REAL", constructor: "TEXT" },
    );
    expect(made?.[0]?.slice(5)).toEqual([5, "c"]);
    expect(refusal(() => through((given) => given, row, {}, { constructor: "TEXT" }))).toContain(
      "undefined is no value",
    );
  });
});
