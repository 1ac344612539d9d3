/** `copy` and `import` into a SQLite file that an application made. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { type CliResult, rowhaul } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";
import { type Workspace, workspace } from "./workspace.ts";

type Scene = {
  readonly space: Workspace;
  readonly cli: (...args: readonly string[]) => Promise<CliResult>;
  /** Rows of a SELECT on the target. */
  readonly rows: (sql: string) => unknown[];
  readonly hash: () => string;
};

/** `source`: statements for app.db; `live`: for t.db. */
function scene(source: string, live: string): Scene {
  const space = workspace();
  if (source !== "") space.sqlite(source);
  space.sqlite(live, "t.db");
  return {
    space,
    cli: (...args) => rowhaul([...args, "--no-color"], { cwd: space.folder }),
    rows(sql) {
      const db = new Database(space.path("t.db"), { readonly: true });
      try {
        return db.prepare(sql).raw().all();
      } finally {
        db.close();
      }
    },
    hash: () =>
      createHash("sha256")
        .update(readFileSync(space.path("t.db")))
        .digest("hex"),
  };
}

/** The printed lines, which are to be a whole pipeline file. */
function pasted({ all }: CliResult): string {
  const lines = all.split("\n");
  const from = lines.findIndex((line) => line.startsWith("name: "));
  const to = lines.findIndex((line, i) => i > from && !/^(name|source|target|tables|accept):| {2}/.test(line));
  expect(from).toBeGreaterThan(0);
  return `${lines.slice(from, to).join("\n")}\n`;
}

describe.concurrent("constraints", () => {
  it.each(["--append", "--merge"])("a CHECK that a row breaks refuses %s, each time it is run", async (flag) => {
    const { cli, hash } = scene(
      "CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO u VALUES (1, 'x'), (2, 'long enough')",
      "CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT CHECK (length(name) > 3))",
    );
    const before = hash();
    for (let round = 0; round < 2; round++) {
      const { exit, stderr } = await cli("copy", "app.db", "t.db", flag);
      expect([exit, stderr]).toEqual([4, expect.stringContaining("Error CONSTRAINT_VIOLATED: 1 row breaks what")]);
      expect(stderr).toContain("at table u, key id=1, column name, sample 'x'");
      expect(stderr).toContain("u: CHECK (length(name) > 3): 1 row");
      expect(stderr).toContain("run again with --fresh");
      expect(hash()).toBe(before);
    }
  });

  it("an orphan refuses; with its parent the same command goes on with --fresh", async () => {
    const { cli, rows, space, hash } = scene(
      "CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER); INSERT INTO k VALUES (1, 77)",
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id))",
    );
    const before = hash();
    const refused = await cli("copy", "app.db", "t.db", "--append");
    expect([refused.exit, refused.stderr]).toEqual([
      4,
      expect.stringContaining("k: FOREIGN KEY (p) REFERENCES p (id): 1 row\n      id=1: p=77"),
    ]);
    expect(hash()).toBe(before);
    space.sqlite("INSERT INTO p VALUES (77)", "t.db");
    const done = await cli("copy", "app.db", "t.db", "--append", "--fresh");
    expect(done.exit).toBe(0);
    expect(rows("SELECT * FROM k")).toEqual([[1, 77]]);
    expect(rows("SELECT * FROM pragma_foreign_key_check()")).toEqual([]);
  });

  it("the plan says that triggers do not fire", async () => {
    const { cli, rows } = scene(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)",
      "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE log (x); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END",
    );
    const done = await cli("copy", "app.db", "t.db", "--append");
    expect(done.exit).toBe(0);
    expect(rows("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM log)")).toEqual([[1, 0]]);
    expect((await cli("report", "app.db", "t.db")).stdout).toContain("the trigger tr of t stays, and does not fire");
  });
});

