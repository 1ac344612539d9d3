/** Into bytea and uuid: where bytes and texts stand for each other, somebody must say how. */
import { column, liveColumn, type Pair } from "../pair.ts";

const uuid = "6f9619ff-8b86-d011-b42d-00c04fc964ff";

export const bytes: readonly Pair[] = [
  {
    name: "bytea takes every byte",
    existing: "append",
    source: column("BLOB", "x''", "x'00ff5c'", "NULL"),
    live: liveColumn("bytea"),
    rows: { t: ["1|\\x", "2|\\x00ff5c", "3|∅"] },
    back: true,
  },
  {
    name: "texts for bytea are asked about",
    existing: "append",
    source: column("TEXT", "'00ff'", "'abcd'"),
    live: liveColumn("bytea"),
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["READING_UNKNOWN t.v", "2 values are text", "id=1", "bytes: utf8", "hex, base64"],
    },
  },
  {
    name: "texts for bytea: hex, base64 and UTF-8",
    existing: "replace",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, h TEXT, b TEXT, u TEXT); INSERT INTO t VALUES (1, '00FF', 'AP8=', 'é'), (2, '', '', ''), (3, NULL, NULL, NULL)`,
    live: "CREATE TABLE t (id int PRIMARY KEY, h bytea, b bytea, u bytea); INSERT INTO t (id) VALUES (9)",
    pipeline: `interpret:
  - { type: bytea, bytes: utf8 }
  - { column: t.h, bytes: hex }
  - { column: t.b, bytes: base64 }`,
    rows: { t: ["1|\\x00ff|\\x00ff|\\xc3a9", "2|\\x|\\x|\\x", "3|∅|∅|∅"] },
    back: true,
  },
  {
    name: "a text that is no hex is refused",
    existing: "append",
    source: column("TEXT", "'00ff'", "'00f'", "'xyz'"),
    live: liveColumn("bytea"),
    pipeline: "interpret: [{ column: t.v, bytes: hex }]",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["TARGET_NARROWS t.v", "2 values", "id=2", "id=3"],
      saysNot: ["id=1:"],
    },
  },
  {
    name: "texts for bytea that are no text are their bytes as they are",
    existing: "append",
    source: column("TEXT", "CAST(x'ff00' AS TEXT)", "'ab'", "CAST(x'410042' AS TEXT)"),
    live: liveColumn("bytea"),
    pipeline: "interpret: [{ column: t.v, bytes: utf8 }]",
    rows: { t: ["1|\\xff00", "2|\\x6162", "3|\\x410042"] },
    back: true,
  },
  {
    name: "and are asked about where they are to be read as hex",
    existing: "append",
    source: column("TEXT", "CAST(x'ff' AS TEXT)", "'ab'"),
    live: liveColumn("bytea"),
    pipeline: "interpret: [{ column: t.v, bytes: hex }]",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["TARGET_NARROWS t.v", "1 value", "id=1", "quarantine"] },
  },
  {
    name: "half a character of a database in UTF-16 has no such bytes, and is asked about",
    existing: "append",
    source: `PRAGMA encoding = 'UTF-16le'; ${column("TEXT", "CAST(x'00d8' AS TEXT)", "'é'")}`,
    live: liveColumn("bytea"),
    pipeline:
      "interpret: [{ column: t.v, bytes: utf8 }]\naccept: [{ code: TARGET_NARROWS, column: t.v, policy: quarantine }]",
    rows: { t: ["2|\\xc3a9"] },
    quarantined: ["t|id=1|TARGET_NARROWS:quarantine"],
  },
  {
    name: "one text among BLOBs is asked about",
    existing: "append",
    source: column("BLOB", "x'00ff'", "'abc'", "5"),
    live: liveColumn("bytea"),
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["MIXED_CLASSES t.v", "id=2", "id=3", "policy: "],
      saysNot: ["reinterpret"],
    },
  },
  {
    name: "one text among BLOBs becomes its bytes, as accepted",
    existing: "merge",
    source: column("BLOB", "x'00ff'", "'é'"),
    live: liveColumn("bytea", "INSERT INTO t VALUES (1, 'old')"),
    pipeline: "accept: [{ code: MIXED_CLASSES, column: t.v, policy: reinterpret }]",
    rows: { t: ["1|\\x00ff", "2|\\xc3a9"] },
    ledger: ['t|id=2|v|text "é"|\\xc3a9|MIXED_CLASSES:reinterpret'],
    back: true,
  },
  {
    name: "a uuid, with and without dashes, in capitals and braces",
    existing: "append",
    source: column(
      "TEXT",
      `'${uuid}'`,
      `'${uuid.replaceAll("-", "")}'`,
      `'${uuid.toUpperCase()}'`,
      `'{${uuid}}'`,
      "NULL",
    ),
    live: liveColumn("uuid"),
    rows: { t: [`1|${uuid}`, `2|${uuid}`, `3|${uuid}`, `4|${uuid}`, "5|∅"] },
    back: true,
  },
  {
    name: "sixteen bytes for a uuid are asked about",
    existing: "append",
    source: column("BLOB", "x'6f9619ff8b86d011b42d00c04fc964ff'"),
    live: liveColumn("uuid"),
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["READING_UNKNOWN t.v", "id=1", "{ column: t.v, uuid: rfc }  # or dotnet"],
    },
  },
  {
    name: "sixteen bytes for a uuid, in either order",
    existing: "append",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, r BLOB, d BLOB); INSERT INTO t VALUES (1, x'6f9619ff8b86d011b42d00c04fc964ff', x'ff19966f868b11d0b42d00c04fc964ff')`,
    live: "CREATE TABLE t (id int PRIMARY KEY, r uuid, d uuid)",
    pipeline: "interpret: [{ type: uuid, uuid: rfc }, { column: t.d, uuid: dotnet }]",
    rows: { t: [`1|${uuid}|${uuid}`] },
    back: true,
  },
  {
    name: "a merge by a uuid key finds its row in whatever spelling",
    existing: "merge",
    source: `CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, v TEXT); INSERT INTO t VALUES ('${uuid.replaceAll("-", "").toUpperCase()}', 'new')`,
    live: `CREATE TABLE t (id uuid PRIMARY KEY, v text); INSERT INTO t VALUES ('${uuid}', 'old')`,
    rows: { t: [`${uuid}|new`] },
    back: true,
  },
  {
    name: "what is no uuid is refused, and the empty text asked about",
    existing: "append",
    source: column("TEXT", `'${uuid}'`, "''", "'not-a-uuid'"),
    live: liveColumn("uuid"),
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["EMPTY_TEXT t.v", "id=2", "TARGET_NARROWS t.v", "id=3", "not-a-uuid", "uuid"],
    },
  },
];
