/** Foreign keys that go in circles: written by one statement, undone by one. */
import type { Pair } from "../pair.ts";

const both = (deferrable = "", nullable = ""): string => `
  CREATE TABLE team (id int PRIMARY KEY, name text, lead int${nullable === "" ? " NOT NULL" : ""});
  CREATE TABLE person (id int PRIMARY KEY, name text, team int NOT NULL REFERENCES team);
  ALTER TABLE team ADD CONSTRAINT team_lead FOREIGN KEY (lead) REFERENCES person${deferrable};`;

const source = `CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT, lead INTEGER REFERENCES person (id));
  CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, team INTEGER REFERENCES team (id));
  INSERT INTO team VALUES (1, 'red', 10), (2, 'blue', 20); INSERT INTO person VALUES (10, 'Ada', 1), (20, 'Bob', 2), (30, 'Cy', 2)`;

const rows = { team: ["1|red|10", "2|blue|20"], person: ["10|Ada|1", "20|Bob|2", "30|Cy|2"] };

export const circles: readonly Pair[] = [
  { name: "two tables, NOT NULL, not deferrable", existing: "append", source, live: both(), rows, back: true },
  { name: "two tables, nullable", existing: "append", source, live: both("", "nullable"), rows, back: true },
  { name: "two tables, deferrable", existing: "append", source, live: both(" DEFERRABLE"), rows, back: true },
  {
    name: "two tables, appended to a circle that is there",
    existing: "append",
    source,
    live: `${both()} WITH t AS (INSERT INTO team VALUES (7, 'old', 70)) INSERT INTO person VALUES (70, 'Olga', 7);`,
    rows: { team: [...rows.team, "7|old|70"], person: [...rows.person, "70|Olga|7"] },
    back: true,
  },
  {
    name: "two tables, merged: one is pointed at a new parent",
    existing: "merge",
    source,
    live: `${both()} WITH t AS (INSERT INTO team VALUES (1, 'old', 70)) INSERT INTO person VALUES (70, 'Olga', 1), (10, 'Adam', 1);`,
    rows: { team: rows.team, person: [...rows.person, "70|Olga|1"] },
    back: true,
  },
  {
    name: "two tables, replaced",
    existing: "replace",
    source,
    live: `${both()} WITH t AS (INSERT INTO team VALUES (1, 'old', 70), (3, 'gone', 71)) INSERT INTO person VALUES (70, 'Olga', 1), (71, 'Pia', 3);`,
    rows,
    back: true,
  },
  {
    name: "two tables, replaced, with actions that would take rows along",
    existing: "replace",
    source,
    live: `CREATE TABLE team (id int PRIMARY KEY, name text, lead int NOT NULL); CREATE TABLE person (id int PRIMARY KEY, name text, team int NOT NULL REFERENCES team ON DELETE CASCADE);
      ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person ON DELETE CASCADE; WITH t AS (INSERT INTO team VALUES (1, 'old', 70)) INSERT INTO person VALUES (70, 'Olga', 1);`,
    rows,
    back: true,
  },
  {
    name: "two tables, skipped where they are there",
    existing: "skip",
    source,
    live: `${both()} WITH t AS (INSERT INTO team VALUES (1, 'red', 10)) INSERT INTO person VALUES (10, 'Ada', 1);`,
    rows,
    quarantined: ["person|id=10|ROWS_TAKEN:skip", "team|id=1|ROWS_TAKEN:skip"],
    back: true,
  },
  {
    name: "three tables in a circle, and a table that points to itself besides",
    existing: "append",
    source: `CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id), up INTEGER REFERENCES a (id)); CREATE TABLE b (id INTEGER PRIMARY KEY, c INTEGER REFERENCES c (id)); CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id));
      INSERT INTO a VALUES (1, 1, 2), (2, 1, NULL); INSERT INTO b VALUES (1, 1); INSERT INTO c VALUES (1, 2)`,
    live: `CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL, up int REFERENCES a); CREATE TABLE b (id int PRIMARY KEY, c int NOT NULL); CREATE TABLE c (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
      ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c;`,
    rows: { a: ["1|1|2", "2|1|∅"], b: ["1|1"], c: ["1|2"] },
    back: true,
  },
  {
    name: "composite keys in a circle",
    existing: "append",
    source: `CREATE TABLE a (x INTEGER, y INTEGER, bx INTEGER, "by" INTEGER, PRIMARY KEY (x, y)); CREATE TABLE b (x INTEGER, y INTEGER, ax INTEGER, ay INTEGER, PRIMARY KEY (x, y));
      INSERT INTO a VALUES (1, 2, 3, 4); INSERT INTO b VALUES (3, 4, 1, 2)`,
    live: `CREATE TABLE a (x int, y int, bx int NOT NULL, "by" int NOT NULL, PRIMARY KEY (x, y)); CREATE TABLE b (x int, y int, ax int NOT NULL, ay int NOT NULL, PRIMARY KEY (x, y), FOREIGN KEY (ax, ay) REFERENCES a);
      ALTER TABLE a ADD FOREIGN KEY (bx, "by") REFERENCES b;`,
    rows: { a: ["1|2|3|4"], b: ["3|4|1|2"] },
    back: true,
  },
  {
    name: "a row of the circle that points nowhere is asked about",
    existing: "append",
    source: `${source}; INSERT INTO person VALUES (40, 'Dot', 99)`,
    live: both(),
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["ORPHAN_ROWS person.team"] },
  },
  {
    name: "a merged row that points to a new one of its own table",
    existing: "merge",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES t (id)); INSERT INTO t VALUES (4, 5), (5, 4)",
    live: "CREATE TABLE t (id int PRIMARY KEY, up int NOT NULL REFERENCES t); INSERT INTO t VALUES (3, 3), (4, 3)",
    rows: { t: ["3|3", "4|5", "5|4"] },
    back: true,
  },
  {
    name: "a merged row that points to a new one, which would take it and others along",
    existing: "merge",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES t (id)); INSERT INTO t VALUES (4, 5), (5, 4)",
    live: "CREATE TABLE t (id int PRIMARY KEY, up int NOT NULL REFERENCES t ON DELETE CASCADE); INSERT INTO t VALUES (3, 3), (4, 3), (9, 4)",
    rows: { t: ["3|3", "4|5", "5|4", "9|4"] },
    back: true,
  },
  {
    name: "the same in a circle of two tables that is deferrable",
    existing: "merge",
    source,
    live: `CREATE TABLE team (id int PRIMARY KEY, name text, lead int NOT NULL); CREATE TABLE person (id int PRIMARY KEY, name text, team int NOT NULL REFERENCES team ON DELETE CASCADE);
      ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person ON DELETE CASCADE DEFERRABLE; WITH t AS (INSERT INTO team VALUES (1, 'old', 70)) INSERT INTO person VALUES (70, 'Olga', 1), (71, 'Pia', 1);`,
    rows: { team: rows.team, person: [...rows.person, "70|Olga|1", "71|Pia|1"] },
    back: true,
  },
  {
    name: "a row comes back to a unique key that a new one had taken, in a table that others point to",
    existing: "append",
    source:
      "CREATE TABLE t0 (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE); CREATE TABLE t1 (id INTEGER PRIMARY KEY, t0 INTEGER REFERENCES t0 (id)); INSERT INTO t0 VALUES (4, 'b'), (3, 'a'); INSERT INTO t1 VALUES (1, 4), (2, 3)",
    live: "CREATE TABLE t0 (id int PRIMARY KEY, label text NOT NULL UNIQUE); CREATE TABLE t1 (id int PRIMARY KEY, t0 int REFERENCES t0); INSERT INTO t0 VALUES (3, 'b'); INSERT INTO t1 VALUES (9, 3)",
    pipeline: "tables: { t0: { existing: merge }, t1: {} }",
    rows: { t0: ["3|a", "4|b"], t1: ["1|4", "2|3", "9|3"] },
    back: true,
  },
  {
    name: "rows come back in the order that undoes how they were overwritten",
    existing: "append",
    source:
      "CREATE TABLE t0 (id INTEGER PRIMARY KEY, label TEXT NOT NULL); CREATE TABLE t1 (id INTEGER PRIMARY KEY, t0 INTEGER REFERENCES t0 (id)); INSERT INTO t0 VALUES (1, 'x'), (2, 'a'), (3, 'b'); INSERT INTO t1 VALUES (1, 1)",
    live: "CREATE TABLE t0 (id int PRIMARY KEY, label text NOT NULL UNIQUE); CREATE TABLE t1 (id int PRIMARY KEY, t0 int REFERENCES t0); INSERT INTO t0 VALUES (1, 'a'), (2, 'b'), (3, 'c')",
    pipeline: "tables: { t0: { existing: merge }, t1: {} }",
    rows: { t0: ["1|x", "2|a", "3|b"] },
    back: true,
  },
];
