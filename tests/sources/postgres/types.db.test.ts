/** Every built-in type, with the values that are easily lost, from PostgreSQL into PostgreSQL, cell by cell. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Embedded } from "../../../src/embedded/index.ts";
import { debianPostgres15, freshDatabase } from "../../support/database.ts";
import { differences, move } from "./move.ts";

/** Type → its values as texts. */
const values: Readonly<Record<string, readonly string[]>> = {
  smallint: ["-32768", "0", "32767"],
  integer: ["-2147483648", "2147483647"],
  bigint: ["-9223372036854775808", "9223372036854775807", "9007199254740993"],
  numeric: [
    "NaN",
    "Infinity",
    "-Infinity",
    "0",
    "1.10",
    "-0.000000000000000000000000000001",
    "1e400",
    "12345678901234567890.1234567890",
  ],
  "numeric(10,2)": ["1.10", "-99999999.99", "NaN"],
  real: ["NaN", "Infinity", "-0", "1.1754944e-38", "3.4028235e38", "0.1"],
  "double precision": ["NaN", "-Infinity", "-0", "5e-324", "1.7976931348623157e308", "0.1", "0.30000000000000004"],
  money: ["1234567.89", "-92233720368547758.08"],
  boolean: ["true", "false"],
  text: ["", " ", "a\nb\tc\\d\re", "\\N", "\\.", 'it\'s "quoted"', "😀 é ü", "x".repeat(100_000)],
  "varchar(20)": ["", "abc", "tab\there", "\\N"],
  "char(5)": ["", "a", "ab  ", "abcde"],
  '"char"': ["a", ""],
  name: ["a name", ""],
  bytea: ["\\x", "\\x00ff5c", `\\x${"ab".repeat(70_000)}`],
  date: ["2024-02-29", "0044-03-15 BC", "infinity", "-infinity", "5874897-12-31"],
  time: ["00:00:00", "24:00:00", "23:59:59.999999"],
  "time(2)": ["12:34:56.78"],
  timetz: ["12:34:56.789+05:30", "00:00:00-12:00:30"],
  timestamp: ["infinity", "0001-01-01 00:00:00 BC", "294276-12-31 23:59:59.999999", "2024-01-01 12:00:00.000001"],
  "timestamp(3)": ["2024-01-01 12:00:00.123"],
  timestamptz: ["infinity", "-infinity", "4713-01-01 00:00:00+00 BC", "2024-03-31 02:30:00+02"],
  interval: ["1 year -2 mons +3 days -04:05:06.789", "-1 day", "0", "178000000 years", "1 mon -1 day 23:59:59.999999"],
  uuid: ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
  json: ['{"b": 1,  "a":[1, 2 ],\n"b":2}', "null", '"\\u0000"', " [ ] "],
  jsonb: ['{"b": 1.10, "a": [1, "\\u00e9", null]}', "1e2", '"a\\nb"'],
  inet: ["192.168.1.1", "192.168.1.1/24", "::1", "2001:db8::/32"],
  cidr: ["10.0.0.0/8", "2001:db8::/32"],
  macaddr: ["08:00:2b:01:02:03"],
  macaddr8: ["08:00:2b:01:02:03:04:05"],
  "bit(4)": ["1010", "0000"],
  "bit varying": ["", "101"],
  point: ["(1,-0)", "(NaN,Infinity)", "(0.1,0.30000000000000004)"],
  line: ["{1,2,3}"],
  lseg: ["[(1,2),(3,4)]"],
  box: ["(3,4),(1,2)"],
  path: ["[(1,2),(3,4)]", "((1,2),(3,4))"],
  polygon: ["((1,2),(3,4),(5,6))"],
  circle: ["<(1,2),3>"],
  int4range: ["empty", "[1,5)", "(,)", "[3,)"],
  numrange: ["[1.10,2.20]", "empty"],
  tstzrange: ['["2024-01-01 00:00:00+00","infinity")'],
  daterange: ["[2024-01-01,2024-02-01)"],
  int4multirange: ["{}", "{[1,3),[5,7)}"],
  tsvector: ["'a':1A,2 'b c':3", ""],
  tsquery: ["'a' & !'b' <-> 'c':*A"],
  "integer[]": ["{}", "{1,NULL,3}", "[0:1]={1,2}", "{{1,2},{3,4}}"],
  "text[]": ["{}", '{"a,b","c\\"d","e\\\\f",NULL,"NULL",""," "}', "{{a,b},{c,NULL}}", '{"line\nbreak"}'],
  "numeric(6,2)[]": ["{1.10,NaN,NULL}"],
  "timestamptz[]": ['{"2024-01-01 00:00:00+00",infinity}'],
  "jsonb[]": ['{"{\\"a\\": [1, 2]}",NULL}'],
  "bytea[]": ['{"\\\\x00ff",NULL}'],
  "box[]": ["{(3,4),(1,2);(5,6),(0,0)}"],
  "boolean[]": ["{t,f,NULL}"],
  "interval[]": ['{"1 day","-1 mons"}'],
  pg_lsn: ["16/B374D848"],
  oid: ["4294967295"],
  xid8: ["18446744073709551615"],
  jsonpath: ['$."a"[*]?(@ > 1)'],
  int2vector: ["1 2 3"],
};

