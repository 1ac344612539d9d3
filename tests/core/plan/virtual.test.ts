import { expect, test } from "vitest";
import { isVirtual } from "../../../src/core/plan/virtual.ts";

test("the plan says which tables are virtual; of one that does not, the statement does", () => {
  const create = "PRAGMA encoding = 'UTF-8';\nPRAGMA user_version = 3;\ncreate virtual table t USING fts5(a)";
  expect(isVirtual({ virtual: true, create: "" })).toBe(true);
  expect(isVirtual({ create })).toBe(true);
  expect(isVirtual({ create: "CREATE TABLE t (a DEFAULT 'CREATE VIRTUAL')" })).toBe(false);
});
