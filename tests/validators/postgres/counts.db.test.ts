import { expect, test } from "vitest";
import { counts } from "../../../src/validators/postgres/counts.ts";
import { useDatabase } from "../../support/database.ts";
import { addToQuarantine, fillTarget, integer, integerKey, prepare, tablePlan } from "../fixture.ts";

const database = useDatabase();
const prepared = (where: string | null = null) =>
  prepare(database.pool, {
    source:
      'CREATE TABLE "a b"(id INTEGER PRIMARY KEY, v); INSERT INTO "a b" VALUES (1, 5), (2, 6), (3, 7); CREATE TABLE e(id INTEGER PRIMARY KEY)',
    target:
      'CREATE TABLE "A B"(id bigint PRIMARY KEY, v bigint); INSERT INTO "A B" VALUES (1, 5), (2, 6), (3, 7); CREATE TABLE e(id bigint)',
    tables: [
      tablePlan("a b", integerKey, { id: integer, v: integer }, { target: "A B", where }),
      tablePlan("e", integerKey, { id: integer }),
    ],
  });

test("equal", async () => {
  expect(await counts(await prepared())).toMatchObject({
    validator: "counts",
    passed: true,
    checked: { rows: 3, objects: 2 },
    findings: [],
    summary: "3 rows in 2 tables: every count agrees",
  });
});

test("a row too few, then explained by quarantine, then too many", async () => {
  const input = await prepared();
  await fillTarget(database.pool, 'DELETE FROM "A B" WHERE id = 2');
  expect((await counts(input)).findings).toMatchObject([
    { table: "a b", level: "difference", source: "3 rows", target: "2 rows, 0 rows in quarantine" },
  ]);
  await addToQuarantine(database.pool, "a b", "id=2", "NUL_IN_TEXT:quarantine");
  expect((await counts(input)).passed).toBe(true);
  await fillTarget(database.pool, 'INSERT INTO "A B" VALUES (9, 9)');
  expect((await counts(input)).differences).toBe(1);
});

test("only the selected rows count", async () => {
  const input = await prepared("v > 5 -- not the first");
  expect((await counts(input)).differences).toBe(1);
  await fillTarget(database.pool, 'DELETE FROM "A B" WHERE id = 1');
  expect((await counts(input)).passed).toBe(true);
});

test("a table that is not there", async () => {
  const input = await prepared();
  await fillTarget(database.pool, "DROP TABLE e");
  expect((await counts(input)).findings).toMatchObject([{ table: "e", message: "The table e is not in the target." }]);
});
