import { expect, test } from "vitest";
import { compareStores } from "../../src/compare/compare.ts";
import { postgres, sqlite } from "./stores.ts";

const schema = `CREATE TABLE p (id INTEGER PRIMARY KEY);
  CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b INT DEFAULT (1), p REFERENCES p ON DELETE CASCADE, UNIQUE (a, b), CHECK (b > 0));
  CREATE INDEX t_p ON t (p, b DESC); CREATE VIEW v AS SELECT 1; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;`;

test("the same schema written otherwise is the same", async () => {
  const other = schema
    .replace(", UNIQUE (a, b)", "")
    .replace("INDEX t_p ON", "INDEX t_other ON")
    .replace("(b > 0)", "(b  >\n0)");
  const found = await compareStores(sqlite(schema), sqlite(`${other} CREATE UNIQUE INDEX u ON t (a, b);`), {
    schema: "differences",
  });
  expect(found.schema).toEqual([]);
  expect(found.differences).toBe(0);
});

test("what differs is named, as a note unless it shall count", async () => {
  const a = sqlite(schema);
  const b = sqlite(`CREATE TABLE p (id INTEGER PRIMARY KEY);
    CREATE TABLE t (id INT PRIMARY KEY, a TEXT DEFAULT 'y', b INT DEFAULT (1), p REFERENCES p);
    CREATE INDEX t_p ON t (p) WHERE b > 1;`);
  const found = await compareStores(a, b);
  expect(found.differences).toBe(0);
  expect(found.schema.map(({ table, what, a: inA, b: inB }) => [table, what, inA, inB])).toEqual(
    [
      ["v", "view", "v", null],
      ["g", "trigger", "g", null],
      ["t", "type", "id INTEGER", "id INT"],
      ["t", "not null", "a", null],
      ["t", "default", "a 'x'", "a 'y'"],
      ["t", "unique", "(a, b)", null],
      ["t", "foreign key", "(p) → p (id) ON DELETE CASCADE", "(p) → p (id)"],
      ["t", "index", "(p, b DESC)", null],
      ["t", "index", null, "(p) WHERE b > 1"],
      ["t", "check", "b > 0", null],
    ].flatMap((entry) =>
      entry[1] === "foreign key"
        ? [
            ["t", "foreign key", entry[2], null],
            ["t", "foreign key", null, entry[3]],
          ]
        : [entry],
    ),
  );
  expect((await compareStores(a, b, { schema: "differences" })).differences).toBe(found.schema.length);
});

test("defaults and identities of PostgreSQL are read as what they were made from", async () => {
  const a = sqlite(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b BOOLEAN DEFAULT 1, c INT DEFAULT 5);",
  );
  const b = await postgres([
    {
      name: "t",
      columns: { id: "bigint", a: "text", b: "boolean", c: "bigint" },
      key: ["id"],
      rows: [],
    },
  ]);
  const [one] = b.catalog.tables;
  if (one === undefined) throw new Error("no table");
  const defaults: Record<string, string> = { id: "nextval('t_id_seq'::regclass)", a: "'x'::text", b: "true", c: "6" };
  const columns = one.columns.map((column) => ({
    ...column,
    default: defaults[column.name] ?? null,
    notNull: column.name !== "c",
  }));
  const found = await compareStores(a, { ...b, catalog: { ...b.catalog, tables: [{ ...one, columns }] } });
  expect(found.schema).toEqual([
    { table: "t", what: "not null", a: null, b: "b" },
    { table: "t", what: "default", a: "c 5", b: "c 6" },
  ]);
});

test("no default, DEFAULT NULL and other ways to write a number are the same", async () => {
  const a = sqlite(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT NULL, b REAL DEFAULT 0.00, c INT DEFAULT '7')",
  );
  const b = await postgres([
    {
      name: "t",
      columns: { "id!": "bigint", a: "text", b: "double precision", c: "bigint" },
      key: ["id"],
      rows: [],
    },
  ]);
  const defaults: Record<string, string> = { b: "'0'::double precision", c: "7" };
  const [table] = b.catalog.tables;
  const columns = (table?.columns ?? []).map((column) => ({ ...column, default: defaults[column.name] ?? null }));
  const tables = table === undefined ? [] : [{ ...table, columns }];
  const found = await compareStores(a, { ...b, catalog: { ...b.catalog, tables } });
  expect(found.schema).toEqual([]);
});
