/**
 * Small databases with one hazard each, moved as a whole: what arrives, what is
 * named as lost, and what the new tables refuse. Values are read back by SQL of
 * this file's own, so that no code of rowhaul's judges itself.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copySettings, type Plan, RowhaulError, run } from "../../src/index.ts";
import { useDatabase } from "../support/database.ts";

type Case = {
  readonly name: string;
  readonly pragma?: string;
  readonly sql: string;
  /** REAL values that SQL text cannot be trusted to write: bound to `INSERT INTO t VALUES (?)`. */
  readonly reals?: readonly number[];
  /** Codes of hazards that must be accepted, in the plan's order; none unless given. */
  readonly hazards?: readonly string[];
  /** A query of the target and its rows, every value as text. */
  readonly arrives?: readonly [sql: string, rows: readonly (readonly (string | null)[])[]];
  /** Statements that the new tables must refuse, each with its SQLSTATE, or take (null). */
  readonly then?: readonly (readonly [sql: string, state: string | null])[];
};

const unique = "23505";
const check = "23514";

const values: readonly Case[] = [
  {
    name: "integers at both ends of 64 bits",
    sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, v INT); INSERT INTO t VALUES (-9223372036854775808, 9007199254740993), (9223372036854775807, -9007199254740993)",
    arrives: [
      "SELECT id, v FROM t ORDER BY id",
      [
        ["-9223372036854775808", "9007199254740993"],
        ["9223372036854775807", "-9007199254740993"],
      ],
    ],
    then: [["INSERT INTO t (v) VALUES (1)", "2200H"]],
  },
  {
    name: "doubles bit for bit, with −0.0, infinities and the smallest subnormal",
    sql: "CREATE TABLE t (r)",
    reals: [-0.0, 5e-324, 1.7976931348623157e308, Number.NEGATIVE_INFINITY, 0.1],
    arrives: [
      "SELECT encode(float8send(r), 'hex') FROM t ORDER BY 1",
      [["0000000000000001"], ["3fb999999999999a"], ["7fefffffffffffff"], ["8000000000000000"], ["fff0000000000000"]],
    ],
  },
  {
    name: "decimals: SQLite's double, with the shortest digits",
    sql: "CREATE TABLE t (d DECIMAL(10, 2)); INSERT INTO t VALUES (1.005), (0.1), (9e999), (7), (1e-7)",
    arrives: ["SELECT d::text FROM t ORDER BY d", [["0.0000001"], ["0.1"], ["1.005"], ["7"], ["Infinity"]]],
  },
  {
    name: "texts, numbers and near-numbers in an INTEGER column",
    sql: "CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1), ('abc'), (''), (' '), (1.5), ('0x10'), (9223372036854775807), ('NaN')",
    arrives: [
      'SELECT i FROM t ORDER BY i COLLATE "C"',
      [[""], [" "], ["0x10"], ["1"], ["1.5"], ["9223372036854775807"], ["NaN"], ["abc"]],
    ],
  },
  {
    name: "every class in a column without a type",
    sql: "CREATE TABLE t (v UNIQUE); INSERT INTO t VALUES (1), ('1'), (x'31'), (2.5), (NULL)",
    hazards: ["MIXED_CLASSES"],
    arrives: [
      "SELECT v->>'t', v->>'v' FROM t ORDER BY 1, 2",
      [
        ["blob", "31"],
        ["integer", "1"],
        ["real", "2.5"],
        ["text", "1"],
        [null, null],
      ],
    ],
    then: [[`INSERT INTO t VALUES ('{"t": "integer", "v": "1"}')`, unique]],
  },
  {
    name: "NULs stripped from a key and from what points to it",
    sql: "CREATE TABLE t (s TEXT PRIMARY KEY); CREATE TABLE c (s TEXT REFERENCES t(s)); INSERT INTO t VALUES (CAST(x'6100' AS TEXT)), ('b'); INSERT INTO c SELECT s FROM t",
    hazards: ["NUL_IN_TEXT", "NUL_IN_TEXT"],
    arrives: [
      "SELECT t.s, c.s FROM t JOIN c USING (s) ORDER BY 1",
      [
        ["a", "a"],
        ["b", "b"],
      ],
    ],
  },
  {
    name: "two texts that a NUL keeps apart: the one with it goes to quarantine, as no other row may become it",
    sql: "CREATE TABLE t (s TEXT UNIQUE); INSERT INTO t VALUES (CAST(x'6100' AS TEXT)), ('a')",
    hazards: ["NUL_IN_TEXT"],
    arrives: ["SELECT s FROM t", [["a"]]],
  },
  {
    name: "invalid UTF-8: a stray byte, a surrogate, an overlong form",
    sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT); INSERT INTO t VALUES (1, CAST(x'61ff62' AS TEXT)), (2, CAST(x'eda080' AS TEXT)), (3, 'ok')",
    hazards: ["INVALID_TEXT"],
    arrives: ["SELECT s FROM t ORDER BY id", [["a\ufffdb"], ["\ufffd\ufffd\ufffd"], ["ok"]]],
  },
  {
    name: "characters that trip escaping, byte-order marks and noncharacters",
    sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT); INSERT INTO t VALUES (1, '\\N'), (2, '\\.'), (3, char(0xfeff) || 'x'), (4, char(0xffff, 0x10ffff)), (5, char(13, 10, 9, 127)), (6, '')",
    arrives: [
      "SELECT s FROM t ORDER BY id",
      [["\\N"], ["\\."], ["\ufeffx"], ["\uffff\u{10ffff}"], ["\r\n\t\x7f"], [""]],
    ],
  },
  {
    name: "a UTF-16 database with a lone surrogate and a NUL",
    pragma: "encoding = 'UTF-16le'",
    sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT); INSERT INTO t VALUES (1, CAST(x'00d8' AS TEXT)), (2, '👩 ü'), (3, CAST(x'61000000' AS TEXT))",
    hazards: ["NUL_IN_TEXT", "INVALID_TEXT"],
    arrives: ["SELECT s FROM t ORDER BY id", [["\ufffd"], ["👩 ü"], ["a"]]],
  },
  {
    name: "a big-endian UTF-16 database with JSON, numbers and dates",
    pragma: "encoding = 'UTF-16be'",
    sql: `CREATE TABLE "tä" (j JSON, n NUMERIC, d DATETIME); INSERT INTO "tä" VALUES ('{"a": "ü"}', 5, '2024-01-01 00:00:00'), ('[]', 2.5, NULL)`,
    arrives: [
      `SELECT j::text, n::text, d::text FROM "tä" ORDER BY n`,
      [
        ["[]", "2.5", null],
        [`{"a": "ü"}`, "5", "2024-01-01 00:00:00"],
      ],
    ],
  },
  {
    name: "days that do not exist, and years out of range, stay text",
    sql: "CREATE TABLE t (a DATE, b DATE, c DATE, d DATETIME, e DATE); INSERT INTO t VALUES ('2024-02-30', '0000-00-00', '10000-01-01', '2024-01-01 24:00:00', '0999-12-31')",
    arrives: [
      "SELECT a, b, c, d, e::text, pg_typeof(e)::text FROM t",
      [["2024-02-30", "0000-00-00", "10000-01-01", "2024-01-01 24:00:00", "0999-12-31", "date"]],
    ],
  },
  {
    name: "nanoseconds and several offsets stay text, one zone becomes timestamptz",
    sql: "CREATE TABLE t (a TIMESTAMP, b TIMESTAMP, c TIMESTAMP); INSERT INTO t VALUES ('2024-01-01T00:00:00.123456789Z', '2024-01-01 00:00:00+02:00', '2024-01-01 00:00:00+02:00'), (NULL, '2024-01-01 00:00:00Z', NULL)",
    hazards: ["TIME_DIGITS"],
    arrives: [
      "SELECT a, b, extract(epoch FROM c)::bigint::text FROM t ORDER BY b",
      [
        ["2024-01-01T00:00:00.123456789Z", "2024-01-01 00:00:00+02:00", "1704060000"],
        [null, "2024-01-01 00:00:00Z", null],
      ],
    ],
  },
  {
    name: "booleans: 0 and 1, one pair of spellings, or no booleans at all",
    sql: "CREATE TABLE t (a BOOL, b BOOLEAN, c BOOLEAN, d BOOLEAN); INSERT INTO t VALUES (1, 't', 'true', 2), (0, 'f', 'True', 0)",
    arrives: [
      "SELECT a::text, b::text, c, d::text, pg_typeof(d)::text FROM t ORDER BY a",
      [
        ["false", "false", "True", "0", "bigint"],
        ["true", "true", "true", "2", "bigint"],
      ],
    ],
  },
  {
    name: "JSON that jsonb would change stays text",
    sql: `CREATE TABLE t (a JSON, b JSON, c JSON, d JSON, e JSON); INSERT INTO t VALUES ('{"n": 12345678901234567890.120}', '{"a":1,"a":2}', '"\\u0000"', '{bad', '{"a":1,"\\u0061":2}')`,
    arrives: [
      "SELECT a::text, b, c, d, e FROM t",
      [[`{"n": 12345678901234567890.120}`, `{"a":1,"a":2}`, `"\\u0000"`, "{bad", `{"a":1,"\\u0061":2}`]],
    ],
  },
  {
    name: "rows that are equal in everything, in a table without a key",
    sql: "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, NULL), (1, NULL), (NULL, NULL), (NULL, NULL)",
    arrives: [
      "SELECT a, count(*) FROM t GROUP BY a ORDER BY a",
      [
        ["1", "2"],
        [null, "2"],
      ],
    ],
  },
];