describe.concurrent("--replace", () => {
  const live = `CREATE TABLE t (id INTEGER PRIMARY KEY, v varchar(20) NOT NULL CHECK (v <> ''), extra INT DEFAULT 7);
    CREATE INDEX t_v ON t (v); CREATE TABLE log (x); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END;
    CREATE VIEW w AS SELECT v FROM t; INSERT INTO t VALUES (1, 'old', 1), (9, 'gone', 2); DELETE FROM log`;
  const schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";

  it("puts other rows into the table, which stays what the application made; rollback brings the old ones back", async () => {
    const { cli, rows } = scene(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX other ON t (v, id); CREATE VIEW w AS SELECT 1 AS v; INSERT INTO t VALUES (1, 'new one'), (2, 'new two')",
      live,
    );
    const before = rows(schema);
    const done = await cli("copy", "app.db", "t.db", "--replace");
    expect([done.exit, done.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(rows(schema)).toEqual(before);
    expect(rows("SELECT * FROM t")).toEqual([
      [1, "new one", 7],
      [2, "new two", 7],
    ]);
    expect(rows("SELECT * FROM log")).toEqual([]);
    const proven = await cli("validate", "app.db", "t.db");
    expect([proven.exit, proven.stdout]).toEqual([0, expect.stringContaining("✔ validated")]);
    expect((await cli("rollback", "app.db", "t.db")).exit).toBe(0);
    expect(rows(schema)).toEqual(before);
    expect(rows("SELECT * FROM t")).toEqual([
      [1, "old", 1],
      [9, "gone", 2],
    ]);
  });

  it("refuses rows that the table's conditions do not let in, and children that lose their parents", async () => {
    const { cli, hash } = scene(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, '')",
      `${live}; CREATE TABLE child (t INTEGER REFERENCES t (id)); INSERT INTO child VALUES (9)`,
    );
    const before = hash();
    const refused = await cli("copy", "app.db", "t.db", "--replace");
    expect([refused.exit, refused.stderr]).toEqual([
      4,
      expect.stringContaining(
        "t: CHECK (v <> ''): 1 row\n      id=1: v=''\n  child: FOREIGN KEY (t) REFERENCES t (id): 1 row",
      ),
    ]);
    expect(hash()).toBe(before);
  });
});

describe.concurrent("values of JSON", () => {
  const json = (rows: readonly unknown[], live: string): Scene => {
    const made = scene("", live);
    made.space.write("u.json", JSON.stringify(rows));
    return made;
  };
  const mixed = [
    { id: 1, v: true },
    { id: 2, v: "yes" },
    { id: 3, v: 5 },
    { id: 4, v: '"quoted"' },
    { id: 5, v: { a: 1 } },
    { id: 6, v: null },
  ];

  it("texts go into a TEXT column as they are; the rest is asked, and the printed line goes on", async () => {
    const { cli, rows, space } = json(mixed, "CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT)");
    const refused = await cli("import", "u.json", "t.db", "--append");
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      expect.stringMatching(
        /MIXED_CLASSES u\.v: 2 values are no text in JSON, 1 value is nested JSON beside texts, .*; the column is TEXT/,
      ),
    ]);
    expect(refused.stderr).toContain("id=1: JSON true");
    expect(rows("SELECT count(*) FROM u")).toEqual([[0]]);
    const file = space.write("p.yaml", pasted(refused));
    const done = await cli("run", file, "--yes");
    expect([done.exit, done.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(rows("SELECT id, typeof(v), v FROM u ORDER BY id")).toEqual([
      [1, "text", "true"],
      [2, "text", "yes"],
      [3, "text", "5"],
      [4, "text", '"quoted"'],
      [5, "text", '{"a":1}'],
      [6, "null", null],
    ]);
    const report = (await cli("report", file)).stdout;
    expect(report).toContain("MIXED_CLASSES:reinterpret");
  });

  it.each([
    [
      "null",
      [
        [1, null],
        [2, "yes"],
        [3, null],
        [4, '"quoted"'],
        [5, null],
        [6, null],
      ],
    ],
    [
      "quarantine",
      [
        [2, "yes"],
        [4, '"quoted"'],
        [6, null],
      ],
    ],
  ])("%s takes them as well", async (policy, expected) => {
    const { cli, rows, space } = json(mixed, "CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT)");
    const file = space.write(
      "p.yaml",
      `name: u\nsource: { kind: json, path: u.json }\ntarget: { kind: sqlite, path: t.db, existing: append }\naccept:\n  - { code: MIXED_CLASSES, column: u.v, policy: "${policy}" }\n`,
    );
    const done = await cli("run", file, "--yes");
    expect([done.exit, done.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(rows("SELECT id, v FROM u ORDER BY id")).toEqual(expected);
  });

  it("a column that holds any class gets SQLite's own", async () => {
    const { cli, rows } = json(
      [
        { id: 1, v: true, n: 1 },
        { id: 2, v: "yes", n: 1.5 },
        { id: 3, v: "7", n: -2 },
        { id: 4, v: 2.5, n: 0.1 },
      ],
      "CREATE TABLE u (id INTEGER PRIMARY KEY, v, n REAL)",
    );
    const done = await cli("import", "u.json", "t.db", "--append");
    expect([done.exit, done.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(rows("SELECT id, typeof(v), v, typeof(n), n FROM u ORDER BY id")).toEqual([
      [1, "integer", 1, "real", 1],
      [2, "text", "yes", "real", 1.5],
      [3, "text", "7", "real", -2],
      [4, "real", 2.5, "real", 0.1],
    ]);
  });

  it("integers alone go into a REAL column, decimals into NUMERIC; a digit too many is asked", async () => {
    const { cli, rows } = json(
      [
        { id: 1, a: 2, b: 1.1 },
        { id: 2, a: 3, b: 4.0 },
      ],
      "CREATE TABLE u (id INTEGER PRIMARY KEY, a REAL, b DECIMAL(10, 2))",
    );
    const done = await cli("import", "u.json", "t.db", "--append");
    expect([done.exit, done.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(rows("SELECT typeof(a), a, typeof(b), b FROM u ORDER BY id")).toEqual([
      ["real", 2, "real", 1.1],
      ["real", 3, "integer", 4],
    ]);
    const long = scene("", "CREATE TABLE u (id INTEGER PRIMARY KEY, a REAL)");
    long.space.write("u.json", '[{"id":1,"a":0.12345678901234567890},{"id":2,"a":1}]');
    const refused = await long.cli("import", "u.json", "t.db", "--append");
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/TARGET_NARROWS u\.a: 1 value has more digits than the column's numbers keep/),
    ]);
  });
});

describe.concurrent("what the application's file lacks", () => {
  it("a table is asked for, and made or left as it is answered", async () => {
    const { cli, rows, space } = scene(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE more (v TEXT); INSERT INTO more VALUES ('a'), ('b')",
      "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE others (x)",
    );
    const refused = await cli("copy", "app.db", "t.db", "--append");
    expect([refused.exit, refused.all]).toEqual([
      2,
      expect.stringContaining("TABLE_MISSING more: the file has no table more, for 2 rows"),
    ]);
    expect(refused.all).toContain("- { code: TABLE_MISSING, table: more, policy: create }  # or leave");
    const answer = (policy: string): string =>
      space.write(
        "p.yaml",
        `name: t\nsource: { kind: sqlite, path: app.db }\ntarget: { kind: sqlite, path: t.db, existing: append }\naccept:\n  - { code: TABLE_MISSING, table: more, policy: ${policy} }\n`,
      );
    expect((await cli("run", answer("leave"), "--yes")).exit).toBe(0);
    expect(rows("SELECT name FROM sqlite_schema ORDER BY name")).toEqual([["others"], ["t"]]);
    expect((await cli("rollback", answer("leave"), "--yes")).exit).toBe(0);
    expect((await cli("run", answer("create"), "--yes")).exit).toBe(0);
    expect(rows("SELECT * FROM more")).toEqual([["a"], ["b"]]);
  });
});

describe.concurrent("values that a column would not keep", () => {
  it("are all said at once, and the printed lines lead on, each cell in the ledger", async () => {
    const { cli, rows, space } = scene(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c); INSERT INTO t VALUES (1, 5, '007', 2.5), (2, 'x', 'seven', '1e2'), (3, 0.1, 8, NULL)",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c REAL)",
    );
    const refused = await cli("copy", "app.db", "t.db", "--append");
    expect(refused.exit).toBe(2);
    for (const text of [
      "TARGET_RESPELLS t.a: 2 values",
      "id=1: integer 5 → '5'",
      "id=3: real 0.1 → '0.1'",
      "TARGET_RESPELLS t.b: 1 value",
      'id=1: text "007" → 7',
      "TARGET_RESPELLS t.c: 1 value",
      'id=2: text "1e2" → 100.0',
    ])
      expect(refused.all).toContain(text);
    const file = space.write("p.yaml", pasted(refused));
    const done = await cli("run", file, "--yes");
    expect([done.exit, done.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(rows("SELECT id, quote(a), quote(b), quote(c) FROM t ORDER BY id")).toEqual([
      [1, "'5'", "7", "2.5"],
      [2, "'x'", "'seven'", "100.0"],
      [3, "'0.1'", "8", "NULL"],
    ]);
    const report = (await cli("report", file)).stdout;
    for (const text of ["integer 5", 'text "007"', 'text "1e2"', "real 0.1"]) expect(report).toContain(text);
    expect((await cli("validate", file)).exit).toBe(0);
  });
});

describe.concurrent("--skip", () => {
  it("lets rows that are there stay, and lists the source's in quarantine", async () => {
    const { cli, rows } = scene(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'new one'), (2, 'new two')",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'old one'), (9, 'old nine')",
    );
    const done = await cli("copy", "app.db", "t.db", "--skip");
    expect([done.exit, done.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(rows("SELECT * FROM t ORDER BY id")).toEqual([
      [1, "old one"],
      [2, "new two"],
      [9, "old nine"],
    ]);
    expect((await cli("report", "app.db", "t.db")).stdout).toContain("ROWS_TAKEN:skip");
    expect((await cli("validate", "app.db", "t.db")).exit).toBe(0);
  });

  it("a row that another unique key has taken is asked about", async () => {
    const { cli } = scene(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT); INSERT INTO t VALUES (2, 'A@b.c')",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT COLLATE NOCASE UNIQUE); INSERT INTO t VALUES (1, 'a@B.c')",
    );
    const refused = await cli("copy", "app.db", "t.db", "--append");
    expect([refused.exit, refused.all]).toEqual([
      2,
      expect.stringMatching(
        /ROWS_TAKEN t\.mail: 1 row of t has a value of t's unique key \(mail\) that another row has there[\s\S]*id=2: mail="A@b\.c"/,
      ),
    ]);
  });
});

describe.concurrent("from PostgreSQL", () => {
  it("numbers go into columns for numbers as such, everything else as PostgreSQL writes it", async () => {
    const database = await freshDatabase();
    try {
      await database.pool.query(
        "CREATE TABLE t (id bigint PRIMARY KEY, price numeric(10,2), ratio double precision, n integer, ok boolean, at timestamptz, exact numeric, raw bytea); INSERT INTO t VALUES (1, 1.50, 0.1, 2, true, '2024-01-02 03:04:05+00', 12345678901234567890.12, '\\x00ff'), (2, 3, 1e-5, 3, false, NULL, 'NaN', NULL)",
      );
      const { cli, rows } = scene(
        "",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, price DECIMAL(10,2), ratio REAL, n REAL, ok BOOLEAN, at DATETIME, exact TEXT, raw BLOB)",
      );
      const done = await cli("copy", database.url, "t.db", "--append");
      expect([done.exit, done.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
      const quoted = ["price", "ratio", "n", "ok", "at", "exact", "raw"].map((name) => `quote(${name})`).join(", ");
      expect(rows(`SELECT ${quoted} FROM t ORDER BY id`)).toEqual([
        ["1.5", "0.1", "2.0", "1", "'2024-01-02 03:04:05+00'", "'12345678901234567890.12'", "X'00FF'"],
        ["3", "1.0e-05", "3.0", "0", "NULL", "'NaN'", "NULL"],
      ]);
      expect((await cli("validate", database.url, "t.db")).exit).toBe(0);
    } finally {
      await database.drop();
    }
  });
});

describe.concurrent("unique indexes that only SQLite can evaluate", () => {
  it.each(["id INTEGER PRIMARY KEY, e TEXT", "id INTEGER PRIMARY KEY, e"])("name the row: %s", async (columns) => {
    const { cli, hash } = scene(
      `CREATE TABLE t (${columns}); INSERT INTO t VALUES (1, 'x'), (2, 'y')`,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, e TEXT NOT NULL, gone INT DEFAULT 0); CREATE UNIQUE INDEX p ON t (e) WHERE gone = 0; INSERT INTO t VALUES (5, 'y', 0)",
    );
    const before = hash();
    const refused = await cli("copy", "app.db", "t.db", "--append");
    expect([refused.exit, refused.stderr]).toEqual([
      4,
      expect.stringContaining(
        "CONSTRAINT_VIOLATED: A row of t breaks what its table enforces: UNIQUE constraint failed: t.e.",
      ),
    ]);
    expect(refused.stderr).toMatch(/^ {2}at key id=2, sample "y"$/m);
    expect(refused.stderr).toContain("--fresh");
    expect(hash()).toBe(before);
  });
});
