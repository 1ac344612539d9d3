/** Rows that hang from a row in quarantine, however far, go along; nothing else does. */
import type { Pair } from "../pair.ts";

const tree = "CREATE TABLE t (id INTEGER PRIMARY KEY, p INTEGER REFERENCES t(id), v TEXT)";
const liveTree = "CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES t(id), v varchar(3));";
const gone = (table: string, ...ids: readonly number[]): string[] =>
  ids.map((id) => `${table}|id=${id}|ORPHAN_ROWS:quarantine`);

export const hanging: readonly Pair[] = [
  {
    name: "from a row of its own table, by a chain",
    existing: "append",
    source: `${tree}; INSERT INTO t VALUES (1, NULL, 'abcd'), (2, 1, 'x'), (3, 2, 'y'), (4, 3, 'z'), (5, NULL, 'ok'), (6, 5, 'ok')`,
    live: liveTree,
    pipeline: "accept: [{ code: TARGET_NARROWS, column: t.v, policy: quarantine }]",
    rows: { t: ["5|∅|ok", "6|5|ok"] },
    quarantined: ["t|id=1|TARGET_NARROWS:quarantine", ...gone("t", 2, 3, 4)],
    back: true,
  },
  {
    name: "from a row of its own table, by a circle of rows",
    existing: "replace",
    source: `${tree}; INSERT INTO t VALUES (1, 3, 'abcd'), (2, 1, 'x'), (3, 2, 'y'), (5, 6, 'ok'), (6, 5, 'ok')`,
    live: liveTree,
    pipeline: "accept: [{ code: TARGET_NARROWS, column: t.v, policy: quarantine }]",
    rows: { t: ["5|6|ok", "6|5|ok"] },
    quarantined: ["t|id=1|TARGET_NARROWS:quarantine", ...gone("t", 2, 3)],
  },
  {
    name: "only the child loses its reference where that was accepted, and the plan counts none along",
    existing: "append",
    source: `${tree}; INSERT INTO t VALUES (1, NULL, 'abcd'), (2, 1, 'x'), (3, 2, 'y')`,
    live: liveTree,
    pipeline:
      "accept: [{ code: TARGET_NARROWS, column: t.v, policy: quarantine }, { code: ORPHAN_ROWS, policy: null }]",
    rows: { t: ["2|∅|x", "3|2|y"] },
    ledger: ["t|id=2|p|integer 1|∅|ORPHAN_ROWS:null"],
    quarantined: ["t|id=1|TARGET_NARROWS:quarantine"],
  },
  {
    name: "the count says how many go along",
    existing: "append",
    source: `${tree}; INSERT INTO t VALUES (1, NULL, 'abcd'), (2, 1, 'x'), (3, 2, 'y')`,
    live: liveTree,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["TARGET_NARROWS t.v", "2 rows point to it, and would go into quarantine along"],
    },
  },
  {
    name: "the count says nothing of rows that lose their reference, or are not selected",
    existing: "append",
    source: `${tree}; INSERT INTO t VALUES (1, NULL, 'abcd'), (2, 1, 'x'), (3, 2, 'y')`,
    live: liveTree,
    pipeline: "accept: [{ code: ORPHAN_ROWS, policy: null }]",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["TARGET_NARROWS t.v", "1 value"], saysNot: ["along"] },
  },
  {
    name: "by a circle of tables, to whatever hangs beside it",
    existing: "merge",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, u INTEGER REFERENCES u(id), v TEXT); CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t(id)); CREATE TABLE g (id INTEGER PRIMARY KEY, u INTEGER REFERENCES u(id));
      INSERT INTO t VALUES (1, NULL, 'abcd'), (2, 10, 'x'), (3, 20, 'y'), (4, NULL, 'z'); INSERT INTO u VALUES (10, 1), (20, 2), (30, 4); INSERT INTO g VALUES (100, 10), (200, 20), (300, 30), (400, NULL)`,
    live: `CREATE TABLE t (id int PRIMARY KEY, u int, v varchar(3)); CREATE TABLE u (id int PRIMARY KEY, t int REFERENCES t(id)); ALTER TABLE t ADD FOREIGN KEY (u) REFERENCES u(id); CREATE TABLE g (id int PRIMARY KEY, u int REFERENCES u(id))`,
    pipeline: "accept: [{ code: TARGET_NARROWS, column: t.v, policy: quarantine }]",
    rows: { t: ["4|∅|z"], u: ["30|4"], g: ["300|30", "400|∅"] },
    quarantined: [...gone("g", 100, 200), "t|id=1|TARGET_NARROWS:quarantine", ...gone("t", 2, 3), ...gone("u", 10, 20)],
    back: true,
  },
  {
    name: "from rows of the middle that go for reasons of their own, and for another's",
    existing: "append",
    source: `CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id), v TEXT); CREATE TABLE g (id INTEGER PRIMARY KEY, k INTEGER REFERENCES k(id));
      INSERT INTO p VALUES (1, 'abcd'), (2, 'x'); INSERT INTO k VALUES (10, 1, 'x'), (20, 2, 'abcd'), (30, 2, 'x'), (40, 9, 'x'); INSERT INTO g VALUES (100, 10), (200, 20), (300, 30), (400, 40)`,
    live: `CREATE TABLE p (id int PRIMARY KEY, v varchar(3)); CREATE TABLE k (id int PRIMARY KEY, p int REFERENCES p(id), v varchar(3)); CREATE TABLE g (id int PRIMARY KEY, k int REFERENCES k(id))`,
    pipeline: "accept: [{ code: TARGET_NARROWS, policy: quarantine }, { code: ORPHAN_ROWS, policy: quarantine }]",
    rows: { p: ["2|x"], k: ["30|2|x"], g: ["300|30"] },
    quarantined: [
      ...gone("g", 100, 200, 400),
      ...gone("k", 10),
      "k|id=20|TARGET_NARROWS:quarantine",
      ...gone("k", 40),
      "p|id=1|TARGET_NARROWS:quarantine",
    ],
    back: true,
  },
  {
    name: "from rows of a table without rowids, by a key of two columns, into a circle",
    existing: "append",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, v TEXT, FOREIGN KEY (a, b) REFERENCES w (a, b)); CREATE TABLE w (a TEXT, b INTEGER, t INTEGER REFERENCES t(id), PRIMARY KEY (a, b)) WITHOUT ROWID;
      INSERT INTO t VALUES (1, NULL, NULL, 'abcd'), (2, 'it''s', 5, 'x'), (3, 'it''s', 6, 'y'); INSERT INTO w VALUES ('it''s', 5, 1), ('it''s', 6, NULL), ('z', 7, 2)`,
    live: `CREATE TABLE t (id int PRIMARY KEY, a text, b int, v varchar(3)); CREATE TABLE w (a text, b int, t int REFERENCES t(id), PRIMARY KEY (a, b)); ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES w (a, b)`,
    pipeline: "accept: [{ code: TARGET_NARROWS, column: t.v, policy: quarantine }]",
    rows: { t: ["3|it's|6|y"], w: ["it's|6|∅"] },
    quarantined: [
      "t|id=1|TARGET_NARROWS:quarantine",
      ...gone("t", 2),
      'w|a="it\'s", b=5|ORPHAN_ROWS:quarantine',
      'w|a="z", b=7|ORPHAN_ROWS:quarantine',
    ],
  },
  {
    name: "of a table whose live key is not the source's own",
    existing: "merge",
    source: `CREATE TABLE t (id TEXT PRIMARY KEY, p TEXT REFERENCES t(id), v TEXT); INSERT INTO t VALUES ('a', NULL, 'abcd'), ('b', 'a', 'x'), ('c', 'b', 'y'), ('d', NULL, 'z'), ('e', 'd', 'z')`,
    live: "CREATE TABLE t (id varchar(5) PRIMARY KEY, p varchar(5) REFERENCES t(id), v varchar(3)); INSERT INTO t VALUES ('d', NULL, 'old')",
    pipeline: "accept: [{ code: TARGET_NARROWS, column: t.v, policy: quarantine }]",
    rows: { t: ["d|∅|z", "e|d|z"] },
    quarantined: [
      't|id="a"|TARGET_NARROWS:quarantine',
      't|id="b"|ORPHAN_ROWS:quarantine',
      't|id="c"|ORPHAN_ROWS:quarantine',
    ],
    back: true,
  },
];
