/** What the live schema makes of the values: types and generated columns. */
import { describe, expect, it } from "vitest";
import { plainTable } from "../../../../src/core/settings.ts";
import { into, refusal } from "./into-run.ts";

describe.concurrent("types of the live table", () => {
  it("take every value that they hold as it is", () =>
    into(
      "merge",
      `CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, price REAL, mood TEXT, active INTEGER, at TEXT, code TEXT, doc TEXT, n INTEGER, raw BLOB);
       INSERT INTO things VALUES (1, 'exactly twenty chars', 19.99, 'happy', 1, '2024-01-02 03:04:05', '6f9619ff-8b86-d011-b42d-00c04fc964ff', '{"a": 1.50}', 7, x'00ff'),
         (2, '', 0.1, 'sad', 0, '2024-01-02 00:00:00', NULL, '[]', -8, NULL)`,
      `CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE DOMAIN small AS numeric(4, 0) CHECK (value < 100);
       CREATE TABLE things (raw bytea, n small, doc jsonb, code uuid, at timestamptz, active boolean, mood mood, price numeric(10, 2), name varchar(20), id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         twice int GENERATED ALWAYS AS (n * 2) STORED, made timestamptz NOT NULL DEFAULT now())`,
      async (scene) => {
        await scene.run();
        expect(
          await scene.rows(
            "SELECT id, name, price, mood, active, at::text, code, doc::text, n, encode(raw, 'hex') AS raw, twice FROM things ORDER BY id",
          ),
        ).toEqual([
          {
            id: 1,
            name: "exactly twenty chars",
            price: "19.99",
            mood: "happy",
            active: true,
            at: "2024-01-02 03:04:05+00",
            code: "6f9619ff-8b86-d011-b42d-00c04fc964ff",
            doc: '{"a": 1.50}',
            n: "7",
            raw: "00ff",
            twice: 14,
          },
          {
            id: 2,
            name: "",
            price: "0.10",
            mood: "sad",
            active: false,
            at: "2024-01-02 00:00:00+00",
            code: null,
            doc: "[]",
            n: "-8",
            raw: null,
            twice: -16,
          },
        ]);
        expect(await scene.rows("INSERT INTO things (name) VALUES ('x') RETURNING id")).toEqual([{ id: 3 }]);
      },
      { interpret: [{ at: "things.at", type: null, as: { zone: "UTC" } }] },
    ));

  it.each([
    ["a text that is cut", "TEXT", "'twenty-one characters'", "varchar(20)", "TARGET_NARROWS"],
    ["blanks at the end", "TEXT", "'a '", "char(10)", "TARGET_NARROWS"],
    ["a fraction that is rounded", "REAL", "1.005", "numeric(10, 2)", "TARGET_NARROWS"],
    ["digits beyond float4", "REAL", "0.1", "real", "TARGET_NARROWS"],
    ["a time of day in a date", "TEXT", "'2024-01-02 03:04:05'", "date", "TARGET_NARROWS"],
    ["zeros in front", "TEXT", "'007'", "integer", "TARGET_NARROWS"],
    ["a date in a time", "TEXT", "'2024-05-01 10:00:00'", "time", "TARGET_NARROWS"],
    ["a seventh digit of a second", "TEXT", "'2024-01-01 00:00:00.1234567'", "timestamp", "TARGET_NARROWS"],
    ["a date in an order that must be guessed", "TEXT", "'01/02/2003'", "date", "TARGET_NARROWS"],
    ["a day that passes", "TEXT", "'today'", "date", "TARGET_NARROWS"],
    ["a key that stands twice", "TEXT", `'{"a": [{"b": 1, "b": 2}]}'`, "jsonb", "TARGET_NARROWS"],
    ["a number that is no truth", "INTEGER", "2", "boolean", "TARGET_NARROWS"],
    ["a large number", "INTEGER", "3000000000", "integer", "TARGET_NARROWS"],
    ["a word that the enum lacks", "TEXT", "'angry'", "mood", "TARGET_NARROWS"],
    ["bytes in a text", "BLOB", "x'ff'", "text", "MIXED_CLASSES"],
    ["a count of seconds in a timestamp", "INTEGER", "1700000000", "timestamptz", "READING_UNKNOWN"],
    ["a null that must not be", "TEXT", "NULL", "text NOT NULL", "NULL_IN_REQUIRED"],
    ["a value against a check", "INTEGER", "-1", "bigint CHECK (v >= 0)", "CONSTRAINT_VIOLATED"],
  ])("ask about %s before anything is loaded", (_, declared, value, type, code) =>
    into(
      "append",
      `CREATE TABLE t (id INTEGER PRIMARY KEY, v ${declared}); INSERT INTO t VALUES (1, ${value})`,
      `CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE TABLE t (id bigint PRIMARY KEY, v ${type})`,
      async (scene) => {
        const found = await refusal(() => scene.run());
        expect(found.code).toBe(code === "CONSTRAINT_VIOLATED" ? code : "HAZARDS_NOT_ACCEPTED");
        expect(found.text).toContain(code === "CONSTRAINT_VIOLATED" ? "t" : `${code} t.v`);
        expect(await scene.rows("SELECT * FROM t")).toEqual([]);
      },
    ),
  );
});

