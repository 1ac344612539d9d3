/** One table in both databases, with a column of every encoding that expressions can compute with. */
import type { Affinity } from "../../src/core/schema/catalog.ts";
import type { Encoding } from "../../src/core/values/encoding.ts";
import type { Scope, ScopeColumn, ScopeRelation } from "../../src/sql/translate/scope.ts";

export const sqliteTables = `
  CREATE TABLE t (
    id INTEGER PRIMARY KEY, n INTEGER, small INTEGER, r REAL, m NUMERIC, s TEXT, c TEXT COLLATE NOCASE,
    w TEXT COLLATE RTRIM, active BOOLEAN, flag TEXT, d DATE, ts DATETIME, b BLOB, j JSON
  );
  CREATE TABLE u (id INTEGER PRIMARY KEY, t_id INTEGER, label TEXT, amount NUMERIC);
  INSERT INTO t VALUES
    (1, 7, 30000, 0.1, 2, 'Abc', 'X', 'pad', 1, 't', '2020-02-29', '2020-02-29 10:11:12', x'00ff', '{"a":1}'),
    (2, -7, -2, -2.5, 2.5, 'äbC_d%', 'x', 'pad  ', 0, 'f', '1999-12-31', '1999-12-31 23:59:59', x'', '[]'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, 0, 0, 0.0, 0, '', 'é', '', 1, 't', '2021-01-01', '2021-01-01 00:00:00', x'41', '"x"'),
    (5, 9007199254740993, 5, 1e10, 1e3, ' a\\b ', 'É', 'q', 0, 'f', '2020-02-29', '2020-02-29 00:00:00', x'4142', '1');
  INSERT INTO u VALUES (1, 1, 'one', 10), (2, 1, 'uno', 0.5), (3, 2, 'two', 3), (4, NULL, 'none', NULL);
`;

export const postgresTables = `
  CREATE SCHEMA stage;
  CREATE TABLE stage.target_t (
    id bigint PRIMARY KEY, n bigint, small smallint, r double precision, m numeric, s text, "C c" text, w text,
    active boolean, flag boolean, d date, ts timestamp, b bytea, j jsonb
  );
  CREATE TABLE stage.u (id bigint PRIMARY KEY, t_id bigint, label text, amount numeric);
  INSERT INTO stage.target_t VALUES
    (1, 7, 30000, 0.1, 2, 'Abc', 'X', 'pad', true, true, '2020-02-29', '2020-02-29 10:11:12', '\\x00ff', '{"a":1}'),
    (2, -7, -2, -2.5, 2.5, 'äbC_d%', 'x', 'pad  ', false, false, '1999-12-31', '1999-12-31 23:59:59', '\\x', '[]'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, 0, 0, 0.0, 0, '', 'é', '', true, true, '2021-01-01', '2021-01-01 00:00:00', '\\x41', '"x"'),
    (5, 9007199254740993, 5, 1e10, 1000, ' a\\b ', 'É', 'q', false, false, '2020-02-29', '2020-02-29 00:00:00', '\\x4142', '1');
  INSERT INTO stage.u VALUES (1, 1, 'one', 10), (2, 1, 'uno', 0.5), (3, 2, 'two', 3), (4, NULL, 'none', NULL);
`;

const bigint: Encoding = { kind: "integer", width: 8, wide: false };
const words: Encoding = { kind: "boolean", true: { text: "t" }, false: { text: "f" } };
const digits: Encoding = { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } };

export const t: ScopeRelation = {
  source: "t",
  target: "target_t",
  rowid: "id",
  primaryKey: ["id"],
  columns: [
    column("id", "bigint", "INTEGER", bigint),
    column("n", "bigint", "INTEGER", { ...bigint, wide: true }),
    column("small", "smallint", "INTEGER", { kind: "integer", width: 2, wide: false }),
    column("r", "double precision", "REAL", { kind: "real" }),
    column("m", "numeric", "NUMERIC", { kind: "numeric" }),
    column("s", "text", "TEXT", { kind: "text" }),
    { ...column("c", "text", "TEXT", { kind: "text" }), target: "C c", collation: "NOCASE" },
    { ...column("w", "text", "TEXT", { kind: "text" }), collation: "RTRIM" },
    column("active", "boolean", "NUMERIC", digits),
    column("flag", "boolean", "TEXT", words),
    column("d", "date", "NUMERIC", { kind: "date", layout: "YYYY-MM-DD" }),
    column("ts", "timestamp", "NUMERIC", { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS" }),
    column("b", "bytea", "BLOB", { kind: "bytes" }),
    column("j", "jsonb", "NUMERIC", { kind: "json" }),
  ],
};

export const u: ScopeRelation = {
  source: "u",
  target: "u",
  rowid: "id",
  primaryKey: ["id"],
  columns: [
    column("id", "bigint", "INTEGER", bigint),
    column("t_id", "bigint", "INTEGER", bigint),
    column("label", "text", "TEXT", { kind: "text" }),
    column("amount", "numeric", "NUMERIC", { kind: "numeric" }),
  ],
};

/** For views. */
export const scope: Scope = { schema: "stage", relations: [t, u], current: null };
/** For expressions over `t`. */
export const ofT: Scope = { ...scope, current: t };

function column(name: string, pgType: string, affinity: Affinity, encoding: Encoding): ScopeColumn {
  return { source: name, target: name, pgType, affinity, encoding, collation: "BINARY" };
}
