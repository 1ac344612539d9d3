/** Rows that the target has already: parents that the source's rows may point to, and values that no other row may have. */
import type { Pair } from "../pair.ts";

const family =
  "CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE k (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p(id));";
const unrelated = "CREATE TABLE k (id INTEGER PRIMARY KEY, p_id INTEGER);";
const liveFamily =
  "CREATE TABLE p (id int PRIMARY KEY, v text); CREATE TABLE k (id int PRIMARY KEY, p_id int REFERENCES p(id));";
const fill = "INSERT INTO p VALUES (1, 'a'); INSERT INTO k VALUES (11, 1), (12, 2), (13, NULL);";
const seed = "INSERT INTO p VALUES (2, 'live');";

export const liveParents: readonly Pair[] = [
  ...(["append", "merge", "skip"] as const).map(
    (existing): Pair => ({
      name: `a parent that only the target has is a parent: ${existing}`,
      existing,
      source: `${family} ${fill}`,
      live: `${liveFamily} ${seed}`,
      rows: { p: ["1|a", "2|live"], k: ["11|1", "12|2", "13|∅"] },
      back: true,
    }),
  ),
  {
    name: "a parent that is to be replaced is none",
    existing: "replace",
    source: `${family} ${fill}`,
    live: `${liveFamily} ${seed}`,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["ORPHAN_ROWS k.p_id", "1 row points to a row of p that does not exist", "id=12"],
      saysNot: ["nor is it in the target"],
    },
  },
  {
    name: "a parent that is not selected may be in the target",
    existing: "append",
    source: `${family} ${fill} INSERT INTO p VALUES (2, 'b'), (3, 'c'); INSERT INTO k VALUES (14, 3);`,
    live: `${liveFamily} ${seed}`,
    pipeline:
      'tables: { p: { where: "id = 1" }, k: {} }\naccept: [{ code: ORPHAN_ROWS, column: k.p_id, policy: quarantine }]',
    rows: { p: ["1|a", "2|live"], k: ["11|1", "12|2", "13|∅"] },
    quarantined: ["k|id=14|ORPHAN_ROWS:quarantine"],
    back: true,
  },
  {
    name: "a parent that stays behind altogether may be in the target",
    existing: "append",
    source: `${family} ${fill} INSERT INTO p VALUES (2, 'b');`,
    live: `${liveFamily} INSERT INTO p VALUES (1, 'x'), (2, 'live');`,
    pipeline: "tables: { k: {} }",
    rows: { p: ["1|x", "2|live"], k: ["11|1", "12|2", "13|∅"] },
  },
  {
    name: "of the rest it is asked, with the rows that have no parent anywhere",
    existing: "append",
    source: `${family} ${fill} INSERT INTO k VALUES (77, 70), (88, 80);`,
    live: `${liveFamily} ${seed}`,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "ORPHAN_ROWS k.p_id",
        "2 rows point to a row of p that does not exist, nor is it in the target",
        "id=77",
        "id=88",
      ],
      saysNot: ["id=12"],
    },
  },
  {
    name: "and what is answered holds for those alone, and for what hangs from them",
    existing: "append",
    source: `${family} ${fill} INSERT INTO k VALUES (77, 70); CREATE TABLE g (id INTEGER PRIMARY KEY, k_id INTEGER REFERENCES k(id)); INSERT INTO g VALUES (100, 12), (200, 77);`,
    live: `${liveFamily} ${seed} CREATE TABLE g (id int PRIMARY KEY, k_id int REFERENCES k(id))`,
    pipeline: "accept: [{ code: ORPHAN_ROWS, column: k.p_id, policy: quarantine }]",
    rows: { k: ["11|1", "12|2", "13|∅"], g: ["100|12"] },
    quarantined: ["g|id=200|ORPHAN_ROWS:quarantine", "k|id=77|ORPHAN_ROWS:quarantine"],
    back: true,
  },
  {
    name: "a foreign key that only the target has is asked about, too",
    existing: "append",
    source: `CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT); ${unrelated} ${fill} INSERT INTO k VALUES (77, 70), (88, 80);`,
    live: `${liveFamily} ${seed}`,
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "ORPHAN_ROWS k.p_id",
        "2 rows point to a row of p",
        "k_p_id_fkey",
        "id=77",
        'policy: "null" }  # or quarantine',
      ],
      saysNot: ["id=12"],
    },
  },
  {
    name: "its answer is honoured: NULL",
    existing: "merge",
    source: `CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT); ${unrelated} ${fill} INSERT INTO k VALUES (77, 70);`,
    live: `${liveFamily} ${seed}`,
    pipeline: "accept: [{ code: ORPHAN_ROWS, column: k.p_id, policy: null }]",
    rows: { k: ["11|1", "12|2", "13|∅", "77|∅"] },
    ledger: ["k|id=77|p_id|integer 70|∅|ORPHAN_ROWS:null"],
    back: true,
  },
  {
    name: "its answer is honoured: quarantine, where the source has no such table",
    existing: "append",
    source: `${unrelated} INSERT INTO k VALUES (1, 77), (2, 88), (3, 2);`,
    live: `${liveFamily.replace("p_id int", "p_id int NOT NULL")} ${seed}`,
    pipeline: "accept: [{ code: ORPHAN_ROWS, column: k.p_id, policy: quarantine }]",
    rows: { k: ["3|2"] },
    quarantined: ["k|id=1|ORPHAN_ROWS:quarantine", "k|id=2|ORPHAN_ROWS:quarantine"],
  },
  {
    name: "a parent is found by what its type makes of a text",
    existing: "append",
    source: `CREATE TABLE p (id TEXT PRIMARY KEY); CREATE TABLE k (id INTEGER PRIMARY KEY, p_id TEXT); INSERT INTO p VALUES ('AAAAAAAA-0000-0000-0000-000000000001'); INSERT INTO k VALUES (1, 'aaaaaaaa-0000-0000-0000-000000000001'), (2, 'AAAAAAAA000000000000000000000002')`,
    live: `CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE k (id int PRIMARY KEY, p_id uuid REFERENCES p(id)); INSERT INTO p VALUES ('aaaaaaaa-0000-0000-0000-000000000002')`,
    rows: { k: ["1|aaaaaaaa-0000-0000-0000-000000000001", "2|aaaaaaaa-0000-0000-0000-000000000002"] },
  },
  {
    name: "a key of two columns, one of them NULL",
    existing: "append",
    source: `CREATE TABLE k (id INTEGER PRIMARY KEY, a INTEGER, b TEXT); INSERT INTO k VALUES (1, 1, 'x'), (2, 1, NULL), (3, 1, 'y')`,
    live: `CREATE TABLE p (a int, b text, PRIMARY KEY (a, b)); CREATE TABLE k (id int PRIMARY KEY, a int, b text, FOREIGN KEY (a, b) REFERENCES p); INSERT INTO p VALUES (1, 'x')`,
    pipeline: "accept: [{ code: ORPHAN_ROWS, column: k.a, policy: quarantine }]",
    rows: { k: ["1|1|x", "2|1|∅"] },
    quarantined: ["k|id=3|ORPHAN_ROWS:quarantine"],
  },
  {
    name: "a value that a live row has in another unique key is asked about: append",
    existing: "append",
    source: "CREATE TABLE t (k INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, NULL)",
    live: "CREATE TABLE t (k int PRIMARY KEY, b text UNIQUE); INSERT INTO t VALUES (9, 'y')",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "KEYS_MEET t.t_b_key",
        "1 row of t has a value that another row of t has in its unique key t_b_key (b)",
        "k=2",
        "y, as 9 has there",
        "policy: quarantine",
      ],
    },
  },
  ...(["append", "merge", "skip"] as const).map(
    (existing): Pair => ({
      name: `and its answer is honoured: ${existing}`,
      existing,
      source: "CREATE TABLE t (k INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, NULL)",
      live: "CREATE TABLE t (k int PRIMARY KEY, b text UNIQUE); INSERT INTO t VALUES (9, 'y')",
      pipeline: "accept: [{ code: KEYS_MEET, column: t.t_b_key, policy: quarantine }]",
      rows: { t: ["1|x", "3|∅", "9|y"] },
      quarantined: ["t|k=2|KEYS_MEET:quarantine"],
      back: true,
    }),
  ),
  {
    name: "a row keeps its own value in a merge, and may have one that its holder gives up",
    existing: "merge",
    source: "CREATE TABLE t (k INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'z'), (3, 'y')",
    live: "CREATE TABLE t (k int PRIMARY KEY, b text UNIQUE); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
    rows: { t: ["1|x", "2|z", "3|y"] },
    back: true,
  },
  {
    name: "a row that stays out in a skip asks for no value",
    existing: "skip",
    source: "CREATE TABLE t (k INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
    live: "CREATE TABLE t (k int PRIMARY KEY, b text UNIQUE); INSERT INTO t VALUES (1, 'old'), (2, 'x'), (9, 'y')",
    rows: { t: ["1|old", "2|x", "9|y"] },
    quarantined: ["t|k=1|ROWS_TAKEN:skip", "t|k=2|ROWS_TAKEN:skip"],
    back: true,
  },
];
