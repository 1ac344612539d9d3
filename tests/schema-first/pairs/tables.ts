/** Names, NULLs, seeds, partitions, foreign keys, triggers: what a table is besides the types of its columns. */
import { column, liveColumn, type Pair } from "../pair.ts";

const people =
  "CREATE TABLE UserProfile (id INTEGER PRIMARY KEY, fullName TEXT); INSERT INTO UserProfile VALUES (1, 'Ada'), (2, 'Bo')";
const uuid = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
const family = `CREATE TABLE parent (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id));
  INSERT INTO parent VALUES (1, 'ok'), (2, 'too long'); INSERT INTO child VALUES (10, 1), (11, 2), (12, NULL)`;
const liveFamily = (rest: string): string =>
  `CREATE TABLE parent (id int PRIMARY KEY, v varchar(5)); CREATE TABLE child (id int PRIMARY KEY, parent_id int ${rest});`;

export const tables: readonly Pair[] = [
  // names
  {
    name: "a table and a column that differ in case are asked about, and no second table is made",
    existing: "append",
    source: people,
    live: "CREATE TABLE userprofile (id int PRIMARY KEY, fullname text)",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "NAME_DIFFERS UserProfile: the target's table is userprofile",
        "NAME_DIFFERS UserProfile.fullName: the target's column is fullname",
        "{ code: NAME_DIFFERS, table: UserProfile, policy: use }",
        "{ code: NAME_DIFFERS, column: UserProfile.fullName, policy: use }",
      ],
    },
  },
  {
    name: "a table and a column that differ in case, as accepted",
    existing: "merge",
    source: people,
    live: "CREATE TABLE userprofile (id int PRIMARY KEY, fullname text); INSERT INTO userprofile VALUES (2, 'old'), (3, 'seeded')",
    pipeline: "accept: [{ code: NAME_DIFFERS }]",
    rows: { userprofile: ["1|Ada", "2|Bo", "3|seeded"] },
    back: true,
  },
  {
    name: "names that the pipeline file gives need no question",
    existing: "replace",
    source: people,
    live: "CREATE TABLE users (id int PRIMARY KEY, \"full name\" text); INSERT INTO users VALUES (9, 'old')",
    pipeline: 'tables: { UserProfile: { as: users, rename: { fullName: "full name" } } }',
    rows: { users: ["1|Ada", "2|Bo"] },
    back: true,
  },
  {
    name: "a table that is missing is asked about",
    existing: "append",
    source: people,
    live: "CREATE TABLE other (id int)",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "TABLE_MISSING UserProfile",
        "schema public has no table UserProfile, for 2 rows",
        "{ code: TABLE_MISSING, table: UserProfile, policy: create }",
        "leave",
      ],
    },
  },
  {
    name: "a table that is missing is made, as accepted, and goes again",
    existing: "append",
    source: people,
    live: "CREATE TABLE other (id int)",
    pipeline: "accept: [{ code: TABLE_MISSING, table: UserProfile, policy: create }]",
    rows: { '"UserProfile"': ["1|Ada", "2|Bo"] },
    back: true,
  },
  {
    name: "a table that is missing stays behind, as accepted",
    existing: "append",
    source: `${people}; CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)`,
    live: "CREATE TABLE t (id int PRIMARY KEY)",
    pipeline: "accept: [{ code: TABLE_MISSING, table: UserProfile, policy: leave }]",
    rows: { t: ["1"], "SELECT count(*) FROM pg_class WHERE relname ILIKE 'userprofile'": ["0"] },
  },
  {
    name: "a column that is missing is asked about",
    existing: "append",
    source: people,
    live: 'CREATE TABLE "UserProfile" (id int PRIMARY KEY)',
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "COLUMN_MISSING UserProfile.fullName",
        "2 values",
        "rename",
        "{ code: COLUMN_MISSING, column: UserProfile.fullName, policy: drop }",
      ],
    },
  },
  {
    name: "a column that is missing is left out, as accepted",
    existing: "append",
    source: people,
    live: 'CREATE TABLE "UserProfile" (id int PRIMARY KEY, "fullname " text)',
    pipeline: "accept: [{ code: COLUMN_MISSING, column: UserProfile.fullName, policy: drop }]",
    rows: { '"UserProfile"': ["1|∅", "2|∅"] },
  },
  {
    name: "columns that nothing fills are asked about, with a step that would",
    existing: "append",
    source: column("TEXT", "'a'"),
    live: "CREATE TABLE t (id int PRIMARY KEY, v text, tenant int NOT NULL, made timestamptz NOT NULL, free text, given int NOT NULL DEFAULT 7)",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "COLUMN_UNFILLED t.tenant",
        "COLUMN_UNFILLED t.made",
        "tables:",
        "transform: { constant: { tenant: 0, made:",
      ],
      saysNot: ["t.free", "t.given"],
    },
  },
  {
    name: "columns that nothing fills get a value, defaults are taken, identities count",
    existing: "append",
    source: column("TEXT", "'a'", "'b'"),
    live: "CREATE TABLE t (id int PRIMARY KEY, v text, tenant int NOT NULL, free text, given int NOT NULL DEFAULT 7, n int GENERATED ALWAYS AS IDENTITY (START 5))",
    pipeline: "tables: { t: { transform: { constant: { tenant: 3 } } } }",
    rows: { t: ["1|a|3|∅|7|5", "2|b|3|∅|7|6"] },
  },

  // NULL
  {
    name: "NULL where it must not be is asked about",
    existing: "append",
    source: column("TEXT", "'a'", "NULL"),
    live: liveColumn("text NOT NULL DEFAULT 'none'"),
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["NULL_IN_REQUIRED t.v", "1 value is NULL", "its default: 'none'", "id=2", "policy: default", "quarantine"],
    },
  },
  {
    name: "NULL where it must not be, without a default, can only go into quarantine",
    existing: "append",
    source: column("TEXT", "'a'", "NULL"),
    live: liveColumn("text NOT NULL"),
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["NULL_IN_REQUIRED t.v", "has no default", "id=2", "policy: quarantine"],
      saysNot: ["policy: default"],
    },
  },
  {
    name: "NULL where it must not be becomes the default, and the ledger has its value",
    existing: "merge",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, u TEXT); INSERT INTO t VALUES (1, 'a', '${uuid}'), (2, NULL, NULL), (3, NULL, '${uuid}')`,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL DEFAULT 'none', u uuid NOT NULL DEFAULT gen_random_uuid()); INSERT INTO t (id) VALUES (2)",
    pipeline: "accept: [{ code: NULL_IN_REQUIRED, policy: default }]",
    rows: {
      "SELECT id, v, u IS NULL FROM t ORDER BY id": ["1|a|f", "2|none|f", "3|none|f"],
      "SELECT l.column_name, l.key, l.before, l.rule, l.after = CASE l.column_name WHEN 'u' THEN t.u::text ELSE t.v END FROM rowhaul.ledger l JOIN t ON l.key = 'id=' || t.id ORDER BY 1, 2":
        [
          "u|id=2|NULL|NULL_IN_REQUIRED:default|t",
          "v|id=2|NULL|NULL_IN_REQUIRED:default|t",
          "v|id=3|NULL|NULL_IN_REQUIRED:default|t",
        ],
      "SELECT count(*) FROM rowhaul.ledger": ["3"],
    },
    ledger: "as the rows say",
    back: true,
  },
  {
    name: "NULL where it must not be goes into quarantine with its row",
    existing: "replace",
    source: column("TEXT", "'a'", "NULL"),
    live: liveColumn("text NOT NULL", "INSERT INTO t VALUES (2, 'old')"),
    pipeline: "accept: [{ code: NULL_IN_REQUIRED, column: t.v, policy: quarantine }]",
    rows: { t: ["1|a"] },
    quarantined: ["t|id=2|NULL_IN_REQUIRED:quarantine"],
    back: true,
  },

  // rows that are there
  {
    name: "rows that the migrations seeded under the same keys are in the way of append",
    existing: "append",
    source: column("TEXT", "'a'", "'b'"),
    live: liveColumn("text", "INSERT INTO t VALUES (2, 'seeded')"),
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["ROWS_TAKEN t", "1 row of t has a key (id)", "id=2", "existing: merge"],
    },
  },
  {
    name: "rows that the migrations seeded: merge puts the new ones in their place",
    existing: "merge",
    source: column("TEXT", "'a'", "'b'"),
    live: "CREATE TABLE t (id int PRIMARY KEY, v text, kept text DEFAULT 'untouched'); INSERT INTO t VALUES (2, 'seeded', 'stays'), (3, 'seeded', 'stays')",
    rows: { t: ["1|a|untouched", "2|b|stays", "3|seeded|stays"] },
    back: true,
  },
  {
    name: "a partitioned table, and a row for which there is no partition",
    existing: "append",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (150, 'b')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100)",
    refused: { code: "CONSTRAINT_VIOLATED", says: ["t", "partition", "150"] },
  },
  {
    name: "a partitioned table",
    existing: "replace",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (150, 'b')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v varchar(3)) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100); CREATE TABLE t2 PARTITION OF t DEFAULT; INSERT INTO t VALUES (5, 'old'), (500, 'old')",
    rows: { t1: ["1|a"], t2: ["150|b"] },
    back: true,
  },
  {
    name: "NOT VALID looks away from old rows, not from new ones",
    existing: "append",
    source: column("INTEGER", "1", "-1"),
    live: liveColumn(
      "int",
      "INSERT INTO t VALUES (9, -9); ALTER TABLE t ADD CONSTRAINT positive CHECK (v > 0) NOT VALID",
    ),
    refused: { code: "CONSTRAINT_VIOLATED", says: ["t", "positive", "-1"] },
  },
  {
    name: "NOT VALID stays as it is beside rows that keep to it",
    existing: "append",
    source: column("INTEGER", "1", "2"),
    live: liveColumn(
      "int",
      "INSERT INTO t VALUES (9, -9); ALTER TABLE t ADD CONSTRAINT positive CHECK (v > 0) NOT VALID",
    ),
    rows: { t: ["1|1", "2|2", "9|-9"], "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'": ["f"] },
    back: true,
  },
  {
    name: "a table without a key keeps rows that are alike",
    existing: "append",
    source: "CREATE TABLE t (v TEXT, n INTEGER); INSERT INTO t VALUES ('a', 1), ('a', 1), ('b', NULL), ('b', NULL)",
    live: "CREATE TABLE t (v varchar(5), n smallint); INSERT INTO t VALUES ('a', 1)",
    rows: { t: ["a|1", "a|1", "a|1", "b|∅", "b|∅"] },
    back: true,
  },
  {
    name: "a merge by a key of two columns",
    existing: "merge",
    source:
      "CREATE TABLE t (a TEXT, b INTEGER, v TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID; INSERT INTO t VALUES ('x', 1, 'new'), ('x', 2, 'new')",
    live: "CREATE TABLE t (b int, a varchar(5), v text, PRIMARY KEY (b, a)); INSERT INTO t VALUES (1, 'x', 'old'), (1, 'y', 'old')",
    rows: { "SELECT * FROM t ORDER BY 1, 2": ["1|x|new", "1|y|old", "2|x|new"] },
    back: true,
  },

  // foreign keys
  {
    name: "children that point at a row in quarantine go along",
    existing: "append",
    source: family,
    live: liveFamily("REFERENCES parent"),
    pipeline: "accept: [{ code: TARGET_NARROWS, column: parent.v, policy: quarantine }]",
    rows: { parent: ["1|ok"], child: ["10|1", "12|∅"] },
    quarantined: ["child|id=11|ORPHAN_ROWS:quarantine", "parent|id=2|TARGET_NARROWS:quarantine"],
  },
  {
    name: "children that point at a row in quarantine lose the reference, as accepted",
    existing: "append",
    source: family,
    live: liveFamily("REFERENCES parent"),
    pipeline:
      'accept: [{ code: TARGET_NARROWS, column: parent.v, policy: quarantine }, { code: ORPHAN_ROWS, column: child.parent_id, policy: "null" }]',
    rows: { parent: ["1|ok"], child: ["10|1", "11|∅", "12|∅"] },
    ledger: ["child|id=11|parent_id|integer 2|∅|ORPHAN_ROWS:null"],
    quarantined: ["parent|id=2|TARGET_NARROWS:quarantine"],
  },
  {
    name: "children that point at a row in quarantine go along where only the source has the foreign key",
    existing: "append",
    source: family,
    live: liveFamily(""),
    pipeline: "accept: [{ code: TARGET_NARROWS, column: parent.v, policy: quarantine }]",
    rows: { parent: ["1|ok"], child: ["10|1", "12|∅"] },
    quarantined: ["child|id=11|ORPHAN_ROWS:quarantine", "parent|id=2|TARGET_NARROWS:quarantine"],
  },
  {
    name: "children of a parent that the source lacks are asked about where the live table refuses them",
    existing: "append",
    source:
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id)); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1), (2, 99)",
    live: "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent)",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["ORPHAN_ROWS child.parent_id", "99", 'policy: "null"'],
      saysNot: ["not-valid"],
    },
  },
  {
    name: "rows elsewhere that point at what is to be replaced",
    existing: "replace",
    source: column("TEXT", "'a'"),
    live: liveColumn(
      "text",
      "INSERT INTO t VALUES (1, 'old'); CREATE TABLE outside (t_id int CONSTRAINT points REFERENCES t); INSERT INTO outside VALUES (1)",
    ),
    refused: { code: "TARGET_MISMATCH", says: ["outside", "points", "merge"] },
  },
  {
    name: "a view where a table should be",
    existing: "append",
    source: column("TEXT", "'a'"),
    live: "CREATE TABLE base (id int, v text); CREATE VIEW t AS SELECT * FROM base",
    refused: { code: "TARGET_MISMATCH", says: ["t is a view, not a table"] },
  },
  {
    name: "everything that does not fit is said at once",
    existing: "append",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c DATETIME, d TEXT, e BLOB); INSERT INTO t VALUES (1, 'long', 70000, '2024-01-01 00:00:00', '', x'ff'), (2, x'ff', 1, NULL, NULL, NULL);
      CREATE TABLE Other (id INTEGER PRIMARY KEY); CREATE TABLE more (id INTEGER PRIMARY KEY)`,
    live: "CREATE TABLE t (id int PRIMARY KEY, a varchar(3), b smallint, c timestamptz, d date NOT NULL, e uuid, z int NOT NULL); CREATE TABLE other (id int PRIMARY KEY)",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "MIXED_CLASSES t.a",
        "TARGET_NARROWS t.a",
        "TARGET_NARROWS t.b",
        "READING_UNKNOWN t.c",
        "EMPTY_TEXT t.d",
        "NULL_IN_REQUIRED t.d",
        "MIXED_CLASSES t.e",
        "COLUMN_UNFILLED t.z",
        "NAME_DIFFERS Other",
        "TABLE_MISSING more",
        "accept:",
        "interpret:",
        "tables:",
      ],
    },
  },
  {
    name: "triggers and checks that name their tables without a schema",
    existing: "append",
    source: column("TEXT", "'a'", "'b'"),
    live: `${liveColumn("text")}; CREATE TABLE seen (v text); CREATE TABLE known (v text); INSERT INTO known VALUES ('a'), ('b');
      CREATE FUNCTION is_known(text) RETURNS boolean LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM known WHERE v = $1)'; ALTER TABLE t ADD CHECK (is_known(v));
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (NEW.v); RETURN NULL; END $$;
      CREATE TRIGGER note AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION note()`,
    pipeline:
      "accept: [{ code: TRIGGER_FIRES, object: t.note, policy: keep }, { code: TRIGGER_WRITES, table: seen, policy: keep }]",
    rows: { t: ["1|a", "2|b"], "SELECT v FROM seen ORDER BY 1": ["a", "b"] },
  },
  {
    name: "the way back from a merge that moved a unique value to another row",
    existing: "merge",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT); INSERT INTO t VALUES (1, 'c'), (2, 'a')",
    live: "CREATE TABLE t (id int PRIMARY KEY, u text UNIQUE); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    rows: { t: ["1|c", "2|a"] },
    back: true,
  },
  {
    name: "a merge finds its row as citext compares it, and the way back, too",
    existing: "merge",
    source: "CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('Foo', '1'), ('bar', '2')",
    live: "CREATE EXTENSION citext; CREATE TABLE t (id citext PRIMARY KEY, v text); INSERT INTO t VALUES ('foo', 'old'), ('z', 'zz')",
    rows: { t: ["bar|2", "Foo|1", "z|zz"] },
    back: true,
  },
  {
    name: "a key that citext takes for one that is there",
    existing: "append",
    source: "CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('Foo', '1')",
    live: "CREATE EXTENSION citext; CREATE TABLE t (id citext PRIMARY KEY, v text); INSERT INTO t VALUES ('foo', 'old')",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["ROWS_TAKEN t", 'id="Foo"'] },
  },
  {
    name: "keys of a type whose operators stand in a schema of their own",
    existing: "append",
    source: "CREATE TABLE t (id TEXT PRIMARY KEY); INSERT INTO t VALUES ('Top.A')",
    live: "CREATE SCHEMA types; CREATE EXTENSION ltree SCHEMA types; CREATE TABLE t (id types.ltree PRIMARY KEY)",
    rows: { t: ["Top.A"] },
    back: true,
  },
  {
    name: "a key that others point to is not cut",
    existing: "append",
    source:
      "CREATE TABLE p (id TEXT PRIMARY KEY); INSERT INTO p VALUES ('abcd'), ('xyz'); CREATE TABLE c (id INTEGER PRIMARY KEY, p TEXT REFERENCES p (id)); INSERT INTO c VALUES (1, 'abcd'), (2, 'xyz')",
    live: "CREATE TABLE p (id varchar(3) PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p varchar(4))",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["TARGET_NARROWS p.id", "1 row points to it", "policy: quarantine"],
      saysNot: ["truncate"],
    },
  },
  {
    name: "rows that point to one that lacks its own parent go along into quarantine",
    existing: "append",
    source:
      "CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id)); INSERT INTO c VALUES (1, 1), (2, 9); CREATE TABLE g (id INTEGER PRIMARY KEY, c INTEGER REFERENCES c (id)); INSERT INTO g VALUES (1, 2), (2, 1)",
    live: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p); CREATE TABLE g (id int PRIMARY KEY, c int)",
    pipeline: "accept: [{ code: ORPHAN_ROWS, policy: quarantine }]",
    rows: { p: ["1"], c: ["1|1"], g: ["2|1"] },
    quarantined: ["c|id=2|ORPHAN_ROWS:quarantine", "g|id=1|ORPHAN_ROWS:quarantine"],
  },
];
