import { describe, expect, it } from "vitest";
import type { Affinity } from "../../src/core/catalog.ts";
import type { Encoding } from "../../src/core/encoding.ts";
import { type DefaultColumn, translateDefault } from "../../src/sql/translate-default.ts";

const column = (pgType: string, affinity: Affinity, encoding: Encoding): DefaultColumn => ({
  pgType,
  affinity,
  encoding,
});
const columns = {
  int: column("bigint", "INTEGER", { kind: "integer", width: 8, wide: false }),
  small: column("smallint", "INTEGER", { kind: "integer", width: 2, wide: false }),
  real: column("double precision", "REAL", { kind: "real" }),
  loose: column("double precision", "BLOB", { kind: "real" }),
  numeric: column("numeric", "NUMERIC", { kind: "numeric" }),
  text: column("text", "TEXT", { kind: "text" }),
  any: column("text", "BLOB", { kind: "text" }),
  bool: column("boolean", "NUMERIC", { kind: "boolean", true: { integer: 1 }, false: { integer: 0 } }),
  yes: column("boolean", "TEXT", { kind: "boolean", true: { text: "yes" }, false: { text: "no" } }),
  date: column("date", "NUMERIC", { kind: "date", layout: "YYYY-MM-DD" }),
  stamp: column("timestamp", "NUMERIC", { kind: "timestamp", layout: "YYYY-MM-DD HH:MM:SS" }),
  zoned: column("timestamptz", "TEXT", { kind: "timestamptz", layout: "YYYY-MM-DDTHH:MM:SSZ" }),
  bytes: column("bytea", "BLOB", { kind: "bytes" }),
  json: column("jsonb", "NUMERIC", { kind: "json" }),
  tagged: column("jsonb", "BLOB", { kind: "tagged" }),
};
type Name = keyof typeof columns;
const now = "to_char(timezone('UTC', now()), 'YYYY-MM-DD HH24:MI:SS')";

describe("defaults", () => {
  it.each<[string, Name, string]>([
    ["NULL", "int", "NULL"],
    ["0", "int", "0"],
    ["'42'", "int", "42"],
    ["-5", "int", "-5"],
    ["+5", "int", "5"],
    ["0x10", "int", "16"],
    ["5.0", "int", "5"],
    ["1", "real", "1"],
    ["1.50", "numeric", "1.5"],
    ["'1e3'", "numeric", "1000"],
    ["'9223372036854775807'", "numeric", "9223372036854775807"],
    ["'-9223372036854775808'", "numeric", "-9223372036854775808"],
    ["'9223372036854775808'", "numeric", "9223372036854776000.0"],
    ["'+0000000000000000000000012'", "numeric", "12"],
    ["1e18", "numeric", "1000000000000000000"],
    ["-0.0", "real", "0"],
    ["'-0.0'", "real", "0"],
    ["(0 * -1.0)", "real", "0"],
    ["-0.0", "numeric", "0"],
    ["-0.0", "loose", "'-0'::float8"],
    ["-0.0", "text", "'0.0'"],
    ["(9223372036854775807 + 1)", "real", "9223372036854776000"],
    ["(- -9223372036854775808)", "numeric", "9223372036854776000.0"],
    ["(-9223372036854775808 / -1)", "real", "9223372036854776000"],
    ["(60 * 60 * 24 - 7 / 2)", "int", "86397"],
    ["(-7 % 2)", "int", "-1"],
    ["(1 / 0)", "int", "NULL"],
    ["0", "text", "'0'"],
    ["1.5", "text", "'1.5'"],
    ["'it''s'", "text", "'it''s'"],
    ['"dq"', "text", "'dq'"],
    ["bare", "text", "'bare'"],
    ["''", "any", "''"],
    ["TRUE", "bool", "TRUE"],
    ["0", "bool", "FALSE"],
    ["'1'", "bool", "TRUE"],
    ["'yes'", "yes", "TRUE"],
    ["x'0AFF'", "bytes", "'\\x0aff'::bytea"],
    ["'{\"a\": 1}'", "json", "'{\"a\": 1}'::jsonb"],
    ["'2020-02-29'", "date", "'2020-02-29'"],
    ["(1 + 2)", "int", "3"],
    ["CURRENT_TIMESTAMP", "text", now],
    ["datetime('now')", "text", now],
    ["(datetime('now'))", "text", now],
    ["CURRENT_DATE", "text", "to_char(timezone('UTC', now()), 'YYYY-MM-DD')"],
    ["CURRENT_TIME", "text", "to_char(timezone('UTC', now()), 'HH24:MI:SS')"],
    ["CURRENT_TIMESTAMP", "stamp", "date_trunc('second', timezone('UTC', now()))"],
    ["strftime('%Y-%m-%dT%H:%M:%SZ','now')", "zoned", "date_trunc('second', now())"],
    ["strftime('%Y-%m-%dT%H:%M:%SZ','now')", "text", `to_char(timezone('UTC', now()), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`],
    ["date('now')", "date", "timezone('UTC', now())::date"],
    ["unixepoch()", "int", "floor(extract(epoch FROM timezone('UTC', now())))::bigint"],
    ["strftime('%s','now')", "int", "floor(extract(epoch FROM timezone('UTC', now())))::bigint::text::bigint"],
    ["lower(hex(randomblob(16)))", "text", "replace(gen_random_uuid()::text, '-', '')"],
  ])("%s in %s", (text, name, sql) => {
    expect(translateDefault(text, columns[name])).toEqual({ ok: true, sql, notes: [] });
  });

  it.each<[string, Name, string]>([
    ["'many'", "int", "the default 'many' in a column of type bigint"],
    ["70000", "small", "the default 70000 in a column of type smallint"],
    ["(9223372036854775807 + 1)", "int", "the default 9223372036854776000 in a column of type bigint"],
    ["(round(2.5))", "int", "round() of a REAL: the last digit may differ from SQLite's"],
    ["1.5", "int", "the default 1.5 in a column of type bigint"],
    ["0", "any", "the default 0 in a column of type text"],
    ["2", "bool", "the default 2 in a column of type boolean"],
    ["'Yes'", "yes", "the default 'Yes' in a column of type boolean"],
    ["'{'", "json", "the default '{' in a column of type jsonb"],
    ["'29.02.2020'", "date", "the default '29.02.2020' in a column of type date"],
    ["'x'", "bytes", "the default 'x' in a column of type bytea"],
    ["1", "tagged", "the default 1 in a column of type jsonb"],
    ["CURRENT_TIMESTAMP", "date", "a default written as YYYY-MM-DD HH:MM:SS in a column written as YYYY-MM-DD"],
    ["CURRENT_TIMESTAMP", "int", "the current time in a column of type bigint"],
    ["datetime('now', 'localtime')", "text", "the modifiers of datetime()"],
    ["hex(randomblob(8))", "text", "randomblob() of another length than 16"],
    ["(abs(x))", "int", "the unknown column x"],
  ])("%s in %s is refused", (text, name, reason) => {
    expect(translateDefault(text, columns[name])).toEqual({ ok: false, reason });
  });
});
