/** Append, replace and merge: what is there after the run, and after its rollback. */
import { describe, expect, it } from "vitest";
import { type IntoScene, into, ours, refusal } from "./into-run.ts";

const source = `
  CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE books (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES authors(id), title TEXT);
  CREATE TABLE tags (label TEXT);
  INSERT INTO authors VALUES (1, 'Ada'), (2, 'Grace');
  INSERT INTO books VALUES (10, 1, 'Notes'), (11, 2, 'Compilers');
  INSERT INTO tags VALUES ('a'), ('a'), (NULL);
  CREATE VIEW titles AS SELECT title FROM books`;

/** Children before parents by name, columns in another order, and one that the source does not know. */
const live = `
  CREATE TABLE authors (name varchar(20) NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, active boolean NOT NULL DEFAULT true);
  CREATE TABLE books (id serial PRIMARY KEY, title text, author bigint NOT NULL REFERENCES authors(id));
  CREATE TABLE tags (label text);
  CREATE VIEW titles AS SELECT upper(title) AS title FROM books`;

const state = async ({ rows }: IntoScene) => ({
  authors: await rows("SELECT id::int, name, active FROM authors ORDER BY id"),
  books: await rows("SELECT id, author::int, title FROM books ORDER BY id"),
  tags: await rows("SELECT label FROM tags ORDER BY label"),
});

