import { expect, it } from "vitest";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import type { Catalog } from "../../../../src/core/schema/catalog.ts";
import { notCompared } from "../../../../src/validators/postgres/search/not-compared.ts";
import { summarise } from "../../../../src/validators/postgres/search/summary.ts";

const virtual = (name: string, module = "fts5(a)"): Catalog["virtualTables"][number] => ({
  ...{ name, module: module.slice(0, module.indexOf("(")), shadowTables: [] },
  sql: `CREATE VIRTUAL TABLE ${name} USING ${module}`,
});

it("says what became of each full-text table that has no search in the target", () => {
  const tables = [
    { source: "Searched", target: "searched", fullText: {} },
    { source: "plain", target: "plain" },
    { source: "moved", target: "articles", into: "append" },
  ] as unknown as Plan["tables"];
  const virtualTables = [
    ...["searched", "plain", "moved", "gone"].map((name) => virtual(name)),
    ...[virtual("old", "fts4(a)"), virtual("places", "rtree(id, a, b)")],
  ];
  const left = notCompared({ tables }, { virtualTables });
  expect(left).toEqual(["plain (a plain table)", "moved (texts in articles)", "gone (left out)", "old (left out)"]);
  expect(summarise({ indexes: [], like: [] }, left.slice(2))).toBe(
    "nothing is searched; not compared: gone (left out), old (left out)",
  );
  expect(summarise({ indexes: [], like: [] })).toBe("nothing is searched");
});
