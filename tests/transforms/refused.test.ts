/** Steps that could do something else than they say are refused before any row is read. */
import { describe, expect, it } from "vitest";
import { parsePipeline } from "../../src/pipeline/file/read-pipeline.ts";
import { catalogOf, chainOf, refusal, rowsThrough, stepsOf } from "./chains.ts";

const catalog = catalogOf("CREATE TABLE t (id INTEGER PRIMARY KEY, a, Value, tags)");
const refused = (...steps: Record<string, unknown>[]) => refusal(() => chainOf(catalog, "t", stepsOf(...steps)));

describe("refused", () => {
  it("two columns of one name in a child table, whatever their case", () => {
    expect(refused({ explode: { column: "tags", into: "x", key: ["Value"] } })).toContain(
      "x would have two columns value",
    );
    expect(refused({ explode: { column: "tags", into: "x", ordinal: "ID" } })).toContain("x would have two columns ID");
  });

  it("whole numbers that a file has rounded", () => {
    // As a YAML parser reads them: already rounded.
    for (const number of [Number("9007199254740993"), Number("12345678901234567890")])
      expect(refused({ filter: { column: "id", op: "=", value: number } })).toContain("more digits than can be kept");
    expect(refused({ constant: { k: Number("-9007199254740993") } })).toContain("more digits than can be kept");
    expect(chainOf(catalog, "t", stepsOf({ constant: { k: 1e300, n: 0.1 } })).outputs[0].columns).toHaveLength(6);
  });

  it("JSON that is none, even as a whole", () => {
    const chain = chainOf(catalog, "t", stepsOf({ "json-path": { column: "a", path: "$", as: "j" } }));
    expect(refusal(() => rowsThrough(chain, [[1n, '"abc', null, null]]))).toContain("no valid JSON");
    expect(rowsThrough(chain, [[1n, ' {"x":1} ', null, null]]).t?.[0]?.at(-1)).toBe('{"x":1}');
  });

  it("a name that an object cannot have as a key, with its line", () => {
    const yaml = `name: x
source: { kind: sqlite, path: a.db }
target: { kind: sqlite, path: b.db }
tables:
  t:
    transform:
      - rename: { __proto__: b }`;
    expect(refusal(() => parsePipeline(yaml, "p.yaml", {}))).toContain("line 7: tables.t.transform.0.rename.__proto__");
    expect(({} as Record<string, unknown>).b).toBeUndefined();
  });
});
