/** What every transform promises, whichever it is. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { compileChain } from "../../src/transforms/compile-chain.ts";
import { transforms } from "../../src/transforms/registry.ts";
import { functionPaths } from "../../src/transforms/step-files.ts";
import { stepOf, transformStep } from "../../src/transforms/step-settings.ts";
import { catalogOf, refusal, tableIn } from "./chains.ts";

const columns = [
  ...["name", "email", "severity", "status", "created", "price", "active", "keywords", "first_name", "last_name"],
  ...[
    "resolution",
    "internal_note",
    "problem",
    "solution",
    "meta",
    "address",
    "tags",
    "user_id",
    "owner",
    "card",
    "ssn",
  ],
];
const catalog = catalogOf(
  `CREATE TABLE t (id INTEGER PRIMARY KEY, ${columns.join(", ")}); CREATE TABLE users (id INTEGER PRIMARY KEY, email)`,
);
const functions = new Map([
  ["./transforms/kb-entry.ts", { path: "", sha256: "", columns: {}, call: (row: object) => row }],
]);
const context = { catalog, env: { HASH_KEY: "k" }, functions };

describe.each(transforms.map((transform) => [transform.name, transform] as const))("%s", (name, transform) => {
  const step = transformStep.safeParse(parse(transform.example));

  it("has an example that is understood and makes a chain", () => {
    expect(step.success).toBe(true);
    const settings = stepOf(step.data ?? "");
    expect(settings.use).toBe(name);
    const chain = compileChain(tableIn(catalog, "t"), { where: null, steps: [settings], onError: "fail" }, context);
    expect(chain.steps).toHaveLength(1);
    expect(chain.steps[0]?.label.startsWith(name)).toBe(true);
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  });

  it("says what it does, what can be undone and what parity compares", () => {
    expect(transform.summary).toMatch(/^[A-Z].*[.)]$/s);
    for (const phrase of [transform.undo, transform.parity]) expect(phrase).toMatch(/^[a-z].*[^.]$/);
  });

  // these name no column of the source
  it.skipIf(["constant", "function", "unify"].includes(name))("names a column that is not there", () => {
    const bare = catalogOf(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE users (id INTEGER PRIMARY KEY, email)",
    );
    const text = refusal(() =>
      compileChain(
        tableIn(bare, "t"),
        { where: null, steps: [stepOf(step.data ?? "")], onError: "fail" },
        { ...context, catalog: bare },
      ),
    );
    expect(text).toMatch(/^PLAN_INVALID: /);
    expect(text).toContain("there is no column");
  });
});

it("names are unique words", () => {
  const names = transforms.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

it("a step is a path, or one transform with its options", () => {
  expect(stepOf(transformStep.parse("./f.ts"))).toEqual({ use: "function", options: { file: "./f.ts" } });
  expect(transformStep.safeParse({ trim: "a", drop: "b" }).success).toBe(false);
  expect(transformStep.safeParse({}).success).toBe(false);
  expect(transformStep.safeParse({ trimm: "a" }).success).toBe(false);
  expect(transformStep.safeParse({ split: { column: "a", by: ",", at: 1 } }).success).toBe(false);
});

it("knows which functions the steps call", () => {
  const steps = ["./a.ts", { function: "./b.js" }, { function: { file: "./a.ts" } }, { trim: "x" }];
  expect(functionPaths(steps.map((step) => stepOf(transformStep.parse(step))))).toEqual(["./a.ts", "./b.js"]);
});

it("can be described to editors", () => {
  expect(JSON.stringify(z.toJSONSchema(transformStep, { io: "input" }))).toContain("HMAC-SHA-256");
});