const names: readonly Case[] = [
  {
    name: "quotes, dollars, backslashes and line breaks in names",
    sql: 'CREATE TABLE "a""b\'c\\$1$&\n;--" ("select" INT, "co""l" TEXT, "\\" INT, "$&" TEXT UNIQUE, CHECK ("select" > 0)); INSERT INTO "a""b\'c\\$1$&\n;--" VALUES (1, \'x\', 2, \'$$\')',
    arrives: ['SELECT "select", "co""l", "\\", "$&" FROM "a""b\'c\\$1$&\n;--"', [["1", "x", "2", "$$"]]],
    then: [['INSERT INTO "a""b\'c\\$1$&\n;--" ("select") VALUES (0)', check]],
  },
  {
    name: "names that JavaScript objects are born with",
    sql: 'CREATE TABLE "__proto__" (constructor INT, "__proto__" TEXT, "toString" TEXT); INSERT INTO "__proto__" VALUES (1, \'x\', \'y\')',
    arrives: ['SELECT constructor, "__proto__", "toString" FROM "__proto__"', [["1", "x", "y"]]],
  },
  {
    name: "columns named like PostgreSQL's own",
    sql: "CREATE TABLE t (ctid INT UNIQUE, xmin TEXT, oid INT); INSERT INTO t VALUES (1, 'a', 4)",
    arrives: ["SELECT ctid_, xmin_, oid FROM t", [["1", "a", "4"]]],
    then: [["INSERT INTO t (ctid_) VALUES (1)", unique]],
  },
  {
    name: "columns that hide every name of the rowid",
    sql: "CREATE TABLE t (rowid TEXT, oid TEXT, _rowid_ TEXT); INSERT INTO t VALUES ('a', 'b', 'c'), ('a', 'b', CAST(x'6300' AS TEXT))",
    hazards: ["NUL_IN_TEXT"],
    arrives: [
      "SELECT rowid, oid, _rowid_ FROM t",
      [
        ["a", "b", "c"],
        ["a", "b", "c"],
      ],
    ],
  },
  {
    name: "names of one length with the same first 63 bytes",
    sql: `CREATE TABLE t ("${"ü".repeat(40)}1" INT, "${"ü".repeat(40)}2" INT UNIQUE); INSERT INTO t VALUES (1, 2)`,
    arrives: ["SELECT * FROM t", [["1", "2"]]],
  },
];