describe.concurrent("a database with settings of its own", () => {
  it("takes every digit of a double all the same", () =>
    into(
      "append",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v REAL); INSERT INTO t VALUES (1, 0.30000000000000004)",
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET extra_float_digits = 0', current_database()); END $$;
       CREATE TABLE t (id int PRIMARY KEY, v numeric)`,
      async (scene) => {
        await scene.run();
        expect(await scene.rows("SELECT v FROM t")).toEqual([{ v: "0.30000000000000004" }]);
      },
    ));
});

describe.concurrent("replace, while the application writes", () => {
  it("takes no row along that came to point to those that go", () =>
    into(
      "replace",
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1), (3)",
      `CREATE TABLE parent (id bigint PRIMARY KEY); INSERT INTO parent VALUES (1), (2);
       CREATE TABLE outsider (id int PRIMARY KEY, parent bigint REFERENCES parent ON DELETE CASCADE)`,
      async (scene) => {
        const client = await scene.db.pool.connect();
        try {
          await client.query("BEGIN; INSERT INTO outsider VALUES (10, 1); UPDATE parent SET id = id WHERE id = 2");
          const running = refusal(() => scene.run());
          const waiting =
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation IN ('parent'::regclass, 'outsider'::regclass)";
          while ((await scene.rows(waiting)).length === 0) await new Promise((done) => setTimeout(done, 20));
          await client.query("COMMIT");
          expect((await running).code).toBe("TARGET_MISMATCH");
        } finally {
          client.release();
        }
        expect(await scene.rows("SELECT id FROM outsider")).toEqual([{ id: 10 }]);
        expect(await scene.rows("SELECT id::int FROM parent ORDER BY 1")).toEqual([{ id: 1 }, { id: 2 }]);
      },
    ));
});

describe.concurrent("append", () => {
  const before = `${live}; INSERT INTO authors (id, name) OVERRIDING SYSTEM VALUE VALUES (7, 'Old'); INSERT INTO books VALUES (70, 'Older', 7); INSERT INTO tags VALUES ('a'), ('z')`;

  it("adds the rows and takes exactly those away again", () =>
    into("append", source, before, async (scene) => {
      const then = await state(scene);
      expect((await scene.run()).stage).toBe("done");
      expect(await state(scene)).toEqual({
        authors: [
          { id: 1, name: "Ada", active: true },
          { id: 2, name: "Grace", active: true },
          { id: 7, name: "Old", active: true },
        ],
        books: [
          { id: 10, author: 1, title: "Notes" },
          { id: 11, author: 2, title: "Compilers" },
          { id: 70, author: 7, title: "Older" },
        ],
        tags: [{ label: "a" }, { label: "a" }, { label: "a" }, { label: "z" }, { label: null }],
      });
      // The view of the application stays as it is.
      expect(await scene.rows("SELECT title FROM titles ORDER BY 1")).toContainEqual({ title: "NOTES" });
      expect(await scene.proven()).toEqual({
        schema: "public",
        live: { schema: "public", into: { authors: "append", books: "append", tags: "append" }, views: [] },
      });
      expect(await scene.rows("INSERT INTO authors (name) VALUES ('New') RETURNING id::int")).toEqual([{ id: 8 }]);
      expect((await refusal(() => scene.rollback())).code).toBe("ROLLBACK_REFUSED");
      await scene.rows("DELETE FROM authors WHERE id = 8");
      await scene.rollback();
      expect(await state(scene)).toEqual(then);
      expect(await scene.rows("INSERT INTO books (title, author) VALUES ('Next', 7) RETURNING id")).toEqual([
        { id: 71 },
      ]);
    }));

  it("refuses a key that is there, naming table and key, and leaves everything", () =>
    into(
      "append",
      source,
      `${live}; INSERT INTO authors (id, name) OVERRIDING SYSTEM VALUE VALUES (2, 'Old')`,
      async (scene) => {
        const then = await state(scene);
        const { code, text } = await refusal(() => scene.run());
        expect(code).toBe("HAZARDS_NOT_ACCEPTED");
        expect(text).toContain("ROWS_TAKEN authors: 1 row of authors has a key (id) that authors has already");
        expect(text).toContain("id=2");
        expect(await state(scene)).toEqual(then);
      },
    ));
});

describe.concurrent("replace", () => {
  const before = `${live}; INSERT INTO authors (id, name, active) OVERRIDING SYSTEM VALUE VALUES (2, 'Old', false); INSERT INTO books VALUES (70, 'Older', 2); INSERT INTO tags VALUES ('z')`;

  it("empties the tables, fills them, and puts the old rows back", () =>
    into("replace", source, before, async (scene) => {
      const then = await state(scene);
      await scene.run();
      expect(await state(scene)).toEqual({
        authors: [
          { id: 1, name: "Ada", active: true },
          { id: 2, name: "Grace", active: true },
        ],
        books: [
          { id: 10, author: 1, title: "Notes" },
          { id: 11, author: 2, title: "Compilers" },
        ],
        tags: [{ label: "a" }, { label: "a" }, { label: null }],
      });
      expect(await ours(scene)).toEqual({
        rowhaul_aside: ["authors", "books", "tags"],
        rowhaul_staging: ["authors", "books", "tags"],
      });
      await scene.rollback();
      expect(await state(scene)).toEqual(then);
      expect(await ours(scene)).toEqual({ rowhaul_staging: ["authors", "books", "tags"] });
    }));

  it("discards what was written since, when told to", () =>
    into("replace", source, before, async (scene) => {
      const then = await state(scene);
      await scene.run();
      await scene.rows("UPDATE books SET title = 'changed'; DELETE FROM tags");
      expect((await refusal(() => scene.rollback())).text).toContain("books, tags");
      await scene.rollback(true);
      expect(await state(scene)).toEqual(then);
    }));

  it("refuses while rows of other tables point to those that would go", () =>
    into(
      "replace",
      source,
      `${before}; CREATE SCHEMA s; CREATE TABLE s.loans (book int CONSTRAINT lent REFERENCES books ON DELETE CASCADE); INSERT INTO s.loans VALUES (70)`,
      async (scene) => {
        const then = await state(scene);
        const { code, text } = await refusal(() => scene.run());
        expect(code).toBe("TARGET_MISMATCH");
        expect(text).toContain("1 row of s.loans points to books (foreign key lent)");
        expect(await state(scene)).toEqual(then);
        await scene.rows("DELETE FROM s.loans");
        await scene.run();
        // And on the way back as well: the cascade would take the loan along.
        await scene.rows("INSERT INTO s.loans VALUES (10)");
        const back = await refusal(() => scene.rollback(true));
        expect(back.code).toBe("ROLLBACK_REFUSED");
        expect(back.text).toContain("Rows of s.loans point to rows of books that would go (foreign key lent).");
        expect(await scene.rows("SELECT * FROM s.loans")).toEqual([{ book: 10 }]);
      },
    ));

  it("leaves nothing but the application's own after clean", () =>
    into("replace", source, before, async (scene) => {
      await scene.run();
      await scene.clean();
      expect(await ours(scene)).toEqual({});
      expect((await scene.rows("SELECT * FROM books")).length).toBe(2);
    }));
});

describe.concurrent("merge", () => {
  const keyed = source
    .replace("CREATE TABLE tags (label TEXT)", "CREATE TABLE tags (label TEXT, n INTEGER)")
    .replace("VALUES ('a'), ('a'), (NULL)", "VALUES ('a', 1), ('b', 2)");
  const before = `${live.replace("CREATE TABLE tags (label text)", "CREATE TABLE tags (label text, n int, hits int DEFAULT 5, PRIMARY KEY (n, label))")};
    INSERT INTO authors (id, name, active) OVERRIDING SYSTEM VALUE VALUES (2, 'Old', false), (3, 'Other', false);
    INSERT INTO books VALUES (70, 'Older', 3); INSERT INTO tags VALUES ('b', 2, 9), ('z', 9, 9)`;

  it("overwrites what the source knows of rows with the same key, and puts it back", () =>
    into("merge", keyed, before, async (scene) => {
      const all = "SELECT label, n, hits FROM tags ORDER BY n";
      const then = { ...(await state(scene)), all: await scene.rows(all) };
      await scene.run();
      expect((await state(scene)).authors).toEqual([
        { id: 1, name: "Ada", active: true },
        { id: 2, name: "Grace", active: false },
        { id: 3, name: "Other", active: false },
      ]);
      expect(await scene.rows(all)).toEqual([
        { label: "a", n: 1, hits: 5 },
        { label: "b", n: 2, hits: 9 },
        { label: "z", n: 9, hits: 9 },
      ]);
      expect(await scene.rows(`SELECT count(*)::int AS n FROM books`)).toEqual([{ n: 3 }]);
      expect((await scene.proven()).live?.into).toEqual({ authors: "merge", books: "merge", tags: "merge" });
      await scene.rollback();
      expect({ ...(await state(scene)), all: await scene.rows(all) }).toEqual(then);
    }));

  it("refuses a table without a primary key, and one whose key the source lacks", () =>
    into(
      "merge",
      source,
      `${live}; ALTER TABLE books ADD edition int; ALTER TABLE books DROP CONSTRAINT books_pkey, ADD PRIMARY KEY (id, edition)`,
      async (scene) => {
        const { code, text } = await refusal(() => scene.run());
        expect(code).toBe("TARGET_MISMATCH");
        expect(text).toContain("tags has no primary key");
        expect(text).toContain("books's key edition is not among the columns of books");
      },
    ));
});

describe.concurrent("tables that are not there", () => {
  it("are made with keys, foreign keys and views, and go again", () =>
    into(
      "merge",
      source
        .replace(
          "CREATE TABLE tags (label TEXT)",
          "CREATE TABLE tags (label TEXT, book INTEGER REFERENCES books(id) DEFAULT 10)",
        )
        .replace("VALUES ('a'), ('a'), (NULL)", "VALUES ('a', 10)"),
      "CREATE TABLE authors (id int PRIMARY KEY, name text)",
      async (scene) => {
        await scene.run();
        expect(await scene.proven()).toEqual({
          schema: "public",
          live: { schema: "public", into: { authors: "merge" }, views: ["titles"] },
        });
        await scene.validate();
        expect(
          await scene.rows(
            "SELECT conname::text, pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f') ORDER BY 1",
          ),
        ).toEqual([
          { conname: "authors_pkey", def: "PRIMARY KEY (id)" },
          { conname: expect.stringMatching(/^books/), def: "FOREIGN KEY (author) REFERENCES authors(id)" },
          { conname: "books_pkey", def: "PRIMARY KEY (id)" },
          { conname: expect.stringMatching(/^tags/), def: "FOREIGN KEY (book) REFERENCES books(id)" },
        ]);
        expect(await scene.rows("INSERT INTO books (author, title) VALUES (1, 'More') RETURNING id::int")).toEqual([
          { id: 12 },
        ]);
        expect(await scene.rows("SELECT title FROM titles ORDER BY 1")).toEqual([
          { title: "Compilers" },
          { title: "More" },
          { title: "Notes" },
        ]);
        await scene.rollback(true);
        expect(
          await scene.rows(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')",
          ),
        ).toEqual([{ relname: "authors" }]);
        expect(await scene.rows("SELECT * FROM authors")).toEqual([]);
      },
      { accept: [{ code: "TABLE_MISSING", at: null, policy: "create", why: null }] },
    ));

  it("move in like everywhere else when nothing is there", () =>
    into("append", source, "CREATE SCHEMA other", async (scene) => {
      const { plan } = await scene.run();
      expect(plan?.notes.filter(({ code }) => code === "SCHEMA_EMPTY")).toEqual([
        {
          code: "SCHEMA_EMPTY",
          at: "public",
          message:
            "rows were to go into tables that are there (append), and there are none: each is made; if the application's tables are in another schema, name that one",
        },
      ]);
      expect(await ours(scene)).toEqual({});
      expect(await scene.proven()).toEqual({ schema: "public", live: null });
      await scene.rollback();
      expect(Object.keys(await ours(scene))).toEqual(["rowhaul_staging"]);
    }));
});

describe.concurrent("a rule of the application's", () => {
  it.each([
    [
      "replace",
      "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (-5, 'kept'), (7, 'old'); CREATE RULE r AS ON INSERT TO t WHERE NEW.id < 0 DO INSTEAD NOTHING",
      "did not come back as they were",
    ],
    [
      "append",
      "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING",
      "rows that came with the switch are still there",
    ],
  ] as const)("that stands in the way back is told, and nothing is lost: %s", (mode, live, said) =>
    into(
      mode,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'A')",
      live,
      async (scene) => {
        await scene.run();
        const { code, text } = await refusal(() => scene.rollback());
        expect([code, text.includes(said)]).toEqual(["ROLLBACK_REFUSED", true]);
        expect(await scene.rows("SELECT * FROM t")).toEqual([{ id: 1, a: "A" }]);
        const before = await scene.rows("SELECT count(*)::int AS n FROM pg_class WHERE relname = 't'");
        expect(before).toEqual([{ n: mode === "replace" ? 3 : 2 }]);
      },
    ),
  );
});
