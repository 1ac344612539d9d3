/** What transforms do to keys, constraints, indexes, views and search: it follows, or somebody has to accept its loss. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { transforming } from "./transforming.ts";

const shop = `
  PRAGMA foreign_keys = OFF;
  CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE, email TEXT UNIQUE, status TEXT CHECK (status IN ('a', 'b')), a INTEGER, b INTEGER, UNIQUE (a, b));
  CREATE UNIQUE INDEX p_open ON p (email) WHERE status = 'a';
  CREATE INDEX p_email ON p (email);
  CREATE TABLE c (id INTEGER PRIMARY KEY, p_code TEXT REFERENCES p (code));
  CREATE VIEW codes AS SELECT code FROM p;
  CREATE VIEW mails AS SELECT email FROM p;
  INSERT INTO p VALUES (1, 'c1', 'e1', 'a', 1, 1), (2, 'c2', 'e2', 'b', 1, 2);
  INSERT INTO c VALUES (1, 'c1');
  CREATE TRIGGER upper_code AFTER INSERT ON p BEGIN UPDATE p SET code = upper(code) WHERE id = new.id; END;`;
const reshape = `
tables:
  p:
    transform:
      - map: { column: status, values: { a: A, b: B } }
      - distribute: { into: { p_mail: [email] } }
      - drop: [code, b]
  c: {}`;
const lost = [
  "UNIQUENESS_LOST p_email_key",
  "UNIQUENESS_LOST p_open",
  "CHECK_LOST p.check1",
  "FOREIGN_KEY_LOST c.p_code",
  "VIEW_LOST mails",
];

describe("what hangs on a column", () => {
  it("is a hazard where nobody dropped that column, and left out where somebody did", () =>
    transforming({ sql: shop }, async ({ go, rows }) => {
      const ended = await go(reshape);
      expect(ended).toMatchObject({ ended: "HAZARDS_NOT_ACCEPTED", exit: 2, hazards: lost });
      expect(ended.leftOut).toEqual([
        "the unique constraint on code of p: the column code is gone",
        "the unique constraint on a, b of p: the column b is gone",
        "the index p_email of p: the column email is gone",
        "view codes: p has no column code any more",
        "trigger upper_code: p has no column code any more",
      ]);
      expect(ended.message).toContain("the unique constraint on email of p: the column email is gone");
      expect(await rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([]);
      // The lines it prints are enough.
      const lines = ended.message.slice(ended.message.indexOf("accept:"));
      expect(await go(`${reshape}\n${lines}`)).toMatchObject({ ended: "done", hazards: lost });
      expect(await rows("SELECT * FROM p ORDER BY id")).toEqual([
        ["1", "A", "1"],
        ["2", "B", "1"],
      ]);
      expect(await rows("SELECT * FROM p_mail ORDER BY id")).toEqual([
        ["1", "e1"],
        ["2", "e2"],
      ]);
    }));

  it("is a hazard on the way into a SQLite file as well", () =>
    transforming({ sql: shop, into: "out.db" }, async ({ go, space }) => {
      expect(await go(reshape)).toMatchObject({ ended: "HAZARDS_NOT_ACCEPTED", hazards: lost });
      expect(await go(reshape, { acceptAll: true })).toMatchObject({ ended: "done", hazards: lost });
      const db = new Database(space.path("out.db"), { readonly: true });
      expect(db.prepare("SELECT status, p_mail.email FROM p JOIN p_mail USING (id) ORDER BY id").raw().all()).toEqual([
        ["A", "e1"],
        ["B", "e2"],
      ]);
      db.close();
    }));

  it("of a table that does not move is nobody's loss", () =>
    transforming({ sql: shop }, async ({ go }) => {
      const ended = await go(
        `${reshape.replace("  c: {}", "")}\naccept: [{ code: UNIQUENESS_LOST }, { code: CHECK_LOST }, { code: VIEW_LOST }]`,
      );
      expect(ended.ended).toBe("done");
      expect(ended.hazards).not.toContain("FOREIGN_KEY_LOST c.p_code");
    }));

  it("an expression over masked values does not keep them without a word", () =>
    transforming(
      {
        sql: `CREATE TABLE g (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'none', low TEXT GENERATED ALWAYS AS (lower(name)) STORED);
          INSERT INTO g (id, name) VALUES (1, 'Secret')`,
      },
      async ({ go, rows }) => {
        const masked = "tables: { g: { transform: { mask: { columns: name, fixed: xxx } } } }";
        expect((await go(masked)).hazards).toEqual(["DEFAULT_LOST g.name", "GENERATED_LOST g.low"]);
        const both = "tables: { g: { transform: { mask: { columns: [name, low], fixed: xxx } } } }";
        expect(await go(both, { acceptAll: true })).toMatchObject({ ended: "done" });
        expect(await rows("SELECT name, low FROM g")).toEqual([["xxx", "xxx"]]);
      },
    ));

  it("rows of several tables in one have none of their constraints", () =>
    transforming(
      {
        sql: `CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER CHECK (n > 0));
          CREATE TABLE b (id TEXT PRIMARY KEY, title TEXT, n TEXT COLLATE NOCASE);
          CREATE TABLE c (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id));
          INSERT INTO a VALUES (1, 'x', 1), (2, 'y', 2); INSERT INTO b VALUES ('1', 't', '5'), ('2', 'u', NULL); INSERT INTO c VALUES (1, 1)`,
      },
      async ({ go, rows }) => {
        const yaml =
          "tables: { a: { transform: { unify: { into: ab } } }, b: { transform: { unify: { into: ab } } }, c: {} }";
        const ended = await go(yaml);
        expect(ended.hazards).toEqual([
          "UNIQUENESS_LOST a_name_key",
          "CHECK_LOST a.check1",
          "FOREIGN_KEY_LOST c.a_id",
          "MIXED_CLASSES ab.source_id",
          "MIXED_CLASSES ab.n",
        ]);
        expect(ended.leftOut).toContain("a: its rows are in ab now, without its indexes and checks");
        expect(await go(yaml, { acceptAll: true })).toMatchObject({ ended: "done" });
        // An id is a number here and a text there, and so is n: each keeps its class.
        expect(
          await rows(
            "SELECT source, source_id ->> 'v', source_id ->> 't', name, n ->> 'v', n ->> 't', title FROM ab ORDER BY 1, 2",
          ),
        ).toEqual([
          ["a", "1", "integer", "x", "1", "integer", null],
          ["a", "2", "integer", "y", "2", "integer", null],
          ["b", "1", "text", null, "5", "text", "t"],
          ["b", "2", "text", null, null, null, "u"],
        ]);
      },
    ));
});

describe("types", () => {
  it("are as declared where every value is NULL, whatever step had them in hand, and a view asks as it did", () =>
    transforming(
      {
        sql: `CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c REAL, d BLOB, e NUMERIC, j JSON, open TEXT);
          CREATE VIEW opened AS SELECT id FROM n WHERE open = 1;
          INSERT INTO n (id, open) VALUES (1, '1'), (2, '0')`,
      },
      async ({ go, rows }) => {
        const yaml = `
tables:
  n:
    transform:
      - trim: [a, b, c, d, e]
      - map: { column: b, values: { x: y }, otherwise: keep }
      - json-path: { column: j, path: $.k, as: k }
      - constant: { one: 1, nothing: null }`;
        const ended = await go(yaml);
        expect(ended).toMatchObject({ ended: "done", hazards: [] });
        expect(
          await rows(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'public.n'::regclass AND attnum > 0 ORDER BY attnum",
          ),
        ).toEqual([
          ["id", "bigint"],
          ["a", "text"],
          ["b", "bigint"],
          ["c", "double precision"],
          ["d", "bytea"],
          ["e", "numeric"],
          ["j", "jsonb"],
          ["open", "text"],
          ["k", "text"],
          ["one", "bigint"],
          ["nothing", "text"],
        ]);
        expect(await rows("SELECT * FROM opened")).toEqual([["1"]]);
      },
    ));
});

describe("keys", () => {
  it("renamed on both sides are still pointed to, composite and WITHOUT ROWID", () =>
    transforming(
      {
        sql: `CREATE TABLE a (x TEXT, y INTEGER, b_id INTEGER REFERENCES b (id) DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY (y, x)) WITHOUT ROWID;
          CREATE TABLE b (id INTEGER PRIMARY KEY, ax TEXT, ay INTEGER, FOREIGN KEY (ax, ay) REFERENCES a (x, y));
          BEGIN; INSERT INTO a VALUES ('k', 1, 1), ('l', 2, NULL); INSERT INTO b VALUES (1, 'l', 2); COMMIT`,
      },
      async ({ go, rows }) => {
        expect(
          await go(
            "tables: { a: { transform: { rename: { x: xx, y: yy } } }, b: { transform: { rename: { id: b_key, ay: a_y } } } }",
          ),
        ).toMatchObject({ ended: "done", hazards: [] });
        expect(
          await rows(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('p', 'f') AND connamespace = 'public'::regnamespace ORDER BY 1",
          ),
        ).toEqual([
          ["FOREIGN KEY (ax, a_y) REFERENCES a(xx, yy)"],
          ["FOREIGN KEY (b_id) REFERENCES b(b_key) DEFERRABLE INITIALLY DEFERRED"],
          ["PRIMARY KEY (b_key)"],
          ["PRIMARY KEY (yy, xx)"],
        ]);
      },
    ));

  it.each([
    [
      "a unique constraint",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT UNIQUE); INSERT INTO t VALUES (1, 'a'), (2, 'A')",
      "t_s_key",
      "Key (s)=(a)",
    ],
    [
      "a primary key",
      "CREATE TABLE t (s TEXT PRIMARY KEY); INSERT INTO t VALUES ('a'), ('A')",
      "t_pkey",
      "Key (s)=(a)",
    ],
  ])("made equal under %s stop the run before anything is switched", (_, sql, constraint, key) =>
    transforming({ sql }, async ({ go, rows }) => {
      const ended = await go("tables: { t: { columns: { s: { case: lower } } } }");
      expect(ended).toMatchObject({ ended: "CONSTRAINT_VIOLATED", exit: 4, place: { table: "t" } });
      expect(ended.message).toContain(constraint);
      expect(ended.message).toContain(key);
      expect(await rows("SELECT to_regclass('public.t')")).toEqual([[null]]);
    }),
  );

  it("of one tag twice in a shared table are refused with the key", () =>
    transforming(
      {
        sql: "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)",
      },
      async ({ go }) => {
        const ended = await go(
          "tables: { a: { transform: { unify: { into: ab, tag: t } } }, b: { transform: { unify: { into: ab, tag: t } } } }",
        );
        expect(ended).toMatchObject({ ended: "CONSTRAINT_VIOLATED", exit: 4, place: { table: "ab" } });
        expect(ended.message).toContain("(source, source_id)=(t, 1)");
      },
    ));

  it("children of rows that went are named", () =>
    transforming(
      {
        sql: `CREATE TABLE p (id INTEGER PRIMARY KEY, email TEXT); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id), tags TEXT);
          INSERT INTO p VALUES (1, 'x'), (2, 'x'), (3, 'y'); INSERT INTO c VALUES (1, 1, '["t"]'), (2, 2, '["u"]'), (3, 3, NULL)`,
      },
      async ({ go, rows }) => {
        const yaml =
          "tables: { p: { transform: { dedupe: { by: email } } }, c: { transform: [{ explode: { column: tags, into: ct } }, { filter: { column: id, op: '!=', value: 1 } }] } }";
        const ended = await go(yaml);
        expect(ended).toMatchObject({
          ended: "HAZARDS_NOT_ACCEPTED",
          hazards: ["ORPHAN_ROWS c.p_id", "ORPHAN_ROWS ct.id"],
        });
        expect(ended.message).toContain("id=2: integer 2");
        const accept =
          "accept: [{ code: ORPHAN_ROWS, column: c.p_id, policy: 'null' }, { code: ORPHAN_ROWS, column: ct.id, policy: quarantine }]";
        expect(await go(`${yaml}\n${accept}`)).toMatchObject({ ended: "done" });
        expect(await rows("SELECT id, p_id FROM c ORDER BY 1")).toEqual([
          ["2", null],
          ["3", "3"],
        ]);
        expect(await rows("SELECT id, value FROM ct")).toEqual([["2", "u"]]);
      },
    ));
});

describe("full text", () => {
  const entries = `
    CREATE TABLE e (id INTEGER PRIMARY KEY, body TEXT, other TEXT);
    INSERT INTO e VALUES (1, 'hello secret', 'x'), (2, 'hello world', 'x'), (3, 'third', 'y');
    CREATE VIRTUAL TABLE e_fts USING fts5 (body, content = 'e', content_rowid = 'id'); INSERT INTO e_fts (e_fts) VALUES ('rebuild');
    CREATE TRIGGER e_ai AFTER INSERT ON e BEGIN INSERT INTO e_fts (rowid, body) VALUES (new.id, new.body); END;`;

  it("finds the texts of after the steps, and of the rows that stayed", () =>
    transforming({ sql: entries }, async ({ go, rows }) => {
      const yaml =
        "tables: { e: { transform: [{ dedupe: { by: other } }, { map: { column: body, values: { hello secret: hello mask }, otherwise: keep } }] }, e_fts: {} }";
      expect(await go(yaml)).toMatchObject({ ended: "done", hazards: [] });
      expect(await rows("SELECT id, body FROM e ORDER BY 1")).toEqual([
        ["1", "hello mask"],
        ["3", "third"],
      ]);
      expect(await rows("SELECT rowid FROM e_fts ORDER BY 1")).toEqual([["1"], ["3"]]);
    }));

  it("over a column that is called otherwise now must be accepted as lost", () =>
    transforming({ sql: entries }, async ({ go }) => {
      const yaml = "tables: { e: { transform: { rename: { body: words } } }, '*': {} }";
      expect((await go(yaml)).hazards).toEqual(["TRIGGER_LOST e_ai", "VIRTUAL_TABLE_LOST e_fts"]);
      expect(await go(yaml, { acceptAll: true })).toMatchObject({ ended: "done" });
    }));
});

describe("selections", () => {
  it("ask the source's own rows, whatever other tables become", () =>
    transforming(
      {
        sql: `CREATE TABLE customers (id INTEGER PRIMARY KEY, kind TEXT); CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers (id));
          INSERT INTO customers VALUES (1, 'x'), (2, 'y'); INSERT INTO orders VALUES (1, 1), (2, 2)`,
      },
      async ({ go, rows }) => {
        const yaml = `
tables:
  customers: { transform: { map: { column: kind, values: { x: gold, y: silver } } } }
  orders: { where: "customer IN (SELECT id FROM customers WHERE kind = 'x')" }`;
        expect(await go(yaml)).toMatchObject({ ended: "done" });
        expect(await rows("SELECT * FROM orders")).toEqual([["1", "1"]]);
      },
    ));

  it.each([
    ["steps under a pattern", "'*': { transform: { trim: s } }", '"*" has steps'],
    ["a condition under a pattern", "'t*': { where: '0' }", '"t*" has settings'],
    [
      "steps of a table that other steps make",
      "t: { transform: { split: { column: s, by: ',' } } }, tt: { transform: { trim: s } }",
      "tt has steps",
    ],
    [
      "a child's column called like its key",
      "t: { transform: { explode: { column: s, into: tt, value: ID } } }",
      "tt would have two columns ID",
    ],
    [
      "two parents of one child table",
      "t: { transform: { explode: { column: s, into: tt } } }, u: { transform: { explode: { column: s, into: tt } } }",
      "cannot share the table tt",
    ],
  ])("%s: refused", (_, tables, told) =>
    transforming(
      {
        sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT); CREATE TABLE u (id INTEGER PRIMARY KEY, s TEXT); INSERT INTO t VALUES (1, '[1]')",
      },
      async ({ go }) => {
        const ended = await go(`tables: { ${tables} }`);
        expect(ended).toMatchObject({ ended: "PLAN_INVALID", exit: 2 });
        expect(ended.message).toContain(told);
      },
    ),
  );

  it("names are names, whatever they hold", () =>
    transforming(
      {
        sql: `CREATE TABLE "a""; DROP TABLE x; --" (id INTEGER PRIMARY KEY, "c""'); --" TEXT, "tags]" TEXT, "__proto__" TEXT, "constructor" TEXT);
          INSERT INTO "a""; DROP TABLE x; --" VALUES (1, 'a', '["x''","y"]', 'p', 'c')`,
      },
      async ({ go, rows }) => {
        const yaml = `
tables:
  'a"; DROP TABLE x; --':
    transform:
      - case: { columns: ['c"''); --', __proto__, constructor], to: upper }
      - explode: { column: "tags]", into: 'k"; --', value: 'v"''$' }`;
        expect(await go(yaml)).toMatchObject({ ended: "done" });
        expect(await rows('SELECT * FROM "a""; DROP TABLE x; --"')).toEqual([["1", "A", "P", "C"]]);
        expect(await rows('SELECT "v""\'$" FROM "k""; --" ORDER BY ordinal')).toEqual([["x'"], ["y"]]);
      },
    ));
});
