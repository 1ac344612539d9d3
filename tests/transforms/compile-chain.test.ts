import { describe, expect, it } from "vitest";
import { stepsOfColumn } from "../../src/transforms/column-settings.ts";
import { catalogOf, chainOf, refusal, rowsThrough, stepsOf } from "./chains.ts";

const catalog = catalogOf(`
  CREATE TABLE legacy_kb (
    id INTEGER PRIMARY KEY, description TEXT, resolution TEXT, type TEXT, priority TEXT, keywords TEXT, created_timestamp INTEGER
  );
  CREATE TABLE other (id INTEGER PRIMARY KEY)`);

describe("a legacy knowledge base", () => {
  const steps = [
    ...stepsOfColumn("priority", {
      trim: true,
      map: { p1: "critical", 1: "critical", high: "high", p3: "low" },
      ignoreCase: true,
      otherwise: "fail",
    }),
    ...stepsOfColumn("type", { map: { BUG: "defect", HOWTO: "guide" }, otherwise: { value: "other" } }),
    ...stepsOfColumn("keywords", { split: "," }),
    ...stepsOfColumn("created_timestamp", { parse: "epoch seconds" }),
    ...stepsOf({
      rename: {
        description: "problem",
        resolution: "solution",
        type: "category",
        priority: "severity",
        keywords: "tags",
        created_timestamp: "created_at",
      },
    }),
  ];

  it("becomes entries", () => {
    const chain = chainOf(catalog, "legacy_kb", steps);
    expect(
      rowsThrough(chain, [[1n, "S0C7 abend", "check data", "BUG", " P1 ", "vsam, s0c7 ,job abend", 1700000000n]]),
    ).toEqual({
      legacy_kb: [
        [1n, "S0C7 abend", "check data", "defect", "critical", '{vsam,s0c7,"job abend"}', "2023-11-14 22:13:20+00"],
      ],
    });
    expect(chain.outputs[0].columns.map(({ name, pgType }) => [name, pgType])).toEqual([
      ["id", undefined],
      ["problem", undefined],
      ["solution", undefined],
      ["category", undefined],
      ["severity", undefined],
      ["tags", "text[]"],
      ["created_at", "timestamptz"],
    ]);
    expect(chain.steps.every((step) => step.rowForRow)).toBe(true);
    expect(chain.outputs[0].columns.map(({ changed }) => changed)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  it("refuses a severity that nobody thought of", () => {
    const chain = chainOf(catalog, "legacy_kb", steps);
    const text = refusal(() => rowsThrough(chain, [[1n, "", "", "BUG", "urgent!!", "", 0n]]));
    expect(text).toBe("TRANSFORM_FAILED: priority: the map has no such value.");
  });
});

it("sugar becomes steps in a fixed order", () => {
  const steps = stepsOfColumn("c", {
    hash: { keyFrom: "K" },
    mask: { keepLast: 2 },
    json: { flatten: ["x"] },
    split: { by: ";", as: "json" },
    cast: "text",
    parse: { layout: "YYYY-MM-DD", to: "date" },
    default: 5,
    map: { a: "b" },
    case: "upper",
    trim: true,
  });
  expect(steps.map(({ use }) => use)).toEqual([
    "trim",
    "case",
    "map",
    "default",
    "parse-date",
    "cast",
    "split",
    "flatten",
    "mask",
    "hash",
  ]);
  expect(stepsOfColumn("c", { trim: false })).toEqual([]);
  expect(stepsOfColumn("c", { json: "keep" })).toEqual([{ use: "cast", options: { columns: { c: "jsonb" } } }]);
});

describe("mistakes", () => {
  const of = (...steps: Record<string, unknown>[]) => refusal(() => chainOf(catalog, "legacy_kb", stepsOf(...steps)));

  it("are reported together, each with its step and the nearest name", () => {
    expect(of({ trim: "descripton" }, { trimm: "x" }, { split: { column: "keyword", by: "," } }, { drop: 5 })).toBe(
      [
        "PLAN_INVALID: The steps of legacy_kb have 4 mistakes:",
        "step 1 (trim): there is no column descripton; did you mean description?",
        "step 2 (trimm): did you mean trim?",
        "step 3 (split): there is no column keyword; did you mean keywords?",
        "step 4 (drop): Invalid input",
      ].join("\n"),
    );
  });

  it.each<[Record<string, unknown>[], string]>([
    [[{ rename: { type: "priority" } }], "two columns priority"],
    [[{ constant: { TYPE: 1 } }], "a column TYPE already"],
    [[{ explode: { column: "keywords", into: "other" } }], "a table other already"],
    [
      [{ explode: { column: "keywords", into: "k" } }, { distribute: { into: { K: ["type"] } } }],
      "two steps make the table K",
    ],
    [[{ unify: { into: "all" } }, { trim: "type" }], "nothing can follow unify"],
    [[{ unify: { into: "other" } }], "a table other already"],
    [[{ dedupe: { by: "type" } }, { dedupe: { by: "type", keep: "last" } }], "the first and the last"],
    [[{ drop: "id" }, { explode: { column: "keywords", into: "k" } }], "no primary key"],
    [[{ keep: "type" }, { drop: "type" }], "no column would be left"],
    [[{ "parse-date": { column: "type", layout: "HH:MM" } }], "has no year"],
    [
      [{ "parse-date": { column: "type", layout: "YYYY-MM-DD", zone: "Mars/Base" } }],
      "the zone Mars/Base is not known",
    ],
    [[{ "json-path": { column: "type", path: "$.a..b", as: "x" } }], "not understood"],
    [[{ filter: { column: "type", op: "=", value: null } }], "nothing equals NULL"],
    [[{ lookup: { column: "type", in: "othr", by: "id", take: "id", as: "x" } }], "did you mean other?"],
    [
      [{ lookup: { column: "type", in: "other", by: "idd", take: "id", as: "x" } }],
      "has no column idd; did you mean id?",
    ],
    [[{ mask: { columns: "type" } }], "one of keepLast, fixed, email"],
    [[{ function: "./f.ts" }], "the function ./f.ts is not loaded"],
  ])("%j: %s", (steps, message) => {
    expect(of(...steps)).toContain(message);
  });

  it("never tell a key from the environment", () => {
    const text = refusal(() =>
      chainOf(catalog, "legacy_kb", stepsOf({ hash: { columns: "nope", keyFrom: "K" } }), {
        env: { K: "s3cret" },
      }),
    );
    expect(text).not.toContain("s3cret");
  });
});
