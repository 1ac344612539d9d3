/** Columns that the live table generates: what it makes of a row is told, and once told it stays proven. */
import { describe, expect, it } from "vitest";
import type { IntoMode } from "../../../../src/core/plan/into-mode.ts";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import { type IntoScene, into, refusal } from "./into-run.ts";

const source =
  "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, twice INTEGER); INSERT INTO t VALUES (1, 2, 4), (2, 3, 7), (3, 5, NULL)";
const live =
  "CREATE TABLE t (id bigint PRIMARY KEY, v bigint, twice numeric GENERATED ALWAYS AS (v * 2) STORED); INSERT INTO t (id, v) VALUES (9, 9)";

/** As a plan says it that knows the live table: its types, and nothing of what it generates. */
const planned =
  (mode: IntoMode) =>
  (plan: Plan): Plan => ({
    ...plan,
    views: [],
    tables: plan.tables.map((table) => {
      const columns = table.columns.map((column) => ({ ...column, computed: column.source === "twice" }));
      const sent = columns.filter(({ computed }) => !computed).map(({ target, pgType }) => `"${target}" ${pgType}`);
      const create = `CREATE TABLE "${plan.target.staging}"."${table.target}" (${sent.join(", ")})`;
      return { ...table, into: mode, columns, create, identity: null, finish: [] };
    }),
  });

const ledger = ({ rows }: IntoScene) =>
  rows("SELECT key, column_name, before, after, rule FROM rowhaul.ledger ORDER BY key");

describe.concurrent("a column that the live table generates", () => {
  it.each(["append", "merge", "replace"] as const)(
    "%s: differences are in the ledger, and validate knows them",
    (mode) =>
      into(mode, source, live, async (scene) => {
        const summaries: string[] = [];
        await scene.run({
          planned: planned(mode),
          onEvent: (event) => {
            if (event.type === "validated") summaries.push(event.result.summary);
          },
        });
        expect(await scene.rows("SELECT id::int, twice::int FROM t WHERE id < 9 ORDER BY id")).toEqual([
          { id: 1, twice: 4 },
          { id: 2, twice: 6 },
          { id: 3, twice: 10 },
        ]);
        const entry = { column_name: "twice", rule: "TARGET_GENERATES" };
        const entries = [
          { ...entry, key: "id=1", before: "integer 4", after: "4" },
          { ...entry, key: "id=2", before: "integer 7", after: "6" },
          { ...entry, key: "id=3", before: "NULL", after: "10" },
        ];
        const found = await ledger(scene);
        // A numeric 4 is another text than an integer 4 only where the types are compared as texts.
        expect(entries.slice(1)).toEqual(found.filter(({ key }) => key !== "id=1"));
        expect(summaries.at(-1)).toContain("changed on purpose, all in the ledger");
        await scene.validate();
        await scene.rows("UPDATE t SET v = 4 WHERE id = 2");
        const { code, text } = await refusal(() => scene.validate());
        expect([code, text]).toEqual(["VALIDATION_FAILED", expect.stringContaining("t id=2 v The value")]);
        expect(text).toContain("t id=2 twice The ledger (TARGET_GENERATES) names another value of the target.");
        await scene.rollback(true);
        expect(await ledger(scene)).toEqual([]);
        expect(await scene.rows("SELECT id::int FROM t")).toEqual([{ id: 9 }]);
      }),
  );
});

describe.concurrent("a key that is spelled otherwise", () => {
  it("arrives as the source spells it, and whoever points to it stays", () =>
    into(
      "merge",
      "CREATE TABLE t (name TEXT PRIMARY KEY NOT NULL, v INTEGER); INSERT INTO t VALUES ('Foo', 1), ('bar', 2)",
      `CREATE COLLATION ci (provider = icu, deterministic = false, locale = 'und-u-ks-level2');
       CREATE TABLE t (name text COLLATE ci PRIMARY KEY, v bigint); INSERT INTO t VALUES ('foo', 9), ('other', 3);
       CREATE TABLE child (name text COLLATE ci REFERENCES t); INSERT INTO child VALUES ('foo'), ('other')`,
      async (scene) => {
        await scene.run();
        expect(await scene.rows("SELECT name, v::int FROM t ORDER BY v")).toEqual([
          { name: "Foo", v: 1 },
          { name: "bar", v: 2 },
          { name: "other", v: 3 },
        ]);
        expect(await scene.rows("SELECT name FROM child ORDER BY 1")).toEqual([{ name: "foo" }, { name: "other" }]);
        await scene.validate();
        await scene.rollback();
        expect(await scene.rows("SELECT name, v::int FROM t ORDER BY v")).toEqual([
          { name: "other", v: 3 },
          { name: "foo", v: 9 },
        ]);
      },
    ));

  it("is the live table's key, not the source's, that says what a merge overwrites", () =>
    into(
      "merge",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT NOT NULL, v INTEGER); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)",
      "CREATE TABLE t (mail text PRIMARY KEY, id bigint, v bigint); INSERT INTO t VALUES ('b', 77, 9), ('z', 1, 3)",
      async (scene) => {
        const all = "SELECT mail, id::int, v::int FROM t ORDER BY mail";
        await scene.run();
        expect(await scene.rows(all)).toEqual([
          { mail: "a", id: 1, v: 1 },
          { mail: "b", id: 2, v: 2 },
          { mail: "z", id: 1, v: 3 },
        ]);
        await scene.validate();
        await scene.rollback();
        expect(await scene.rows(all)).toEqual([
          { mail: "b", id: 77, v: 9 },
          { mail: "z", id: 1, v: 3 },
        ]);
      },
    ));
});
