/**
 * Somebody who knows nothing but what the refusals print: pastes the lines as they stand, the first choice of each, and
 * runs again. Every road must end with all rows in the tables.
 */
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { type ErrorCode, errorCodes } from "../../src/core/messages/error-codes.ts";
import { workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";
import { column, liveColumn } from "./pair.ts";
import { shownRows, withPlainClient } from "./plain-client.ts";

type Road = {
  readonly name: string;
  readonly source: string;
  readonly live: string;
  readonly existing?: "append" | "merge" | "skip" | "replace";
  /** What somebody has written into the file already. */
  readonly tables?: Readonly<Record<string, unknown>>;
  /** What the first refusal is, where it is not questions of the plan. */
  readonly first?: ErrorCode;
  /** Codes that the first refusal must name. */
  readonly asks: readonly string[];
  /** Refusals before the run that ends well; 1 unless an answer raises a question. */
  readonly rounds?: number;
  /** What the second and later refusals are, where they are not questions of the plan. */
  readonly then?: { readonly code: ErrorCode; readonly says: readonly string[] };
  readonly rows: Readonly<Record<string, readonly string[]>>;
};

const uuid = "6f9619ff-8b86-d011-b42d-00c04fc964ff";

const roads: readonly Road[] = [
  {
    name: "one BLOB among texts",
    source: column("TEXT", "'a'", "x'c3a9'"),
    live: liveColumn("text"),
    asks: ["MIXED_CLASSES"],
    rows: { t: ["1|a", "2|é"] },
  },
  {
    name: "one BLOB that is no text among texts",
    source: column("TEXT", "'a'", "x'ff'"),
    live: liveColumn("varchar(9)"),
    asks: ["MIXED_CLASSES"],
    rows: { t: ["1|a", "2|∅"] },
  },
  {
    name: "one BLOB that is no text, where NULL may not be",
    source: column("TEXT", "'a'", "x'ff'"),
    live: liveColumn("varchar(9) NOT NULL"),
    asks: ["MIXED_CLASSES"],
    rows: { t: ["1|a"] },
  },
  {
    name: "texts too long",
    source: column("TEXT", "'abc'", "'abcd'"),
    live: liveColumn("varchar(3)"),
    existing: "merge",
    asks: ["TARGET_NARROWS"],
    rows: { t: ["1|abc", "2|abc"] },
  },
  {
    name: "fractions, and numbers out of range",
    source: column("NUMERIC", "1.25", "70000", "7"),
    live: liveColumn("smallint"),
    asks: ["TARGET_NARROWS"],
    rows: { t: ["1|∅", "2|∅", "3|7"] },
  },
  {
    name: "digits",
    source: column("REAL", "1.25", "1.255"),
    live: liveColumn("numeric(6,2)"),
    existing: "replace",
    asks: ["TARGET_NARROWS"],
    rows: { t: ["1|1.25", "2|1.26"] },
  },
  {
    name: "money",
    source: column("REAL", "1.25"),
    live: liveColumn("money"),
    asks: ["TARGET_RESPELLS"],
    rows: { t: ["1|$1.25"] },
  },
  {
    name: "empty texts, where NULL may be and where it may not",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, '', '2024-01-01'), (2, '2024-01-01', '')",
    live: "CREATE TABLE t (id int PRIMARY KEY, a date, b date NOT NULL)",
    asks: ["EMPTY_TEXT t.a", "EMPTY_TEXT t.b"],
    rows: { t: ["1|∅|2024-01-01"] },
  },
  {
    name: "no zone",
    source: column("DATETIME", "'2024-07-01 12:00:00'"),
    live: liveColumn("timestamptz"),
    asks: ["READING_UNKNOWN"],
    rows: { t: ["1|2024-07-01 12:00:00+00"] },
  },
  {
    name: "an offset",
    source: column("DATETIME", "'2024-07-01 12:00:00+02:00'", "'2024-07-01 12:00:00'"),
    live: liveColumn("timestamp"),
    asks: ["READING_UNKNOWN"],

    rows: { t: ["1|2024-07-01 10:00:00", "2|2024-07-01 12:00:00"] },
  },
  {
    name: "epochs of every unit",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, s INTEGER, ms INTEGER, us INTEGER, ns INTEGER, ticks INTEGER, r REAL); INSERT INTO t VALUES (1, 1700000000, 1700000000123, 1700000000123456, 1700000000123456000, 638355968001234560, 1700000000.5)",
    live: "CREATE TABLE t (id int PRIMARY KEY, s timestamp, ms timestamp, us timestamp, ns timestamp, ticks timestamp, r timestamptz)",
    asks: ["READING_UNKNOWN t.s", "READING_UNKNOWN t.ticks", "READING_UNKNOWN t.r"],
    rows: {
      t: [
        "1|2023-11-14 22:13:20|2023-11-14 22:13:20.123|2023-11-14 22:13:20.123456|2023-11-14 22:13:20.123456|2023-11-14 22:13:20.123456|2023-11-14 22:13:20.5+00",
      ],
    },
  },
  {
    name: "epochs beside texts without a zone",
    source: column("DATETIME", "1700000000", "'2023-11-14 22:13:21'"),
    live: liveColumn("timestamptz"),
    asks: ["READING_UNKNOWN"],
    rounds: 2,
    rows: { t: ["1|2023-11-14 22:13:20+00", "2|2023-11-14 22:13:21+00"] },
  },
  {
    name: "epochs finer than the column",
    source: column("INTEGER", "1700000000123456789"),
    live: liveColumn("timestamp(3)"),
    asks: ["READING_UNKNOWN"],
    rounds: 2,
    rows: { t: ["1|2023-11-14 22:13:20.123"] },
  },
  {
    name: "durations",
    source: column("bigint", "5400000000"),
    live: liveColumn("interval"),
    asks: ["READING_UNKNOWN"],
    rows: { t: ["1|01:30:00"] },
  },
  {
    name: "uuids in bytes",
    source: column("BLOB", `x'${uuid.replaceAll("-", "")}'`),
    live: liveColumn("uuid"),
    asks: ["READING_UNKNOWN"],
    rows: { t: [`1|${uuid}`] },
  },
  {
    name: "one line for many columns of a type",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a DATETIME, b DATETIME, c DATETIME, d DATETIME); INSERT INTO t VALUES (1, '2024-01-01 00:00:01', '2024-01-01 00:00:02', '2024-01-01 00:00:03', '2024-01-01 00:00:04')",
    live: "CREATE TABLE t (id bigint PRIMARY KEY, a timestamptz, b timestamptz, c timestamptz, d timestamptz)",
    asks: ["READING_UNKNOWN"],
    rows: {
      t: ["1|2024-01-01 00:00:01+00|2024-01-01 00:00:02+00|2024-01-01 00:00:03+00|2024-01-01 00:00:04+00"],
    },
  },
  {
    name: "uuids in bytes beside others in text, and something else",
    source: column("BLOB", `x'${uuid.replaceAll("-", "")}'`, `'${uuid}'`, "x'00'"),
    live: liveColumn("uuid"),
    asks: ["READING_UNKNOWN", "MIXED_CLASSES"],
    rows: { t: [`1|${uuid}`, `2|${uuid}`, "3|∅"] },
  },
  {
    name: "texts for bytea",
    source: column("TEXT", "'é'"),
    live: liveColumn("bytea"),
    asks: ["READING_UNKNOWN"],
    rows: { t: ["1|\\xc3a9"] },
  },
  {
    name: "BLOBs for text",
    source: column("BLOB", "x'c3a9'", "x''"),
    live: liveColumn("text"),
    asks: ["READING_UNKNOWN"],
    rows: { t: ["1|é", "2|"] },
  },
  {
    name: "JSON arrays",
    source: column("JSON", "'[1, 2]'", "'[\"x\"]'"),
    live: liveColumn("int[]"),
    asks: ["READING_UNKNOWN"],
    rounds: 2,
    rows: { t: ["1|{1,2}", "2|∅"] },
  },
  {
    name: "NULL where it may not be, with and without a default",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, NULL, 'b'), (2, 'a', NULL), (3, 'a', 'b')",
    live: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL DEFAULT 'none', b text NOT NULL)",
    existing: "merge",
    asks: ["NULL_IN_REQUIRED t.a", "NULL_IN_REQUIRED t.b"],
    rows: { t: ["1|none|b", "3|a|b"] },
  },
  {
    name: "names in another case, a column and a table that are missing",
    source:
      "CREATE TABLE UserProfile (id INTEGER PRIMARY KEY, fullName TEXT, extra TEXT); INSERT INTO UserProfile VALUES (1, 'Ada', 'x'); CREATE TABLE \"left over\" (id INTEGER PRIMARY KEY); INSERT INTO \"left over\" VALUES (7)",
    live: "CREATE TABLE userprofile (id int PRIMARY KEY, fullname text)",
    asks: [
      "NAME_DIFFERS UserProfile:",
      "NAME_DIFFERS UserProfile.fullName",
      "COLUMN_MISSING UserProfile.extra",
      "TABLE_MISSING left over",
    ],
    rows: { userprofile: ["1|Ada"], '"left over"': ["7"] },
  },
  {
    name: "columns that nothing fills, of many types, and another table besides",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (2)",
    live: `CREATE TYPE mood AS ENUM ('happy'); CREATE TABLE u (id int PRIMARY KEY);
      CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b boolean NOT NULL, c timestamptz NOT NULL, d date NOT NULL, e uuid NOT NULL, f jsonb NOT NULL, g text NOT NULL, h numeric(5,2) NOT NULL, "i j" real NOT NULL, k bytea NOT NULL, l time NOT NULL, m interval NOT NULL, n inet NOT NULL, o int[] NOT NULL)`,
    asks: ["COLUMN_UNFILLED t.a", "COLUMN_UNFILLED t.i j", "COLUMN_UNFILLED t.l"],
    rounds: 2,
    rows: {
      t: [
        "1|0|f|1970-01-01 00:00:00+00|1970-01-01|00000000-0000-0000-0000-000000000000|{}||0.00|0|\\x|00:00:00|00:00:00|0.0.0.0|{}",
      ],
      u: ["2"],
    },
  },
  {
    name: "columns that nothing fills, in two tables",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (2)",
    live: "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); CREATE TABLE u (id int PRIMARY KEY, a int NOT NULL, b text NOT NULL)",
    asks: ["COLUMN_UNFILLED t.a", "COLUMN_UNFILLED u.a", "COLUMN_UNFILLED u.b"],
    rows: { t: ["1|0"], u: ["2|0|"] },
  },
  {
    name: "NUL, and bytes that are no text",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'a' || char(0), CAST(x'e9' AS TEXT))",
    live: "CREATE TABLE t (id int PRIMARY KEY, a text, b text)",
    asks: ["NUL_IN_TEXT t.a", "INVALID_TEXT t.b"],
    rows: { t: ["1|a|\ufffd"] },
  },
  {
    name: "NUL, and what is too long besides",
    source: column("TEXT", "'abc' || char(0)", "'abcde'"),
    live: liveColumn("varchar(3)"),
    asks: ["NUL_IN_TEXT t.v", "TARGET_NARROWS t.v"],
    rows: { t: ["1|abc", "2|abc"] },
  },
  {
    name: "children without a parent",
    source:
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id)); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1), (2, 99)",
    live: "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent)",
    asks: ["ORPHAN_ROWS child.parent_id"],
    rows: { parent: ["1"], child: ["1|1", "2|∅"] },
  },
  {
    name: "a label that the enum lacks",
    source: column("TEXT", "'happy'", "'angry'", "''"),
    live: `CREATE TYPE mood AS ENUM ('happy'); ${liveColumn("mood")}`,
    asks: ["TARGET_NARROWS", "EMPTY_TEXT"],
    rows: { t: ["1|happy", "2|∅", "3|∅"] },
  },
  {
    name: "a domain's check, and a length",
    source: column("TEXT", "'a@b'", "'nobody'", "'somebody@example'"),
    live: `CREATE DOMAIN mail AS varchar(10) CHECK (value ~ '@'); ${liveColumn("mail")}`,
    asks: ["TARGET_NARROWS"],
    rows: { t: ["1|a@b", "2|∅", "3|∅"] },
  },
  {
    name: "full-text tables beside the application's own search: an index, texts without a place, texts with columns",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one dog');
      CREATE VIRTUAL TABLE t_fts USING fts5(v, content=t, content_rowid=id); INSERT INTO t_fts(t_fts) VALUES ('rebuild');
      CREATE VIRTUAL TABLE notes USING fts5(a, b); INSERT INTO notes(rowid, a, b) VALUES (4, 'x', 'y');
      CREATE VIRTUAL TABLE "my texts" USING fts4(c); INSERT INTO "my texts"(docid, c) VALUES (7, 'z')`,
    live: `CREATE TABLE t (id int PRIMARY KEY, v text, search tsvector GENERATED ALWAYS AS (to_tsvector('simple', v)) STORED);
      CREATE TABLE "my texts" ("no." int PRIMARY KEY, c varchar(9))`,
    existing: "merge",
    asks: ["FULL_TEXT_INTO t_fts: ", "FULL_TEXT_INTO notes: ", "FULL_TEXT_INTO my texts.rowid: "],
    rows: { t: ["1|one dog|'dog':2 'one':1"], notes: ["4|x|y"], '"my texts"': ["7|z"] },
  },
  {
    name: "rows that a check of the live table refuses",
    tables: { "*": {} },
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 5), (2, -5), (3, -6), (4, NULL)",
    live: "CREATE TABLE t (id int PRIMARY KEY, n int CONSTRAINT positive CHECK (n > 0))",
    first: "CONSTRAINT_VIOLATED",
    asks: ["positive", "(2, -5)", "2 rows of t:", "id=2", "id=3", 'where: "\\"id\\" NOT IN (2, 3)"'],
    rows: { t: ["1|5", "4|∅"] },
  },
  {
    name: "rows for which there is no partition, and keys of two columns",
    tables: { "*": {}, t: { where: "b <> 'no' -- a remark" } },
    source:
      "CREATE TABLE t (a INTEGER, b TEXT, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 'x'), (1, 'no'), (500, 'it''s')",
    live: "CREATE TABLE t (a int, b text, PRIMARY KEY (a, b)) PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100)",
    first: "CONSTRAINT_VIOLATED",
    asks: ["no partition", "(a) = (500)", "1 row of t:", "a=500, b=it's"],
    rows: { t: ["1|x"] },
  },
  {
    name: "a value that a key for some rows only has already",
    tables: { "*": {} },
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
    live: "CREATE TABLE t (id int PRIMARY KEY, b text); CREATE UNIQUE INDEX few ON t (b) WHERE id > 0; INSERT INTO t VALUES (9, 'y')",
    first: "CONSTRAINT_VIOLATED",
    asks: ["few", "(b)=(y)", "id=2"],
    rows: { t: ["1|x", "9|y"] },
  },
  {
    name: "names that YAML reads otherwise",
    source: `CREATE TABLE "null" (id INTEGER PRIMARY KEY, "a: b # c" TEXT, "yes" TEXT, "é.""x""" TEXT); INSERT INTO "null" VALUES (1, '', '2024-01-01 00:00:00', 'abcd')`,
    live: `CREATE TABLE "null" (id int PRIMARY KEY, "a: b # c" date, "yes" timestamptz, "é.""x""" varchar(3), "true" int NOT NULL)`,
    asks: ["EMPTY_TEXT null.a: b # c", "READING_UNKNOWN null.yes", "TARGET_NARROWS", "COLUMN_UNFILLED null.true"],
    rows: { '"null"': ["1|∅|2024-01-01 00:00:00+00|abc|0"] },
  },
  {
    name: "a trigger of the application's that keeps a count in another table",
    source: "CREATE TABLE h (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO h VALUES (1, 'a'), (2, 'b'), (3, 'c')",
    live: `CREATE TABLE h (id int PRIMARY KEY, v text); CREATE TABLE n (total int);
      CREATE FUNCTION count_h() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE n SET total = total + 1; IF NOT FOUND THEN INSERT INTO n SELECT count(*) FROM h; END IF; RETURN NULL; END $$;
      CREATE TRIGGER count_h AFTER INSERT ON h FOR EACH ROW EXECUTE FUNCTION count_h()`,
    asks: ["TRIGGER_FIRES h.count_h"],
    rounds: 2,
    then: { code: "TRIGGER_WRITES", says: ["n: 1 row inserted, 2 rows updated", "Try: Switch the trigger off"] },
    rows: { h: ["1|a", "2|b", "3|c"], n: ["5"] },
  },
  {
    name: "a trigger that keeps a row out, and names that YAML reads otherwise",
    source: `CREATE TABLE "true" (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO "true" VALUES (1, 'a'), (2, 'b')`,
    live: `CREATE TABLE "true" (id int PRIMARY KEY, v text);
      CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.v = 'b' THEN RETURN NULL; END IF; RETURN NEW; END $$;
      CREATE TRIGGER "a: b # c" BEFORE INSERT ON "true" FOR EACH ROW EXECUTE FUNCTION gate()`,
    existing: "merge",
    asks: ["TRIGGER_FIRES true.a: b # c"],
    rounds: 2,
    then: { code: "VALIDATION_FAILED", says: ["The row is missing in the target.", "policy: disable"] },
    rows: { '"true"': ["1|a", "2|b"] },
  },
  {
    name: "all at once",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c DATETIME, d TEXT, e BLOB, f bigint); INSERT INTO t VALUES (1, 'long', 70000, '2024-01-01 00:00:00', '', x'${uuid.replaceAll("-", "")}', 1000000), (2, x'61', 1, NULL, '2024-01-01', NULL, NULL);
      CREATE TABLE Other (id INTEGER PRIMARY KEY); INSERT INTO Other VALUES (5); CREATE TABLE more (id INTEGER PRIMARY KEY); INSERT INTO more VALUES (6)`,
    live: "CREATE TABLE t (id int PRIMARY KEY, a varchar(3), b smallint, c timestamptz, d date, e uuid, f interval, z int NOT NULL); CREATE TABLE other (id int PRIMARY KEY)",
    asks: [
      "MIXED_CLASSES t.a",
      "TARGET_NARROWS t.a",
      "TARGET_NARROWS t.b",
      "READING_UNKNOWN t.c",
      "EMPTY_TEXT t.d",
      "READING_UNKNOWN t.e",
      "READING_UNKNOWN t.f",
      "COLUMN_UNFILLED t.z",
      "NAME_DIFFERS Other",
      "TABLE_MISSING more",
    ],
    rows: {
      t: [`1|lon|∅|2024-01-01 00:00:00+00|∅|${uuid}|00:00:01|0`, "2|a|1|∅|2024-01-01|∅|∅|0"],
      other: ["5"],
      more: ["6"],
    },
  },
  {
    name: "keys that the live table has, in one of two tables",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b'); CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (5)",
    live: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (2, 'theirs'), (9, 'nine'); CREATE TABLE u (id int PRIMARY KEY)",
    asks: ["ROWS_TAKEN t: 1 row of t has a key (id)"],
    rows: { t: ["1|a", "2|b", "9|nine"], u: ["5"] },
  },
  {
    name: "a table with taken keys and a column that nothing fills: two answers for one table",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)",
    live: "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); INSERT INTO t VALUES (2, 7)",
    asks: ["ROWS_TAKEN t", "COLUMN_UNFILLED t.a"],
    rows: { t: ["1|0", "2|0"] },
  },
  {
    name: "rows that meet in a citext, and one that points to the second",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT); INSERT INTO t VALUES (1, 'Foo'), (2, 'foo'); CREATE TABLE c (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id)); INSERT INTO c VALUES (1, 1), (2, 2)",
    live: "CREATE EXTENSION citext; CREATE TABLE t (id int PRIMARY KEY, k citext UNIQUE); CREATE TABLE c (id int PRIMARY KEY, t int REFERENCES t)",
    asks: ["KEYS_MEET t.t_k_key"],
    rows: { t: ["1|Foo"], c: ["1|1"] },
  },
  {
    name: "a row that stays as it is there, and to which rows point",
    existing: "skip",
    source:
      "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'alice'); CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id)); INSERT INTO posts VALUES (10, 1)",
    live: "CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'admin'); CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users)",
    asks: ["SKIPPED_DIFFERS users"],
    rows: { users: ["1|admin"], posts: ["10|1"] },
  },
  {
    name: "ids that are taken, and a column that may hold ids",
    tables: { "*": {}, users: { existing: "skip", key: ["login"] } },
    source:
      "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT); INSERT INTO users VALUES (1, 'alice'), (2, 'bob'); CREATE TABLE log (id INTEGER PRIMARY KEY, user_id INTEGER, data JSON); INSERT INTO log VALUES (1, 1, '{}'), (2, 2, '{}')",
    live: "CREATE TABLE users (id int PRIMARY KEY, login text NOT NULL UNIQUE); INSERT INTO users VALUES (2, 'root'), (7, 'alice'); CREATE TABLE log (id int PRIMARY KEY, user_id int, data jsonb)",
    asks: ["ID_TAKEN users", "ID_UNMAPPED log.user_id", "ID_UNMAPPED log.data"],
    rows: { users: ["2|root", "7|alice", "8|bob"], log: ["1|7|{}", "2|8|{}"] },
  },
  {
    name: "a parent that is to be emptied, and children that stay",
    tables: { "*": {}, p: { existing: "replace" } },
    source:
      "CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id)); INSERT INTO c VALUES (1, 1)",
    live: "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1), (2); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p); INSERT INTO c VALUES (9, 2)",
    first: "TARGET_MISMATCH",
    asks: ["1 row of c points to p"],
    rows: { p: ["1"], c: ["1|1"] },
  },
];

