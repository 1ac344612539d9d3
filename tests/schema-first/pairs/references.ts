/** Foreign keys of the source that share their columns, into tables that have some of them. */
import type { Pair } from "../pair.ts";

const parents =
  "CREATE TABLE p (id INTEGER PRIMARY KEY, u INTEGER UNIQUE, v TEXT); CREATE TABLE q (id INTEGER PRIMARY KEY);";
const liveParents =
  "CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE, v varchar(3)); CREATE TABLE q (id int PRIMARY KEY);";
const fill =
  "INSERT INTO p VALUES (1, 1, 'a'), (2, 3, 'b'), (3, 2, 'c'); INSERT INTO q VALUES (1); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3), (4, 4)";

export const references: readonly Pair[] = [
  {
    name: "two keys on one column with different actions go into a table that has one of them",
    existing: "append",
    source: `${parents} CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p ON DELETE CASCADE REFERENCES p ON DELETE SET NULL); ${fill}; DELETE FROM c WHERE id = 4`,
    live: `${liveParents} CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES p ON DELETE SET NULL)`,
    rows: { c: ["1|1", "2|2", "3|3"] },
    back: true,
  },
  {
    name: "a key that the target lacks refuses no row, although another on the same column is there",
    existing: "merge",
    source: `${parents} CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p REFERENCES q); ${fill}; DELETE FROM c WHERE id = 4`,
    live: `${liveParents} CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES p)`,
    rows: { c: ["1|1", "2|2", "3|3"] },
    back: true,
  },
  {
    name: "rows follow a row in quarantine by either of two columns that one key points to",
    existing: "replace",
    source: `${parents} CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES p REFERENCES p (u)); ${fill}; DELETE FROM c WHERE id = 4; UPDATE p SET v = 'too long' WHERE id = 2`,
    live: `${liveParents} CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES p REFERENCES p (u))`,
    pipeline: "accept: [{ code: TARGET_NARROWS, policy: quarantine }, { code: ORPHAN_ROWS, policy: quarantine }]",
    rows: { p: ["1|1|a", "3|2|c"], c: ["1|1"] },
    quarantined: ["c|id=2|ORPHAN_ROWS:quarantine", "c|id=3|ORPHAN_ROWS:quarantine", "p|id=2|TARGET_NARROWS:quarantine"],
    back: true,
  },
];
