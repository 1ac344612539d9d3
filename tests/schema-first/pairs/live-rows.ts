/** What only a switch that proves the live rows, and undoes itself in the order of foreign keys, can do. */
import type { Pair } from "../pair.ts";

export const liveRows: readonly Pair[] = [
  {
    name: "generated columns are computed there",
    existing: "replace",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, twice INTEGER AS (v * 2)); INSERT INTO t (id, v) VALUES (1, 4), (2, NULL)",
    live: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int, twice int GENERATED ALWAYS AS (v * 2) STORED, thrice int GENERATED ALWAYS AS (v * 3) STORED); INSERT INTO t (v) VALUES (1)",
    rows: { t: ["1|4|8|12", "2|∅|∅|∅"], "INSERT INTO t (v) VALUES (1) RETURNING id": ["3"] },
  },
  {
    name: "children of a parent that the source lacks become NULL, as accepted",
    existing: "merge",
    source:
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id)); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1), (2, 99)",
    live: "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent); INSERT INTO parent VALUES (5); INSERT INTO child VALUES (1, 5)",
    pipeline: 'accept: [{ code: ORPHAN_ROWS, column: child.parent_id, policy: "null" }]',
    rows: { parent: ["1", "5"], child: ["1|1", "2|∅"] },
    ledger: ["child|id=2|parent_id|integer 99|∅|ORPHAN_ROWS:null"],
    back: true,
  },
  {
    name: "a merge points a child at a new parent, and the way back at the old one",
    existing: "merge",
    source:
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id)); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1)",
    live: "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent); INSERT INTO parent VALUES (5); INSERT INTO child VALUES (1, 5)",
    rows: { parent: ["1", "5"], child: ["1|1"] },
    back: true,
  },
];
