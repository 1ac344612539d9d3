/** What the source's own type says of a value, and its storage class in the snapshot does not: true is no 1. */
import type { Pair } from "../pair.ts";

export const origins: readonly Pair[] = [
  {
    name: "true and false of a JSON file are true and false in json, jsonb, text and varchar",
    existing: "append",
    source: {
      ndjson:
        '{"id":1,"a":true,"b":true,"c":true,"d":true,"e":true}\n{"id":2,"a":false,"b":false,"c":false,"d":false,"e":false}\n{"id":3,"a":null,"b":null,"c":null,"d":null,"e":null}\n',
    },
    live: "CREATE TABLE t (id int PRIMARY KEY, a varchar(5), b json, c jsonb, d text, e char(6))",
    rows: { t: ["1|true|true|true|true|true  ", "2|false|false|false|false|false ", "3|∅|∅|∅|∅|∅"] },
    back: true,
  },
  {
    name: "true and false of a JSON file stay what they are to boolean and to numbers",
    existing: "merge",
    source: { ndjson: '{"id":1,"a":true,"b":true,"c":true}\n{"id":2,"a":false,"b":false,"c":false}\n' },
    live: "CREATE TABLE t (id int PRIMARY KEY, a boolean, b smallint, c numeric(3,1)); INSERT INTO t VALUES (1, false, 7, 7)",
    rows: { t: ["1|t|1|1.0", "2|f|0|0.0"] },
    back: true,
  },
  {
    name: "a live true is no 1 after a merge",
    existing: "merge",
    source: { ndjson: '{"id":1,"flag":true}\n{"id":2,"flag":false}\n' },
    live: "CREATE TABLE t (id int PRIMARY KEY, flag varchar(5)); INSERT INTO t VALUES (1, 'true'), (2, 'true')",
    rows: { t: ["1|true", "2|false"] },
  },
  {
    name: "a truth is no instant, whatever numbers are read as, and no duration",
    existing: "append",
    source: { ndjson: '{"id":1,"a":true,"b":false}\n' },
    live: "CREATE TABLE t (id int PRIMARY KEY, a timestamptz, b interval)",
    pipeline: "interpret: [{ type: timestamptz, epoch: s }, { type: interval, interval: s }]",
    refused: {
      code: "HAZARDS_NOT_ACCEPTED",
      says: ["TARGET_NARROWS t.a", "TARGET_NARROWS t.b", "1 value has no place in it"],
    },
  },
  {
    name: "a text that is too short for false is asked about",
    existing: "append",
    source: { ndjson: '{"id":1,"a":true}\n{"id":2,"a":false}\n' },
    live: "CREATE TABLE t (id int PRIMARY KEY, a varchar(4))",
    refused: { code: "HAZARDS_NOT_ACCEPTED", says: ["TARGET_NARROWS t.a", "1 value", "id=2"], saysNot: ["truncate"] },
  },
  {
    name: "an enum of the application's reads true and false as its own",
    existing: "append",
    source: { ndjson: '{"id":1,"a":true}\n{"id":2,"a":false}\n' },
    live: "CREATE TYPE answer AS ENUM ('true', 'false', '1'); CREATE TABLE t (id int PRIMARY KEY, a answer)",
    rows: { t: ["1|true", "2|false"] },
  },
  {
    name: "a SQLite file's own 1 and 0 stay the digits that they are",
    existing: "append",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a BOOLEAN, b BOOLEAN); INSERT INTO t VALUES (1, TRUE, TRUE), (2, FALSE, FALSE)",
    live: "CREATE TABLE t (id int PRIMARY KEY, a text, b jsonb)",
    rows: { t: ["1|1|1", "2|0|0"] },
  },
  {
    name: "true in the pipeline file is true",
    existing: "append",
    source:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT, d TEXT, m TEXT); INSERT INTO t VALUES (1, 'yes', NULL, 'x'), (2, 'no', NULL, 'y')",
    live: "CREATE TABLE t (id int PRIMARY KEY, s text, d text, m text, k1 text, k2 jsonb, k3 int)",
    pipeline: `tables: { t: { transform: [
      { constant: { k1: true, k2: true, k3: true } },
      { map: { column: s, values: { yes: true, no: false } } },
      { map: { column: m, values: { x: true }, otherwise: keep } },
      { default: { values: { d: true } } } ] } }`,
    rows: { t: ["1|true|true|true|true|true|1", "2|false|true|y|true|true|1"] },
  },
  {
    name: "true that a function returns is true",
    existing: "append",
    source: "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT, n INTEGER); INSERT INTO t VALUES (1, 'x', 5)",
    live: "CREATE TABLE t (id int PRIMARY KEY, s text, n int, k1 text, k2 jsonb, k3 text, k4 varchar(5), k5 boolean)",
    pipeline: "tables: { t: { transform: ./f.mjs } }",
    files: {
      "f.mjs":
        'export const columns = { k1: "text", k2: "jsonb", k3: "boolean", k4: "varchar(5)", k5: "boolean" };\nexport default (row) => ({ ...row, s: true, n: true, k1: true, k2: false, k3: true, k4: false, k5: true });\n',
    },
    rows: { t: ["1|true|1|true|false|true|false|t"] },
  },
  {
    name: "boolean of another PostgreSQL is as PostgreSQL writes it",
    existing: "append",
    source: {
      postgres:
        "CREATE TABLE t (id int PRIMARY KEY, a boolean, b boolean, c boolean, d boolean[], e boolean[], f boolean); INSERT INTO t VALUES (1, true, true, true, '{t,f,NULL}', '{t}', true), (2, false, false, false, '{{f},{t}}', '{f}', NULL)",
    },
    live: "CREATE TABLE t (id int PRIMARY KEY, a text, b jsonb, c varchar(5), d text[], e boolean[], f boolean)",
    rows: { t: ["1|true|true|true|{true,false,NULL}|{t}|t", "2|false|false|false|{{false},{true}}|{f}|∅"] },
    back: true,
  },
  {
    name: "real of another PostgreSQL is the number that its four bytes hold",
    existing: "append",
    source: {
      postgres:
        "CREATE TABLE t (id int PRIMARY KEY, a real, b real, c real, d real[], e real); INSERT INTO t SELECT n, v, v, v, ARRAY[v, NULL, v], v FROM (VALUES (1, 0.1::real), (2, 16777216::real), (3, '-0'::real), (4, 'NaN'::real), (5, '-Infinity'::real), (6, 3.4028235e38::real), (7, 1e-45::real), (8, 1.5::real), (9, 1234567.9::real), (10, 3e15::real), (11, 0.00001::real)) x (n, v)",
    },
    live: "CREATE TABLE t (id int PRIMARY KEY, a double precision, b real, c text, d double precision[], e numeric)",
    pipeline: "accept: [{ code: TARGET_NARROWS, column: t.e, policy: 'null' }]",
    ledger: "as the rows say",
    rows: {
      "SELECT id, a, c FROM t ORDER BY id": [
        "1|0.10000000149011612|0.1",
        "2|16777216|1.6777216e+07",
        "3|-0|-0",
        "4|NaN|NaN",
        "5|-Infinity|-Infinity",
        "6|3.4028234663852886e+38|3.4028235e+38",
        "7|1.401298464324817e-45|1e-45",
        "8|1.5|1.5",
        "9|1234567.875|1.2345679e+06",
        "10|3.000000028082176e+15|3e+15",
        "11|9.999999747378752e-06|1e-05",
      ],
      // What its own assignments give.
      "SELECT id FROM t WHERE a IS DISTINCT FROM b::float8 OR d IS DISTINCT FROM ARRAY[b::float8, NULL, b::float8] OR c <> b::text":
        [],
    },
  },
];
