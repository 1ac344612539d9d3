import Database from "better-sqlite3";
import { expect, test } from "vitest";
import {
  type Material,
  makeQueries,
  queryClasses,
  type Shape,
} from "../../../../../src/validators/postgres/search/queries/queries.ts";
import { someTexts } from "../texts.ts";

const slices = someTexts(80, 1)
  .flat()
  .filter((text) => text !== "");
const material: Material = { strata: [["zebra", "naïve"], ["dog", "of"], ["the"]], slices };
const shape: Shape = { module: "fts5", detail: "full", columns: ["title", "body text"], trigram: false };
const options = { queries: 200, seed: 5 };

test("the same seed gives the same queries, another seed others, more queries begin alike", () => {
  const queries = makeQueries(material, shape, options);
  expect(makeQueries(material, shape, options)).toEqual(queries);
  expect(makeQueries(material, shape, { queries: 200, seed: 6 })).not.toEqual(queries);
  const more = makeQueries(material, shape, { queries: 300, seed: 5 });
  expect(more.filter((query) => query.class === "fuzz").slice(0, 200)).toEqual(
    queries.filter((query) => query.class === "fuzz"),
  );
});

test("FTS5 takes every query but broken ones and bare punctuation", () => {
  const db = new Database(":memory:");
  db.exec(`CREATE VIRTUAL TABLE t USING fts5(title, "body text")`);
  const ask = db.prepare("SELECT rowid FROM t WHERE t MATCH ?");
  const queries = makeQueries(material, shape, options);
  const refused: Record<string, number> = {};
  for (const query of queries) {
    try {
      ask.all(query.text);
    } catch {
      refused[query.class] = (refused[query.class] ?? 0) + 1;
    }
  }
  db.close();
  expect(queries).toHaveLength(queryClasses.length * 200);
  expect(Object.keys(refused).sort()).toEqual(["fuzz", "punctuation"]);
  expect(refused.fuzz).toBeLessThan(30);
  expect(refused.punctuation).toBeLessThan(60);
});

test("classes have what they are named for", () => {
  const all = makeQueries(material, shape, options);
  const of = (kind: string) => all.filter((query) => query.class === kind).map((query) => query.text);
  expect(of("near").every((text) => text.startsWith("NEAR("))).toBe(true);
  expect(of("prefix").every((text) => text.endsWith("*"))).toBe(true);
  expect(of("unicode").every((text) => /[^ -~]/.test(text))).toBe(true);
  expect(of("column").filter((text) => text.includes("^")).length).toBeGreaterThan(20);
  for (const operator of [" AND ", " OR ", " NOT "]) expect(of("boolean").join("\n")).toContain(operator);
  expect(new Set(of("single")).size).toBeGreaterThan(20);
});

test("indexes without positions are asked for none, FTS4 only for what both grammars have", () => {
  const classes = (detail: Shape["detail"], module: Shape["module"] = "fts5") => [
    ...new Set(makeQueries(material, { ...shape, detail, module }, options).map((query) => query.class)),
  ];
  expect(classes("column")).not.toContain("phrase");
  expect(classes("none")).not.toContain("column");
  expect(classes("full", "fts4")).toEqual(["single", "boolean", "phrase", "prefix"]);
});

test("nothing to make queries of", () => {
  expect(makeQueries({ strata: [[], []], slices: [] }, shape, options)).toEqual([]);
});