describe.concurrent("columns", () => {
  it("keep the application's type where the pipeline file asks for another, and the plan says so", () =>
    into(
      "append",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER); INSERT INTO t VALUES (1, 5)",
      "CREATE TABLE t (id int PRIMARY KEY, v numeric(5, 2))",
      async (scene) => {
        const { plan } = await scene.run();
        expect(plan?.notes.filter(({ code }) => code === "TYPE_IGNORED")).toEqual([
          {
            code: "TYPE_IGNORED",
            at: "t.v",
            message: "type bigint of the pipeline file is passed over: the application's column is numeric(5,2)",
          },
        ]);
        expect(await scene.rows("SELECT v::text FROM t")).toEqual([{ v: "5.00" }]);
      },
      { tables: { t: { ...plainTable, columns: { v: { type: "bigint", epoch: null } } } } },
    ));

  it("that are missing, required or bear another name are all listed before anything is loaded", () =>
    into(
      "append",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, Name TEXT, extra TEXT); INSERT INTO t VALUES (1, 'n', 'more'); CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (1)",
      "CREATE TABLE t (id int PRIMARY KEY, name text, tenant int NOT NULL, nullable int, filled int NOT NULL DEFAULT 1, serial int GENERATED ALWAYS AS IDENTITY); CREATE VIEW u AS SELECT 1 AS id",
      async (scene) => {
        const { code, text } = await refusal(() => scene.run());
        expect(code).toBe("TARGET_MISMATCH");
        expect(text).toContain(
          "NAME_DIFFERS t.Name: the target's column is name, which differs from Name only in case",
        );
        expect(text).toContain("COLUMN_UNFILLED t.tenant: t.tenant is integer and must not be null");
        expect(text).toContain("COLUMN_MISSING t.extra: t has no column extra, which holds 1 value");
        expect(text).toContain("u is a view, not a table");
        expect(text).not.toMatch(/nullable|filled|serial/);
        expect(await scene.rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^rowhaul'")).toEqual([]);
      },
    ));

  it("that the server generates are its own, and where they differ the ledger says so", () =>
    into(
      "replace",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, twice INTEGER); INSERT INTO t VALUES (1, 2, 4), (2, 3, 7)",
      "CREATE TABLE t (id int PRIMARY KEY, v int, twice int GENERATED ALWAYS AS (v * 2) STORED); INSERT INTO t VALUES (9, 9)",
      async (scene) => {
        await scene.run();
        expect(await scene.rows("SELECT * FROM t ORDER BY id")).toEqual([
          { id: 1, v: 2, twice: 4 },
          { id: 2, v: 3, twice: 6 },
        ]);
        expect(await scene.rows("SELECT key, column_name, before, after, rule FROM rowhaul.ledger")).toEqual([
          { key: "id=2", column_name: "twice", before: "integer 7", after: "6", rule: "TARGET_GENERATES" },
        ]);
      },
    ));
});