describe.concurrent("the lines that a refusal prints", () => {
  it.each(roads.map((road) => [road.name, road] as const))("%s", (_, road) => walk(road));
});

async function walk({
  source,
  live,
  existing = "append",
  tables,
  first,
  asks,
  rounds = 1,
  then,
  rows,
}: Road): Promise<void> {
  const db = await freshDatabase();
  try {
    await db.pool.query(live);
    const space = workspace();
    space.sqlite(`PRAGMA foreign_keys = OFF; ${source}`);
    let pipeline: Pipeline = {
      name: "led",
      source: { kind: "sqlite", path: "app.db" },
      target: { kind: "postgres", url: db.url, existing },
      ...(tables === undefined ? {} : { tables }),
    };
    for (let round = 0; ; round++) {
      space.write("pipeline.yaml", stringify(pipeline));
      const { exit, stderr } = await rowhaul(["run", "pipeline.yaml", "--yes", "--no-color"], { cwd: space.folder });
      if (exit === 0) {
        expect(round, "refusals before it went through").toBe(rounds);
        break;
      }
      const code = (round === 0 ? first : then?.code) ?? "HAZARDS_NOT_ACCEPTED";
      expect(exit, stderr).toBe(errorCodes[code].exit);
      expect(stderr).toContain(code);
      if (round > 0) for (const words of then?.says ?? []) expect(stderr).toContain(words);
      if (/^interpret:|^tables:/m.test(stderr)) expect(stderr).toContain("Try: Add the printed lines");
      if (round === 0) for (const words of asks) expect(stderr).toContain(words);
      expect(round, `still asking:\n${stringify(pipeline)}\n${stderr}`).toBeLessThan(rounds);
      pipeline = withLines(pipeline, pasted(stderr));
    }
    await withPlainClient(db.url, async (client) => {
      for (const [of, expected] of Object.entries(rows)) expect(await shownRows(client, of), of).toEqual(expected);
    });
  } finally {
    await db.drop();
  }
}

type Pipeline = Readonly<Record<string, unknown>>;
type Lines = {
  readonly accept?: readonly unknown[];
  readonly interpret?: readonly unknown[];
  readonly tables?: Readonly<Record<string, unknown>>;
};

/** What stands at the margin between two empty lines. */
function pasted(stderr: string): Lines {
  const block = stderr.split("\n\n").find((part) => /^(accept|interpret|tables):$/m.test(part));
  if (block === undefined) throw new Error(`no lines to paste:\n${stderr}`);
  return parse(block) as Lines;
}

/** Sections that are there already get the further lines. */
function withLines(pipeline: Pipeline, { accept = [], interpret = [], tables = {} }: Lines): Pipeline {
  const list = (section: string, more: readonly unknown[]): unknown[] => [
    ...((pipeline[section] as unknown[] | undefined) ?? []),
    ...more,
  ];
  const there = (pipeline.tables as Record<string, unknown> | undefined) ?? {};
  return {
    ...pipeline,
    accept: list("accept", accept),
    interpret: list("interpret", interpret),
    ...(Object.keys({ ...there, ...tables }).length === 0 ? {} : { tables: { ...there, ...tables } }),
  };
}
