/** Into text, varchar, char and citext: byte for byte, whatever the source's column was declared as. */
import type { Pair } from "../pair.ts";

const declared = `CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME, ts TIMESTAMP, ok BOOLEAN, doc JSON, e TEXT, price REAL, cost DECIMAL(10,2), big INTEGER);
  INSERT INTO t VALUES (1, '2022-03-01T10:00:00Z', '2022-03-01 10:00:00.500', 1, '{"b": 1,  "a": 2}', '1e2', 1.0, '9.50', 9007199254740993),
    (2, '2022-03-01 10:00', '2022-03-01', 0, '[1.50, 1E2]', '', 1e300, 7, -9223372036854775808), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`;
const asStored = [
  '1|2022-03-01T10:00:00Z|2022-03-01 10:00:00.500|1|{"b": 1,  "a": 2}|1e2|1.0|9.5|9007199254740993',
  "2|2022-03-01 10:00|2022-03-01|0|[1.50, 1E2]||1.0e+300|7|-9223372036854775808",
  "3|∅|∅|∅|∅|∅|∅|∅|∅",
];
const columns = (type: string): string =>
  ["at", "ts", "ok", "doc", "e", "price", "cost", "big"].map((name) => `${name} ${type}`).join(", ");

const oneBlob =
  "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, x'c3a962'), (3, '')";
const badBlob = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, x'ff00')";
const typeless =
  "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 5), (2, '5'), (3, 'five'), (4, 1.0), (5, NULL)";
const yesAndTrue = { ndjson: '{"id": 1, "v": true}\n{"id": 2, "v": "yes"}\n{"id": 3, "v": null}\n' };

