/** Into json, byte for byte, and jsonb, whose spelling is the server's and whose meaning must stay. */
import { column, liveColumn, type Pair } from "../pair.ts";

const goBytes = column("BLOB", "x'7b7d'", "'{}'", "x'7b2261223a20317d'");

export const json: readonly Pair[] = [
  {
    name: "json keeps every byte",
    existing: "append",
    source: `CREATE TABLE t (id INTEGER PRIMARY KEY, v JSON, w TEXT, r REAL, i INTEGER); INSERT INTO t VALUES (1, '{"b": 1,  "a": 2}', '1e2', 1.0, 5), (2, '{"a":1,"a":2}', ' [ 1.50 ] ', 0.5, -1), (3, NULL, 'null', NULL, NULL)`,
    live: "CREATE TABLE t (id int PRIMARY KEY, v json, w json, r json, i json)",
    rows: { t: ['1|{"b": 1,  "a": 2}|1e2|1.0|5', '2|{"a":1,"a":2}| [ 1.50 ] |0.5|-1', "3|∅|null|∅|∅"] },
    back: true,
  },
  {
    name: "jsonb keeps the meaning, and JSON's null is no NULL",
    existing: "merge",
    source: column(
      "JSON",
      `'{"b": 1.50,  "a": "\\u00e9"}'`,
      "'null'",
      "NULL",
      "'\"x\"'",
      "'[1E2, 12345678901234567890123]'",
    ),
    live: liveColumn("jsonb", "INSERT INTO t VALUES (1, '{}')"),
    rows: { t: ['1|{"a": "é", "b": 1.50}', "2|null", "3|∅", '4|"x"', "5|[100, 12345678901234567890123]"] },
    back: true,
  },
  {
    name: "a key that stands twice is refused by jsonb",
    existing: "append",
    source: column("TEXT", "'{}'", `'{"a": [{"b": 1, "b": 2}]}'`, '\'{"z": "\\u0000"}\''),
    live: liveColumn("jsonb"),
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["TARGET_NARROWS t.v", "2 values", "jsonb", "id=2", "id=3"] },
  },
  {
    name: "what is no JSON becomes NULL, as accepted, and the empty text too",
    existing: "replace",
    source: column("TEXT", "'{}'", "'{''a'': 1}'", "''", "'NaN'"),
    live: liveColumn("jsonb", "INSERT INTO t VALUES (50, '{}')"),
    pipeline: `accept:
  - { code: TARGET_NARROWS, column: t.v, policy: "null" }
  - { code: EMPTY_TEXT, column: t.v, policy: "null" }`,
    rows: { t: ["1|{}", "2|∅", "3|∅", "4|∅"] },
    ledger: [
      "t|id=2|v|text \"{'a': 1}\"|∅|TARGET_NARROWS:null",
      't|id=3|v|text ""|∅|EMPTY_TEXT:null',
      't|id=4|v|text "NaN"|∅|TARGET_NARROWS:null',
    ],
    back: true,
  },
  {
    name: "bytes beside texts, as Go writes them, are asked about",
    existing: "append",
    source: goBytes,
    live: liveColumn("jsonb"),
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["MIXED_CLASSES t.v", "2 values are BLOBs", "id=1", "7b7d", "reinterpret"],
    },
  },
  {
    name: "bytes beside texts, as Go writes them, read as the text that they are",
    existing: "append",
    source: goBytes,
    live: liveColumn("jsonb"),
    pipeline: "accept: [{ code: MIXED_CLASSES, column: t.v, policy: reinterpret }]",
    rows: { t: ["1|{}", "2|{}", '3|{"a": 1}'] },
    ledger: [
      "t|id=1|v|blob x'7b7d'|{}|MIXED_CLASSES:reinterpret",
      "t|id=3|v|blob x'7b2261223a20317d'|{\"a\": 1}|MIXED_CLASSES:reinterpret",
    ],
    back: true,
  },
  {
    name: "bytes beside texts, by one line for all columns of a type",
    existing: "merge",
    source: goBytes,
    live: liveColumn("json"),
    pipeline: "interpret: [{ type: json, bytes: utf8 }]",
    rows: { t: ["1|{}", "2|{}", '3|{"a": 1}'] },
  },
  {
    name: "one BLOB among JSON texts that is no JSON goes into quarantine",
    existing: "append",
    source: column("JSON", "'{}'", "x'7b'"),
    live: liveColumn("json"),
    pipeline: "accept: [{ code: MIXED_CLASSES, column: t.v, policy: quarantine }]",
    rows: { t: ["1|{}"] },
    quarantined: ["t|id=2|MIXED_CLASSES:quarantine"],
  },
  {
    name: "a JSON file's objects and arrays into jsonb, json and text",
    existing: "append",
    source: {
      ndjson:
        '{"id": 1, "a": {"y": 1.50, "x": 2}, "b": [1, "é"], "c": {"k": 1}, "s": "plain"}\n{"id": 2, "a": {}, "b": [], "c": {}, "s": ""}\n',
    },
    live: "CREATE TABLE t (id int PRIMARY KEY, a jsonb, b json, c text, s varchar(5))",
    rows: { t: ['1|{"x": 2, "y": 1.50}|[1, "é"]|{"k": 1}|plain', "2|{}|[]|{}|"] },
  },
];
