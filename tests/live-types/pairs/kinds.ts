/** The live types, and values of each in the spellings that applications write. */
import fc from "fast-check";
import type { Stored } from "./stored.ts";
import * as made from "./valid-values.ts";

export type JudgedAs =
  | "same text"
  | "char"
  | "integer"
  | "numeric"
  | "float4"
  | "float8"
  | "boolean"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "uuid"
  | "json"
  | "jsonb"
  | "bytea";

export type PairType = {
  readonly name: string;
  readonly as: JudgedAs;
  /** Characters, digits after the point, or digits of a second. */
  readonly size?: number;
  readonly valid: fc.Arbitrary<Stored>;
};

export const setup = `CREATE TYPE mood AS ENUM ('happy', 'sad', '', 'Now', 'ключ 🙂', '007');
  CREATE DOMAIN short_text AS text CHECK (length(VALUE) <= 5);
  CREATE DOMAIN price AS numeric(5, 2) CHECK (VALUE >= 0);
  CREATE DOMAIN small AS integer CHECK (VALUE BETWEEN 0 AND 100);
  CREATE DOMAIN later AS timestamptz CHECK (VALUE > '1970-01-01Z')`;

const asked = (name: string, ...texts: string[]): PairType => ({ name, as: "same text", valid: made.oneOf(texts) });

/** Counts of a unit stand among the texts. */
const counted = (name: string, ...texts: string[]): PairType => ({
  ...asked(name, ...texts),
  valid: fc.oneof({ arbitrary: made.oneOf(texts), weight: 2 }, { arbitrary: made.counts, weight: 1 }),
});

export const pairTypes: readonly PairType[] = [
  { name: "text", as: "same text", valid: made.texts(40) },
  { name: "varchar(5)", as: "same text", size: 5, valid: made.texts(5) },
  { name: "char(4)", as: "char", size: 4, valid: made.texts(4) },
  { name: "citext", as: "same text", valid: made.texts(20) },
  { name: "smallint", as: "integer", valid: made.integers(16) },
  { name: "integer", as: "integer", valid: made.integers(32) },
  { name: "bigint", as: "integer", valid: made.integers(64) },
  { name: "numeric", as: "numeric", valid: made.decimals(30, 20) },
  { name: "numeric(6,2)", as: "numeric", size: 2, valid: made.decimals(4, 2) },
  { name: "real", as: "float4", valid: made.floats(true) },
  { name: "double precision", as: "float8", valid: made.floats(false) },
  { name: "boolean", as: "boolean", valid: made.booleans },
  { name: "date", as: "date", valid: made.moments("date", 0) },
  { name: "time", as: "time", size: 6, valid: made.times },
  { name: "timestamp", as: "timestamp", size: 6, valid: made.moments("timestamp", 6) },
  ...[0, 1, 2, 3].map(
    (size): PairType => ({ name: `timestamp(${size})`, as: "timestamp", size, valid: made.moments("timestamp", size) }),
  ),
  { name: "timestamptz", as: "timestamptz", size: 6, valid: made.moments("timestamptz", 6) },
  counted(
    "interval",
    "00:00:00",
    "1 day",
    "-1 days +02:03:00",
    "01:02:03.5",
    "1 year 2 mons 3 days 04:05:06.789",
    "178000000 years",
    "-00:00:01",
  ),
  { name: "uuid", as: "uuid", valid: made.uuids },
  { name: "json", as: "json", valid: made.jsons(true) },
  { name: "jsonb", as: "jsonb", valid: made.jsons(false) },
  { name: "bytea", as: "bytea", valid: made.blobs },
  asked("inet", "10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32", "0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"),
  asked("cidr", "10.0.0.0/8", "10.0.0.1/32", "::1/128", "2001:db8::/32", "0.0.0.0/0"),
  asked(
    "macaddr",
    "08:00:2b:01:02:03",
    "ff:ff:ff:ff:ff:ff",
    "00:00:00:00:00:00",
    "0a:00:00:00:00:01",
    "12:34:56:78:9a:bc",
  ),
  asked(
    "money",
    "$1.00",
    "$0.00",
    "-$1.50",
    "$1,234,567.89",
    "$92,233,720,368,547,758.07",
    "-$92,233,720,368,547,758.08",
  ),
  asked("mood", "happy", "sad", "", "Now", "ключ 🙂", "007"),
  { name: "short_text", as: "same text", size: 5, valid: made.texts(5) },
  { name: "price", as: "numeric", size: 2, valid: made.decimals(3, 2) },
  { name: "small", as: "integer", valid: made.integers(7) },
  { name: "later", as: "timestamptz", size: 6, valid: made.moments("timestamptz", 6) },
  asked("integer[]", "{}", "{1,2,3}", "{NULL}", "{{1,2},{3,4}}", "{-2147483648,2147483647}", "[0:1]={7,8}"),
  asked("text[]", "{}", "{a,b}", '{"a b",NULL,"NULL"}', '{"\\"","\\\\"}', "{🙂}", '{""}', "{now}"),
  asked("tsvector", "", "'a'", "'a' 'b'", "'a':1 'b':2A,3", "'it''s'", "'🙂'"),
  asked("xml", "<a/>", '<a b="1">text</a>', "text", "", "<!-- c --><a></a>", "<a>🙂</a>"),
  asked("bit(4)", "1010", "0000", "1111", "0001", "1000"),
  asked("varbit", "", "1", "0", "10101", "1".repeat(70)),
  asked("oid", "0", "1", "4294967295", "2147483648", "16384"),
  asked("point", "(1,2)", "(0,0)", "(-1.5,1e+300)", "(NaN,Infinity)", "(0.1,0.2)"),
  asked("int4range", "empty", "[1,5)", "(,)", "[1,)", "(,5)", "[-2147483648,2147483647)"),
];

/** Values of every type, and what trips readers up. */
export const anything: fc.Arbitrary<Stored> = fc.oneof(
  { arbitrary: made.hostile, weight: 2 },
  { arbitrary: fc.constantFrom(...pairTypes).chain(({ valid }) => valid), weight: 3 },
);

export const declarations = [
  "",
  "",
  "",
  "TEXT",
  "INTEGER",
  "REAL",
  "NUMERIC",
  "DATETIME",
  "BOOLEAN",
  "DECIMAL(10,2)",
  "JSON",
  "BLOB",
  "UUID",
  "VARCHAR(20)",
];