export const texts: readonly Pair[] = [
  {
    name: "whatever it was declared as, into text",
    existing: "append",
    source: declared,
    live: `CREATE TABLE t (id int PRIMARY KEY, ${columns("text")}); INSERT INTO t (id, e) VALUES (9, 'seeded')`,
    rows: { t: [...asStored, "9|∅|∅|∅|∅|seeded|∅|∅|∅"] },
    back: true,
  },
  {
    name: "whatever it was declared as, into varchar, over seeded rows",
    existing: "merge",
    source: declared,
    live: `CREATE TABLE t (id int PRIMARY KEY, ${columns("varchar(40)")}); INSERT INTO t (id, e) VALUES (1, 'seeded'), (8, 'stays')`,
    rows: { t: [...asStored, "8|∅|∅|∅|∅|stays|∅|∅|∅"] },
    back: true,
  },
  {
    name: "whatever it was declared as, into citext",
    existing: "replace",
    source: declared,
    live: `CREATE EXTENSION citext; CREATE TABLE t (id int PRIMARY KEY, ${columns("citext")}); INSERT INTO t (id, e) VALUES (1, 'seeded')`,
    rows: { t: asStored },
  },
  {
    name: "a merge by a DATETIME key finds its row by its text",
    existing: "merge",
    source:
      "CREATE TABLE t (at DATETIME PRIMARY KEY NOT NULL, v TEXT); INSERT INTO t VALUES ('2022-03-01T10:00:00Z', 'new'), ('2022-03-01 10:00:00.500', 'new')",
    live: "CREATE TABLE t (at text PRIMARY KEY, v text); INSERT INTO t VALUES ('2022-03-01T10:00:00Z', 'old'), ('2022-03-01 10:00:00', 'another')",
    rows: { t: ["2022-03-01 10:00:00|another", "2022-03-01 10:00:00.500|new", "2022-03-01T10:00:00Z|new"] },
    back: true,
  },
  ...["text", "varchar(10)"].map(
    (type): Pair => ({
      name: `one BLOB among texts is asked about: ${type}`,
      existing: "append",
      source: oneBlob,
      live: `CREATE TABLE t (id int PRIMARY KEY, v ${type})`,
      refused: {
        code: "HAZARDS_NOT_ACCEPTED",
        says: ["MIXED_CLASSES t.v", "1 value", "id=2", "c3a962", "policy: reinterpret", "quarantine"],
        saysNot: ["id=1", "id=3"],
      },
    }),
  ),
  {
    name: "one BLOB among texts, read as the text that it is",
    existing: "append",
    source: oneBlob,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (7, 'seeded')",
    pipeline: "accept: [{ code: MIXED_CLASSES, column: t.v, policy: reinterpret }]",
    rows: { t: ["1|a", "2|éb", "3|", "7|seeded"] },
    ledger: ["t|id=2|v|blob x'c3a962'|éb|MIXED_CLASSES:reinterpret"],
    back: true,
  },
  {
    name: "one BLOB among texts that is no text: reading it as one is not offered",
    existing: "replace",
    source: badBlob,
    live: "CREATE TABLE t (id int PRIMARY KEY, v varchar(20)); INSERT INTO t VALUES (9, 'seeded')",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["MIXED_CLASSES t.v", "id=2", 'policy: "null"'],
      saysNot: ["reinterpret"],
    },
  },
  {
    name: "one BLOB among texts becomes NULL, as accepted",
    existing: "replace",
    source: badBlob,
    live: "CREATE TABLE t (id int PRIMARY KEY, v varchar(20)); INSERT INTO t VALUES (9, 'seeded')",
    pipeline: "accept: [{ code: MIXED_CLASSES, column: t.v, policy: null }]",
    rows: { t: ["1|a", "2|∅"] },
    ledger: ["t|id=2|v|blob x'ff00'|∅|MIXED_CLASSES:null"],
    back: true,
  },
  {
    name: "one BLOB among texts goes into quarantine with its row",
    existing: "append",
    source: badBlob,
    live: "CREATE TABLE t (id int PRIMARY KEY, v varchar(20) NOT NULL)",
    pipeline: "accept: [{ code: MIXED_CLASSES, column: t.v, policy: quarantine }]",
    rows: { t: ["1|a"] },
    quarantined: ["t|id=2|MIXED_CLASSES:quarantine"],
  },
  {
    name: "BLOBs alone must be read somehow",
    existing: "append",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB); INSERT INTO t VALUES (1, x'68c3a9'), (2, x'')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["READING_UNKNOWN t.v", "2 values", "id=1", "interpret:", "- { column: t.v, bytes: utf8 }"],
    },
  },
  {
    name: "BLOBs alone, read as UTF-8",
    existing: "append",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB); INSERT INTO t VALUES (1, x'68c3a9'), (2, x'')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    pipeline: "interpret: [{ column: t.v, bytes: utf8 }]",
    rows: { t: ["1|hé", "2|"] },
    back: true,
  },
  {
    name: "integers beside texts in a typeless column are asked about",
    existing: "merge",
    source: typeless,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'seeded')",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["MIXED_CLASSES t.v", "2 values", "id=1", "id=4"],
      saysNot: ["id=3"],
    },
  },
  {
    name: "integers beside texts in a typeless column, written as digits",
    existing: "merge",
    source: typeless,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'seeded')",
    pipeline: "accept: [{ code: MIXED_CLASSES, column: t.v, policy: reinterpret }]",
    rows: { t: ["1|5", "2|5", "3|five", "4|1.0", "5|∅"] },
    ledger: ["t|id=1|v|integer 5|5|MIXED_CLASSES:reinterpret", "t|id=4|v|real 1.0|1.0|MIXED_CLASSES:reinterpret"],
    back: true,
  },
  {
    name: 'JSON\'s true beside its "yes" is asked about',
    existing: "append",
    source: yesAndTrue,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["MIXED_CLASSES t.v", "id=2", "yes"] },
  },
  {
    name: 'JSON\'s true beside its "yes", without quotes',
    existing: "append",
    source: yesAndTrue,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    pipeline: "accept: [{ code: MIXED_CLASSES, column: t.v, policy: reinterpret }]",
    rows: { t: ["1|true", "2|yes", "3|∅"] },
    ledger: ['t|id=2|v|text "\\"yes\\""|yes|MIXED_CLASSES:reinterpret'],
  },
  {
    name: "texts that look like rowhaul's own encodings",
    existing: "append",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, '{"t":"integer","v":1}'), (2, '\\x00'), (3, '\\N'), (4, 'a' || char(9) || char(10) || '\\.')`,
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    rows: { t: ['1|{"t":"integer","v":1}', "2|\\x00", "3|\\N", "4|a\t\n\\."] },
  },
  {
    name: "varchar counts characters, not bytes",
    existing: "append",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, c TEXT); INSERT INTO t VALUES (1, 'äöü😀ß', 'äb'), (2, '', '')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v varchar(5), c char(4))",
    rows: { t: ["1|äöü😀ß|äb  ", "2||    "] },
    back: true,
  },
  {
    name: "a text too long for varchar is refused",
    existing: "replace",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'abc'), (2, 'abcd'), (3, 'äöüß')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v varchar(3)); INSERT INTO t VALUES (1, 'old')",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: [
        "TARGET_NARROWS t.v",
        "2 values have more than 3 characters",
        "character varying(3)",
        "id=2",
        "abcd",
        "truncate",
      ],
    },
  },
  {
    name: "a text too long for varchar is cut, as accepted",
    existing: "replace",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'abc'), (2, 'abcd'), (3, 'äöü😀ß')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v varchar(4)); INSERT INTO t VALUES (1, 'old')",
    pipeline: "accept: [{ code: TARGET_NARROWS, column: t.v, policy: truncate }]",
    rows: { t: ["1|abc", "2|abcd", "3|äöü😀"] },
    ledger: ['t|id=3|v|text "äöü😀ß"|äöü😀|TARGET_NARROWS:truncate'],
    back: true,
  },
  {
    name: "blanks at the end, which char(n) does not keep, are refused",
    existing: "append",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'ab'), (2, 'ab ')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v char(5))",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["TARGET_NARROWS t.v", "ends in blanks", "id=2", "truncate"] },
  },
  {
    name: "NUL in a text cannot turn a live column into bytea",
    existing: "append",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'ok'), (2, 'a' || char(0) || 'b')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["NUL_IN_TEXT t.v", "id=2", "strip", "escape"], saysNot: ["bytea"] },
  },
  {
    name: "NUL is taken out, and bytes that are no text are decoded, as accepted",
    existing: "merge",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT); INSERT INTO t VALUES (1, 'ok', 'ok'), (2, 'a' || char(0) || 'b', CAST(x'e9' AS TEXT))",
    live: "CREATE TABLE t (id int PRIMARY KEY, v text, w varchar(3))",
    pipeline: `accept:
  - { code: NUL_IN_TEXT, column: t.v, policy: strip }
  - { code: INVALID_TEXT, column: t.w, policy: windows-1252 }`,
    rows: { t: ["1|ok|ok", "2|ab|é"] },
    ledger: ['t|id=2|v|text "a\\u0000b"|ab|NUL_IN_TEXT:strip', "t|id=2|w|text x'e9'|é|INVALID_TEXT:windows-1252"],
  },
  {
    name: "a zero below zero and infinity have no text in SQLite",
    existing: "append",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 1.5), (2, -0.0), (3, 9e999)",
    live: "CREATE TABLE t (id int PRIMARY KEY, v text)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["TARGET_NARROWS t.v", "2 values", "id=2", "id=3"] },
  },
  {
    name: "a UTF-16 database",
    existing: "append",
    source:
      "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, at DATETIME); INSERT INTO t VALUES (1, 'äöü😀ß', '2022-03-01T10:00:00Z')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v varchar(5), at text)",
    rows: { t: ["1|äöü😀ß|2022-03-01T10:00:00Z"] },
  },
  {
    name: "blanks at the end of bpchar, which comparisons do not see, are refused",
    existing: "append",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'A  '), (2, 'B')",
    live: "CREATE TABLE t (id int PRIMARY KEY, v bpchar)",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["TARGET_NARROWS t.v", "ends in blanks", "id=1"] },
  },
];
