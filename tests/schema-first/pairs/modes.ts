/** How rows go in by table, and which of the live rows they are. */
import type { Pair } from "../pair.ts";

const items = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')";

export const modes: readonly Pair[] = [
  {
    name: "skip leaves rows whose key is taken as they are, and lists the source's",
    existing: "skip",
    source: items,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (2, 'theirs'), (9, 'other')",
    rows: { t: ["1|a", "2|theirs", "9|other"] },
    quarantined: ["t|id=2|ROWS_TAKEN:skip"],
    back: true,
  },
  {
    name: "skip where all are taken",
    existing: "skip",
    source: items,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (2, 'b'), (1, 'a')",
    rows: { t: ["1|a", "2|b"] },
    quarantined: ["t|id=1|ROWS_TAKEN:skip", "t|id=2|ROWS_TAKEN:skip"],
    back: true,
  },
  {
    name: "skip into empty tables",
    existing: "skip",
    source: items,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    rows: { t: ["1|a", "2|b"] },
    back: true,
  },
  {
    name: "skip by a key that the target compares without regard to case",
    existing: "skip",
    source: "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('Foo', 'a'), ('bar', 'b')",
    live: "CREATE EXTENSION citext; CREATE TABLE t (k citext PRIMARY KEY, v text); INSERT INTO t VALUES ('foo', 'theirs')",
    rows: { t: ["bar|b", "foo|theirs"] },
    quarantined: ['t|k="Foo"|ROWS_TAKEN:skip'],
    back: true,
  },
  {
    name: "skip by another unique key than the primary one, which the source lacks",
    existing: "skip",
    source: "CREATE TABLE t (name TEXT NOT NULL UNIQUE, v TEXT); INSERT INTO t VALUES ('a', '1'), ('b', '2')",
    live: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, v text); INSERT INTO t (name, v) VALUES ('b', 'theirs')",
    rows: { "SELECT name, v FROM t ORDER BY name": ["a|1", "b|theirs"] },
    quarantined: ["t|a row without a key|ROWS_TAKEN:skip"],
    back: true,
  },
  {
    name: "merge by another unique key than the primary one, which the source lacks",
    existing: "merge",
    source: "CREATE TABLE t (name TEXT NOT NULL UNIQUE, v TEXT); INSERT INTO t VALUES ('a', '1'), ('b', '2')",
    live: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, v text); INSERT INTO t (name, v) VALUES ('b', 'theirs')",
    rows: { "SELECT name, v FROM t ORDER BY name": ["a|1", "b|2"], "SELECT id FROM t WHERE name = 'b'": ["1"] },
    back: true,
  },
  {
    name: "seeded tables are replaced, others appended to",
    existing: "append",
    source: `${items}; CREATE TABLE seeded (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO seeded VALUES (1, 'ours')`,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (5, 'five'); CREATE TABLE seeded (id int PRIMARY KEY, v text); INSERT INTO seeded VALUES (1, 'seed'), (2, 'seed')",
    pipeline: 'tables: { "*": {}, seeded: { existing: replace } }',
    rows: { t: ["1|a", "2|b", "5|five"], seeded: ["1|ours"] },
    back: true,
  },
  {
    name: "all four modes at once",
    existing: "append",
    source: ["a", "m", "s", "r"]
      .map((t) => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO ${t} VALUES (1, 'x'), (2, 'y')`)
      .join(";"),
    live: ["a", "m", "s", "r"]
      .map(
        (t) =>
          `CREATE TABLE ${t} (id int PRIMARY KEY, v text); INSERT INTO ${t} VALUES (${t === "a" ? 7 : 2}, 'there'), (9, 'nine')`,
      )
      .join(";"),
    pipeline: "tables: { a: {}, m: { existing: merge }, s: { existing: skip }, r: { existing: replace } }",
    rows: {
      a: ["1|x", "2|y", "7|there", "9|nine"],
      m: ["1|x", "2|y", "9|nine"],
      s: ["1|x", "2|there", "9|nine"],
      r: ["1|x", "2|y"],
    },
    quarantined: ["s|id=2|ROWS_TAKEN:skip"],
    back: true,
  },
  {
    name: "a replaced parent whose children stay is refused, with their number and the line that replaces them",
    existing: "append",
    source:
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)",
    live: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE); INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (8, 1), (9, 2)",
    pipeline: 'tables: { "*": {}, p: { existing: replace } }',
    refused: {
      code: "TARGET_MISMATCH",
      says: ["2 rows of c point to p (foreign key c_p_fkey), which is to be emptied", "c: { existing: replace }"],
    },
  },
  {
    name: "a replaced parent whose children in another table stay is refused",
    existing: "replace",
    source: "CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1)",
    live: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE SET NULL); INSERT INTO p VALUES (1); INSERT INTO c VALUES (8, 1)",
    refused: {
      code: "TARGET_MISMATCH",
      says: ["1 row of public.c points to p (foreign key c_p_fkey), which is to be emptied"],
    },
  },
  {
    name: "a replaced parent with children that are replaced along",
    existing: "append",
    source:
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)",
    live: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE); INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (8, 1), (9, 2)",
    pipeline: "tables: { p: { existing: replace }, c: { existing: replace } }",
    rows: { p: ["1"], c: ["1|1"] },
    back: true,
  },
  {
    name: "a trigger that keeps rows from being deleted ends a replace",
    existing: "replace",
    source: items,
    live: `CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (7, 'kept');
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER keep BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION keep();`,
    pipeline: "accept: [{ code: TRIGGER_FIRES, object: t.keep, policy: keep }]",
    refused: { code: "TARGET_MISMATCH", says: ["t was to be emptied, and 1 row is still there"] },
  },
  {
    name: "rows that a unique key of the target takes for one are asked about",
    existing: "append",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO t VALUES (1, 'Foo'), (2, 'foo'), (3, 'bar')",
    live: "CREATE EXTENSION citext; CREATE TABLE t (id int PRIMARY KEY, name citext UNIQUE)",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "KEYS_MEET t.t_name_key: 1 row of t is the same as another",
        "id=2: like id=1",
        "object: t.t_name_key, policy: quarantine",
      ],
    },
  },
  {
    name: "the first of them arrives, the others and what points to them go to quarantine, as accepted",
    existing: "append",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO t VALUES (1, 'Foo'), (2, 'foo'), (3, 'bar'); CREATE TABLE c (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id)); INSERT INTO c VALUES (1, 1), (2, 2)",
    live: "CREATE EXTENSION citext; CREATE TABLE t (id int PRIMARY KEY, name citext UNIQUE); CREATE TABLE c (id int PRIMARY KEY, t int REFERENCES t)",
    pipeline: "accept: [{ code: KEYS_MEET, object: t.t_name_key, policy: quarantine }]",
    rows: { t: ["1|Foo", "3|bar"], c: ["1|1"] },
    quarantined: ["c|id=2|ORPHAN_ROWS:quarantine", "t|id=2|KEYS_MEET:quarantine"],
    back: true,
  },
  {
    name: "one number under two spellings meets in a numeric key",
    existing: "append",
    source: "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('1'), ('1.0')",
    live: "CREATE TABLE t (k numeric PRIMARY KEY)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["KEYS_MEET t.t_pkey", 'k="1.0": like k="1"'] },
  },
  {
    name: "one uuid under two spellings meets",
    existing: "append",
    source:
      "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('6F9619FF-8B86-D011-B42D-00C04FC964FF'), ('6f9619ff-8b86-d011-b42d-00c04fc964ff')",
    live: "CREATE TABLE t (k uuid PRIMARY KEY)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["KEYS_MEET t.t_pkey"] },
  },
  {
    name: "one instant under two spellings meets",
    existing: "append",
    source:
      "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('2024-01-01 00:00:00Z'), ('2024-01-01T00:00:00Z')",
    live: "CREATE TABLE t (k timestamptz PRIMARY KEY)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["KEYS_MEET t.t_pkey"] },
  },
  {
    name: "a conflict with another unique key than the one rows are matched by is asked about, never a skip",
    existing: "skip",
    source: items,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text UNIQUE); INSERT INTO t VALUES (9, 'b')",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["KEYS_MEET t.t_v_key", "that another row of t has in its unique key t_v_key (v)", "b, as 9 has there"],
    },
  },
  {
    name: "a conflict with an exclusion constraint is a refusal",
    existing: "skip",
    source: items,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text, CONSTRAINT only_one EXCLUDE USING hash (v WITH =)); INSERT INTO t VALUES (9, 'b')",
    refused: { code: "CONSTRAINT_VIOLATED", says: ["only_one"] },
  },
  {
    name: "a deferrable primary key is none for ON CONFLICT",
    existing: "merge",
    source: items,
    live: "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE, v text)",
    refused: { code: "TARGET_MISMATCH", says: ["the primary key of t is deferrable, which ON CONFLICT does not take"] },
  },
  {
    name: "rows that are there already are left by skip where their key is deferrable",
    existing: "skip",
    source: items,
    live: "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE, v text); INSERT INTO t VALUES (1, 'theirs')",
    rows: { t: ["1|theirs", "2|b"] },
    quarantined: ["t|id=1|ROWS_TAKEN:skip"],
    back: true,
  },
  {
    name: "skip into a partitioned table",
    existing: "skip",
    source: items,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (2); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (2) TO (9); INSERT INTO t VALUES (2, 'theirs'), (3, 'x')",
    rows: { t: ["1|a", "2|theirs", "3|x"] },
    quarantined: ["t|id=2|ROWS_TAKEN:skip"],
    back: true,
  },
];
