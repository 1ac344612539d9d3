import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { openSchema } from "../../../src/plan/to-sqlite/schema.ts";
import { freshPath } from "../../support/scratch-database.ts";

it.each([
  (path: string) => `CREATE VIEW v AS SELECT 1; ATTACH '${path}' AS w; CREATE TABLE w.x (a)`,
  (path: string) => `ATTACH '${path}' AS w`,
])("takes one CREATE statement and nothing besides (%#)", (statement) => {
  const schema = openSchema();
  const path = freshPath();
  expect(schema.add(statement(path))).toMatch(/more than one statement|no CREATE/);
  expect(existsSync(path)).toBe(false);
  expect(schema.add("CREATE VIEW v AS SELECT 1")).toBeNull();
  expect(schema.wouldAdd("CREATE TABLE t (a)")).toBeNull();
  expect(() => schema.sql("table", "t")).toThrow();
  schema.close();
});
