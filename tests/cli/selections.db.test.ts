/** What a pipeline file may ask for about tables and columns, through the command line, with the proof passing. */
import { describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { relations, value, workspace } from "./workspace.ts";

type Space = ReturnType<typeof workspace>;

const library = `
  CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, category TEXT, price DECIMAL(8,2), seen INTEGER, secret TEXT, flag INTEGER);
  CREATE TABLE loans (id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES books (id), at INTEGER);
  CREATE TABLE log_2023 (id INTEGER PRIMARY KEY, line TEXT);
  CREATE TABLE log_2024 (id INTEGER PRIMARY KEY, line TEXT);
  CREATE TABLE "odd name" ("a b" TEXT PRIMARY KEY, "select" INTEGER);
  CREATE INDEX books_category ON books (category, price);
  INSERT INTO books VALUES (1, 'A', 'sf', 9.99, 3, 's1', 1), (2, 'B', 'sf', 10, 70000, 's2', 0), (3, 'C', 'crime', 7.5, -1, 's3', 1), (4, NULL, NULL, NULL, NULL, NULL, NULL);
  INSERT INTO loans VALUES (1, 1, 1700000000), (2, 2, 1700000001), (3, 1, NULL);
  INSERT INTO log_2023 VALUES (1, 'x'); INSERT INTO log_2024 VALUES (1, 'y'), (2, 'z');
  INSERT INTO "odd name" VALUES ('k', 1), ('ü', 2);`;

async function moved(
  lines: readonly string[],
  check: (database: TestDatabase, space: Space) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const database = await freshDatabase();
  try {
    const space = workspace();
    space.sqlite(library);
    const result = await rowhaul(["run", space.pipeline(database.url, ...lines), ...args], { cwd: space.folder });
    expect(result.stderr).not.toContain("Error");
    expect(result.exit).toBe(0);
    expect(result.stdout).toMatch(/✔ parity/);
    await check(database, space);
  } finally {
    await database.drop();
  }
}

const tablesOf = (database: TestDatabase) =>
  value(
    database.pool,
    "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'",
  );

describe.concurrent("tables", () => {
  it("where moves the rows that meet it, and the rows that point to them only by their own choice", () =>
    moved(["tables: { books: { where: \"category = 'sf'\" } }"], async (database) => {
      expect(await tablesOf(database)).toBe("books");
      expect(await value(database.pool, "SELECT string_agg(title, ',' ORDER BY id) FROM books")).toBe("A,B");
      expect(await value(database.pool, "INSERT INTO books (title) VALUES ('new') RETURNING id > 2")).toBe(true);
    }));

  it('named tables beside "*" have settings, all others come as they are', () =>
    moved(['tables: { books: { where: "category IS NOT NULL" }, loans: {}, "*": {} }'], async (database) => {
      expect(await tablesOf(database)).toBe("books loans log_2023 log_2024 odd name");
      expect(await value(database.pool, "SELECT count(*)::int FROM books")).toBe(3);
    }));

  it("include and exclude take patterns", () =>
    moved(['include: ["log_*", "odd name"]', "exclude: [log_2023]"], async (database) => {
      expect(await tablesOf(database)).toBe("log_2024 odd name");
      expect(await value(database.pool, `SELECT sum("select")::int FROM "odd name"`)).toBe(3);
    }));

  it("--tables narrows what the file says", () =>
    moved([], async (database) => expect(await tablesOf(database)).toBe("log_2023 log_2024"), ["--tables", "log_*"]));

  it("as, rename and drop, in keys, indexes and foreign keys too", () =>
    moved(
      [
        "tables:",
        "  books: { as: kb_books, rename: { title: name, category: kind }, drop: [secret] }",
        "  loans: { rename: { book_id: book } }",
      ],
      async (database) => {
        expect(await tablesOf(database)).toBe("kb_books loans");
        expect(
          await value(
            database.pool,
            "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'kb_books'::regclass AND attnum > 0",
          ),
        ).toBe("id name kind price seen flag");
        expect(
          await value(database.pool, "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"),
        ).toBe("FOREIGN KEY (book) REFERENCES kb_books(id)");
        expect(await relations(database.pool)).toContain("books_category");
        expect(await value(database.pool, "SELECT pg_get_indexdef('books_category'::regclass)")).toContain("(kind");
        expect(await value(database.pool, "SELECT name FROM kb_books WHERE id = 3")).toBe("C");
      },
    ));

  it("goes into another schema, for another owner, with grants", async () => {
    const role = `rowhaul_owner_${process.pid}`;
    const database = await freshDatabase();
    try {
      await database.pool.query(`CREATE ROLE ${role}`);
      const space = workspace();
      space.sqlite(library);
      space.pipeline(
        database.url,
        `target: { kind: postgres, url: "${database.url}", schema: "Of the App", state: bookkeeping, owner: ${role}, grants: [{ privileges: [select], to: public }] }`,
        "include: [books]",
      );
      const result = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect(result.stderr).not.toContain("Error");
      expect(result.exit).toBe(0);
      expect(
        await value(
          database.pool,
          `SELECT concat(tableowner, ' ', has_table_privilege('public', '"Of the App".books', 'select')) FROM pg_tables WHERE tablename = 'books'`,
        ),
      ).toBe(`${role} t`);
      expect(await value(database.pool, "SELECT count(*)::int FROM bookkeeping.runs")).toBe(1);
      expect((await rowhaul(["rollback", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      expect((await rowhaul(["clean", "pipeline.yaml", "--yes"], { cwd: space.folder })).exit).toBe(0);
      expect(
        await value(
          database.pool,
          "SELECT string_agg(nspname, ',') FROM pg_namespace WHERE nspname IN ('bookkeeping', 'rowhaul') OR nspname LIKE 'rowhaul\\_%'",
        ),
      ).toBeNull();
    } finally {
      await database.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await database.drop();
    }
  });
});

describe.concurrent("columns", () => {
  it("take the type asked for when every value fits", () =>
    moved(
      [
        "integers: fit",
        "tables:",
        "  books: { columns: { price: { type: text }, seen: { type: integer }, flag: { type: boolean } } }",
        "  loans: { columns: { at: { epoch: seconds, type: timestamptz } } }",
      ],
      async (database) => {
        expect(
          await value(
            database.pool,
            "SELECT concat_ws(',', pg_typeof(price), pg_typeof(seen), pg_typeof(flag)) FROM books LIMIT 1",
          ),
        ).toBe("text,integer,boolean");
        expect(await value(database.pool, "SELECT string_agg(flag::text, ',' ORDER BY id) FROM books")).toBe(
          "true,false,true",
        );
        expect(
          await value(
            database.pool,
            "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM loans WHERE id = 1",
          ),
        ).toBe("2023-11-14 22:13:20");
      },
    ));

  it.each([
    [
      "a type that a value does not fit",
      "books: { columns: { seen: { type: smallint } } }",
      /PLAN_INVALID[\s\S]*70000|seen/,
    ],
    [
      "a column that is not there",
      "books: { columns: { sene: { type: bigint } } }",
      /sene[\s\S]*id, title, category, price, seen, secret, flag/,
    ],
    ["a column to drop that is not there", "books: { drop: [tittle] }", /tittle[\s\S]*id, title/],
    ["a where that SQLite refuses", 'books: { where: "no_such > 1" }', /no_such/],
  ])("refuse %s with 2, before anything is made", async (_, table, words) => {
    const database = await freshDatabase();
    try {
      const space = workspace();
      space.sqlite(library);
      const result = await rowhaul(["run", space.pipeline(database.url, `tables: { ${table} }`)], {
        cwd: space.folder,
      });
      expect(result.stderr).toMatch(words);
      expect(result.exit).toBe(2);
      expect(await tablesOf(database)).toBeNull();
    } finally {
      await database.drop();
    }
  });
});
