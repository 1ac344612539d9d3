import { expect, it } from "vitest";
import { parseCreateIndex } from "../../../src/sql/parse/parse-create-index.ts";
import { parseCreateView } from "../../../src/sql/parse/parse-create-view.ts";

it("reads an index's parts and its WHERE", () => {
  const sql = `CREATE UNIQUE INDEX IF NOT EXISTS main."i" ON [t] (a, "b c" DESC, (c) COLLATE NOCASE ASC, lower(d) COLLATE rtrim, a + 1 DESC) WHERE  a IS NOT NULL -- end`;
  expect(parseCreateIndex(sql)).toEqual({
    where: "a IS NOT NULL",
    parts: [
      { text: "a", isExpression: false, column: "a", collation: null, descending: false },
      { text: '"b c"', isExpression: false, column: "b c", collation: null, descending: true },
      { text: "(c)", isExpression: false, column: "c", collation: "NOCASE", descending: false },
      { text: "lower(d)", isExpression: true, column: null, collation: "rtrim", descending: false },
      { text: "a + 1", isExpression: true, column: null, collation: null, descending: true },
    ],
  });
});

it("reads a view's column list and SELECT", () => {
  const view = parseCreateView(
    "CREATE VIEW v (a, [b]) AS WITH x AS (VALUES (1)) SELECT 1, * FROM x LEFT JOIN y USING (k), z LIMIT 5, 10;",
  );
  expect(view.columns).toEqual(["a", "b"]);
  expect(view.select).toMatchObject({ limit: { text: "10" }, offset: { text: "5" }, with: [{ name: "x" }] });
  expect(view.select.arms[0]?.core).toMatchObject({
    source: { type: "INNER", left: { type: "LEFT", using: ["k"] }, right: { name: "z" } },
  });
});