/** A row of each value, one of NULLs, in a table for each type with an integer key. */
async function fill(
  url: string,
  types: Readonly<Record<string, readonly string[]>>,
  query: (sql: string, values?: unknown[]) => Promise<unknown>,
) {
  let n = 0;
  for (const [type, texts] of Object.entries(types)) {
    const table = `"t${String(++n).padStart(2, "0")} ${type.replaceAll('"', "")}"`;
    await query(`CREATE TABLE ${table} (id integer PRIMARY KEY, v ${type})`);
    await query(`INSERT INTO ${table} SELECT i, t::${type} FROM unnest($1::text[]) WITH ORDINALITY u(t, i)`, [
      [...texts, null],
    ]);
  }
  return url;
}

describe("PostgreSQL 18", () => {
  it("gives every type and value back exactly", async () => {
    const source = await freshDatabase();
    const target = await freshDatabase();
    try {
      // Neither side's own settings may matter.
      await source.pool.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle = ''SQL, DMY''', current_database()); EXECUTE format('ALTER DATABASE %I SET IntervalStyle = ''sql_standard''', current_database()); EXECUTE format('ALTER DATABASE %I SET TimeZone = ''America/New_York''', current_database()); END $$`,
      );
      await fill(source.url, values, (sql, parameters) => source.pool.query(sql, parameters));
      await target.pool.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET IntervalStyle = ''iso_8601''', current_database()); EXECUTE format('ALTER DATABASE %I SET extra_float_digits = 0', current_database()); EXECUTE format('ALTER DATABASE %I SET bytea_output = ''escape''', current_database()); END $$`,
      );
      const moved = await move(source.url, target.url);
      expect(moved.info.proof?.summary).toMatch(/rows in \d+ tables: each table's digest is the source's own/);
      expect(differences(moved)).toEqual([]);
      expect(moved.plan.hazards).toEqual([]);
      expect(moved.plan.notes).toEqual([]);
      expect(moved.results.map(({ passed }) => passed)).toEqual([true, true, true]);
      const types = moved.plan.tables.map(({ columns }) => columns[1]?.pgType);
      const written = await source.pool.query(
        "SELECT format_type(atttypid, atttypmod) AS t FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'v' ORDER BY relname",
      );
      expect(types).toEqual(written.rows.map(({ t }) => t));
    } finally {
      await source.drop();
      await target.drop();
    }
  });
});

describe("PostgreSQL 15", () => {
  let server: Embedded | null = null;
  beforeAll(async () => {
    server = await debianPostgres15();
  });
  afterAll(() => server?.stop());

  it("gives them back to PostgreSQL 18", async ({ skip }) => {
    if (server === null) return skip("PostgreSQL 15 is not installed");
    const source = await freshDatabase(server.url);
    const target = await freshDatabase();
    try {
      await fill(source.url, { ...values, xml: ['<?xml version="1.0"?><a b="c">x</a>', "a<b/>c"] }, (sql, parameters) =>
        source.pool.query(sql, parameters),
      );
      const moved = await move(source.url, target.url);
      expect(differences(moved)).toEqual([]);
      expect(moved.results.map(({ passed }) => passed)).toEqual([true, true, true]);
    } finally {
      await source.drop();
      await target.drop();
    }
  });
});