const schema: readonly Case[] = [
  {
    name: "a table of nothing but its key",
    sql: "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES",
    then: [["INSERT INTO t DEFAULT VALUES", null]],
    arrives: ["SELECT max(id) FROM t", [["2"]]],
  },
  {
    name: "AUTOINCREMENT goes on after rows that were deleted",
    sql: "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v); INSERT INTO t VALUES (100, 1); DELETE FROM t",
    arrives: ["INSERT INTO t DEFAULT VALUES RETURNING id", [["101"]]],
  },
  {
    name: "AUTOINCREMENT whose bookkeeping lags behind, and negative keys",
    sql: "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (100); UPDATE sqlite_sequence SET seq = NULL; INSERT INTO u VALUES (-5)",
    arrives: [
      "WITH a AS (INSERT INTO t DEFAULT VALUES RETURNING id), b AS (INSERT INTO u DEFAULT VALUES RETURNING id) SELECT a.id, b.id FROM a, b",
      [["101", "1"]],
    ],
  },
  {
    name: "INTEGER PRIMARY KEY DESC is no rowid, and holds NULLs",
    sql: "CREATE TABLE t (id INTEGER PRIMARY KEY DESC, v INT); INSERT INTO t VALUES (NULL, 1), (NULL, 2), (3, 3)",
    hazards: ["NULL_IN_KEY"],
    arrives: [
      "SELECT id, v FROM t ORDER BY v",
      [
        [null, "1"],
        [null, "2"],
        ["3", "3"],
      ],
    ],
    then: [["INSERT INTO t VALUES (3, 9)", unique]],
  },
  {
    name: "NOCASE folds ASCII alone, RTRIM spaces alone",
    sql: "CREATE TABLE t (a TEXT UNIQUE COLLATE NOCASE, b TEXT UNIQUE COLLATE RTRIM); INSERT INTO t VALUES ('É', 'a'), ('é', 'b'), ('a', NULL)",
    then: [
      ["INSERT INTO t VALUES ('A', 'c')", unique],
      ["INSERT INTO t VALUES ('q', 'a  ')", unique],
      ["INSERT INTO t VALUES ('r', 'a' || chr(9))", null],
    ],
  },
  {
    name: "unique indexes over conditions and expressions",
    sql: "CREATE TABLE t (a TEXT, d INT); CREATE UNIQUE INDEX u1 ON t(a) WHERE d IS NULL; CREATE UNIQUE INDEX u2 ON t(lower(a), d); INSERT INTO t VALUES ('a', NULL), ('a', 1)",
    then: [
      ["INSERT INTO t VALUES ('a', NULL)", unique],
      ["INSERT INTO t VALUES ('A', 1)", unique],
      ["INSERT INTO t VALUES ('a', 2)", null],
    ],
  },
  {
    name: "GLOB, LIKE and length in CHECKs",
    sql: "CREATE TABLE t (x TEXT CHECK (x NOT GLOB '*[^0-9A-F]*'), y TEXT CHECK (y GLOB '[0-9][0-9]-*'), z TEXT CHECK (z LIKE 'É%' AND length(z) < 5)); INSERT INTO t VALUES ('0AF', '12-x', 'Éa')",
    then: [
      ["INSERT INTO t (x) VALUES ('0g')", check],
      ["INSERT INTO t (y) VALUES ('12-' || chr(10))", null],
      ["INSERT INTO t (z) VALUES ('éa')", check],
      ["INSERT INTO t (z) VALUES ('Éabcd')", check],
    ],
  },
  {
    name: "a CHECK that the source's own rows break",
    sql: "CREATE TABLE t (a INT CHECK (a > 0)); PRAGMA ignore_check_constraints = 1; INSERT INTO t VALUES (-1)",
    hazards: ["CHECK_BROKEN"],
    arrives: ["SELECT a::text FROM t", [["-1"]]],
    then: [["INSERT INTO t VALUES (-2)", check]],
  },
  {
    name: "comments and parentheses all over a CREATE TABLE",
    sql: "CREATE TABLE t (a INT CHECK (a > 0 -- )\n), /* CHECK (a < 0) */ b TEXT DEFAULT 'x''y(' -- , c\n, c INT DEFAULT -5 CHECK (c < /* ) */ 10)\n-- end\n); INSERT INTO t (a) VALUES (1)",
    arrives: ["INSERT INTO t (a) VALUES (2) RETURNING b, c", [["x'y(", "-5"]]],
    then: [["INSERT INTO t (a) VALUES (0)", check]],
  },
  {
    name: "defaults as SQLite would store them",
    sql: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT '5', b TEXT DEFAULT 5.0, c TEXT DEFAULT TRUE, d INT DEFAULT 0x10, e TEXT DEFAULT "dq", f TEXT DEFAULT 'a\\b$1', g NUMERIC DEFAULT '1e2', h BLOB DEFAULT x'00ff', i INT DEFAULT (7 / 2), j TEXT DEFAULT (NULL), k BOOLEAN DEFAULT 't'); INSERT INTO t (id) VALUES (1)`,
    arrives: [
      "INSERT INTO t (id) VALUES (2) RETURNING a, b, c, d, e, f, g::text, h::text, i, j, k::text",
      [["5", "5.0", "1", "16", "dq", "a\\b$1", "100", "\\x00ff", "3", null, "true"]],
    ],
  },
  {
    name: "defaults that PostgreSQL cannot give",
    sql: "CREATE TABLE t (a TEXT DEFAULT (datetime('now', 'localtime')), b TEXT DEFAULT (printf('%d', 4)), c DATE DEFAULT ''); INSERT INTO t VALUES ('x', 'y', '2024-01-01')",
    hazards: ["DEFAULT_LOST", "DEFAULT_LOST", "DEFAULT_LOST"],
    arrives: ["INSERT INTO t DEFAULT VALUES RETURNING a, b, c::text", [[null, null, null]]],
  },
  {
    name: "generated columns before what they are made from",
    sql: "CREATE TABLE t (g TEXT AS (upper(n)) VIRTUAL NOT NULL, n TEXT, k INT AS (x % 3) STORED, x INT); INSERT INTO t (n, x) VALUES ('aé', -5)",
    arrives: ["INSERT INTO t (n, x) VALUES ('bü', 4) RETURNING g, k", [["Bü", "1"]]],
  },
  {
    name: "columns added, renamed and dropped after the rows were there",
    sql: `CREATE TABLE t (id INTEGER PRIMARY KEY, z INT); INSERT INTO t VALUES (1, 9); ALTER TABLE t ADD COLUMN a TEXT DEFAULT 5; ALTER TABLE t ADD COLUMN b INT NOT NULL DEFAULT '7'; ALTER TABLE t RENAME COLUMN a TO "A b"; ALTER TABLE t DROP COLUMN z`,
    arrives: [`SELECT id, "A b", b FROM t`, [["1", "5", "7"]]],
  },
];

const relations: readonly Case[] = [
  {
    name: "foreign keys in a circle, to oneself and deferred",
    sql: "CREATE TABLE a (id INTEGER PRIMARY KEY, b INT REFERENCES b(id) DEFERRABLE INITIALLY DEFERRED, up INT REFERENCES a ON DELETE CASCADE); CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a(id) ON DELETE SET NULL); PRAGMA foreign_keys = 0; INSERT INTO a VALUES (1, 1, NULL), (2, NULL, 1); INSERT INTO b VALUES (1, 2)",
    arrives: [
      "SELECT id, b, up FROM a ORDER BY id",
      [
        ["1", "1", null],
        ["2", null, "1"],
      ],
    ],
    then: [
      ["DELETE FROM a WHERE id = 1", null],
      // taken only because the first was deleted along
      ["INSERT INTO a (id) VALUES (2)", null],
      ["INSERT INTO b VALUES (7, 1)", "23503"],
    ],
  },
  {
    name: "a composite foreign key in another order, with NULL in a part",
    sql: "CREATE TABLE p (a INT, b TEXT, PRIMARY KEY (a, b)); CREATE TABLE c (x INT, y TEXT, FOREIGN KEY (y, x) REFERENCES p(b, a)); INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1, 'a'), (NULL, 'z'), (9, NULL)",
    then: [["INSERT INTO c VALUES (2, 'a')", "23503"]],
  },
  {
    name: "foreign keys to a view, to nothing, and to a column that is not unique",
    sql: "PRAGMA foreign_keys = 0; CREATE TABLE p (id INTEGER PRIMARY KEY, x INT); CREATE VIEW vp AS SELECT id FROM p; CREATE TABLE c (a INT REFERENCES vp(id), b INT REFERENCES nowhere(id), d INT REFERENCES p(x)); INSERT INTO p VALUES (1, 3); INSERT INTO c VALUES (NULL, NULL, 3)",
    hazards: ["FOREIGN_KEY_LOST", "FOREIGN_KEY_LOST", "FOREIGN_KEY_LOST"],
    arrives: ["SELECT a, b, d FROM c", [[null, null, "3"]]],
  },
  {
    name: "orphans are carried, and new ones refused",
    sql: "PRAGMA foreign_keys = 0; CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (k TEXT PRIMARY KEY, x INT REFERENCES p(id)) WITHOUT ROWID; INSERT INTO c VALUES ('a', 5)",
    hazards: ["ORPHAN_ROWS"],
    arrives: ["SELECT k, x FROM c", [["a", "5"]]],
    then: [["INSERT INTO c VALUES ('b', 6)", "23503"]],
  },
  {
    name: "views on views with quoted names, and one on a missing table",
    sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, "My Col" TEXT); INSERT INTO t VALUES (1, \'b\'), (2, \'A\'), (3, NULL); CREATE VIEW "v ""1"(x, "y z") AS SELECT id, "My Col" FROM t; CREATE VIEW v2 AS WITH c AS (SELECT * FROM "v ""1") SELECT "y z" FROM c ORDER BY "y z"; CREATE VIEW v3 AS SELECT * FROM missing',
    hazards: ["VIEW_LOST"],
    arrives: ["SELECT * FROM v2", [[null], ["A"], ["b"]]],
  },
  {
    name: "virtual tables, their shadows, and tables only named like them",
    sql: "CREATE VIRTUAL TABLE f USING rtree(id, a, b); CREATE TABLE f_notes (x INT); INSERT INTO f_notes VALUES (1); CREATE TRIGGER tr AFTER INSERT ON f_notes BEGIN SELECT 1; END",
    hazards: ["VIRTUAL_TABLE_LOST", "TRIGGER_LOST"],
    arrives: ["SELECT relname FROM pg_class WHERE relnamespace = current_schema::regnamespace", [["f_notes"]]],
  },
];

const database = useDatabase();
let folder = "";
let cases = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rowhaul-hazards-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ["values", values],
  ["names", names],
  ["schema", schema],
  ["relations", relations],
] as const)("%s", (_group, all) => {
  test.each(all.map((one) => [one.name, one] as const))("%s", (_name, one) => move(one));
});

async function move(one: Case): Promise<void> {
  const schemaName = `case_${++cases}`;
  const settings = copySettings(build(one), database.url, { folder, schema: schemaName });
  let plan: Plan | undefined;
  const attempt = async (acceptAll: boolean): Promise<string> => {
    try {
      const onPlan = (made: Plan) => {
        plan = made;
      };
      await run(settings, { acceptAll, fresh: acceptAll, onPlan });
      return "done";
    } catch (thrown) {
      if (thrown instanceof RowhaulError) return thrown.code;
      throw thrown;
    }
  };
  const expected = one.hazards ?? [];
  if (expected.length > 0) expect(await attempt(false)).toBe("HAZARDS_NOT_ACCEPTED");
  expect(await attempt(expected.length > 0)).toBe("done");
  expect(plan?.hazards.map(({ code }) => code)).toEqual(expected);

  const client = await database.pool.connect();
  try {
    await client.query(`SET search_path = ${schemaName}; SET TimeZone = 'UTC'`);
    if (one.arrives !== undefined) {
      const [text, rows] = one.arrives;
      const found = await client.query<(string | null)[]>({ text, rowMode: "array" });
      expect(found.rows).toEqual(rows);
    }
    for (const [sql, state] of one.then ?? []) {
      const answer = await client.query(sql).then(
        () => null,
        (thrown: { code?: string }) => thrown.code,
      );
      expect([sql, answer]).toEqual([sql, state]);
    }
  } finally {
    client.release(true);
  }
}

function build(one: Case): string {
  const path = join(folder, "source.db");
  const db = new Database(path);
  if (one.pragma !== undefined) db.pragma(one.pragma);
  db.exec(one.sql);
  for (const value of one.reals ?? []) db.prepare("INSERT INTO t VALUES (?)").run(value);
  db.close();
  return path;
}
