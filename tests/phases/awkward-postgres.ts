/** A PostgreSQL schema of every value and shape that some store has no place for; in the schema of the search path. */
export const awkwardPostgres = `
  CREATE TABLE numbers (id bigint PRIMARY KEY, s smallint, i integer, n numeric, m numeric(40,10), f real, d double precision, o oid);
  INSERT INTO numbers VALUES
    (9223372036854775807, 32767, 2147483647, 123456789012345678901234567890.123456789012345678901234567890, 123456789012345678901234567890.1, 1.1, 0.1, 4294967295),
    (-9223372036854775808, -32768, -2147483648, 'NaN', -0.0000000001, 'NaN', 'NaN', 0),
    (9007199254740993, 0, 0, 'Infinity', 0, 'Infinity', '-Infinity', 1),
    (1, NULL, NULL, 1.10, 1.1, '-0', '-0', NULL),
    (2, 1, 1, 1e-40, NULL, 1e-45, 5e-324, NULL),
    (3, 1, 1, -0.00, 10, 3.4028235e38, 1.7976931348623157e308, NULL);
  CREATE TABLE texts (id integer PRIMARY KEY, t text, v varchar(10), c char(6), b bytea, u uuid, j json, jb jsonb, x xml, bits bit varying(8), name name, ip inet, mac macaddr, money_free text COLLATE "C");
  INSERT INTO texts VALUES
    (1, '', '', '', '', '00000000-0000-0000-0000-000000000000', '{"b": 1,  "a" : 1, "a":2}', '{"b": 1.10, "a": [1e3, 9007199254740993, null]}', '<a/>', '', '', '10.0.0.0/8', '08:00:2b:01:02:03', ''),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (3, E'ÄÖ 😀 \\r\\n\\t\\b"\\\\''', 'a b', ' pad', '\\x00ff', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'null', 'null', '<a>ü</a>', '10101', 'naïve', '::1', NULL, '{"$bytes":"AA=="}'),
    (4, '\\N', 'NULL', 'NULL', '\\x7b7d', NULL, '"x"', '""', NULL, NULL, NULL, NULL, NULL, '{}');
  CREATE TABLE moments (id integer PRIMARY KEY, ts timestamp, tz timestamptz, d date, t time, ttz timetz, i interval, r tstzrange);
  INSERT INTO moments VALUES
    (1, 'infinity', 'infinity', 'infinity', '24:00:00', '23:59:59.999999+14', '1 year 2 mons -3 days +04:05:06.789', '[2024-01-01,2024-02-01)'),
    (2, '-infinity', '-infinity', '-infinity', '00:00:00', '00:00-12', '-178000000 years', 'empty'),
    (3, '0044-03-15 12:00:00 BC', '4713-01-01 00:00:00+00 BC', '4713-11-24 BC', '12:34:56.1', NULL, '0', '(,infinity]'),
    (4, '294276-12-31 23:59:59.999999', '2024-02-29 23:59:59.123456+05:30', '5874897-12-31', NULL, NULL, NULL, NULL),
    (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
  CREATE TABLE lists (id integer PRIMARY KEY, a integer[], t text[], n numeric[], b boolean[], deep integer[][], bytes bytea[], js jsonb[]);
  INSERT INTO lists VALUES
    (1, '{}', '{}', '{}', '{}', '{}', '{}', '{}'),
    (2, '{1,NULL,-3}', ARRAY['a,b', 'NULL', NULL, '', '"\\', '{}', ' x '], '{1.10,NaN}', '{t,f,NULL}', '{{1,2},{3,4}}', ARRAY['\\x00'::bytea, ''], ARRAY['{"a": 1}'::jsonb, 'null']),
    (3, '[0:1]={7,8}', NULL, NULL, NULL, NULL, NULL, NULL);
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'very "happy"');
  CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
  CREATE TABLE typed (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', p positive, flag boolean DEFAULT true, twice integer GENERATED ALWAYS AS (2 * 21) STORED);
  INSERT INTO typed (m, p, flag) VALUES ('sad', 1, NULL), ('very "happy"', 2, false), (DEFAULT, NULL, true);
  CREATE TABLE composite (a text, b integer, v bytea, PRIMARY KEY (b, a));
  INSERT INTO composite VALUES ('', 1, ''), ('a', 1, NULL), ('A', 1, '\\x01'), ('a', -1, '\\x02');
  CREATE TABLE composite_child (id serial PRIMARY KEY, a text, b integer, FOREIGN KEY (b, a) REFERENCES composite (b, a) ON DELETE CASCADE);
  INSERT INTO composite_child (a, b) VALUES ('A', 1), (NULL, 1), ('', 1);
  CREATE TABLE no_key (a integer, b text);
  INSERT INTO no_key VALUES (1, 'x'), (1, 'x'), (NULL, NULL), (NULL, NULL), (2, '');
  CREATE TABLE tree (id integer PRIMARY KEY, parent integer REFERENCES tree (id), name text NOT NULL DEFAULT 'node');
  INSERT INTO tree (id, parent) VALUES (1, NULL), (2, 1), (3, 2), (7, 7);
  CREATE TABLE egg (id integer PRIMARY KEY, hen integer);
  CREATE TABLE hen (id integer PRIMARY KEY, egg integer REFERENCES egg (id));
  INSERT INTO egg VALUES (1, 1), (2, NULL); INSERT INTO hen VALUES (1, 1), (2, 2);
  ALTER TABLE egg ADD FOREIGN KEY (hen) REFERENCES hen (id) DEFERRABLE INITIALLY DEFERRED;
  CREATE TABLE "odd ""name; -- " ("a b" text PRIMARY KEY, "select" integer, "ü" text);
  INSERT INTO "odd ""name; -- " VALUES ('k', 1, 'v');
  CREATE TABLE empty (id integer PRIMARY KEY, v text UNIQUE NULLS NOT DISTINCT);
  CREATE INDEX texts_lower ON texts (lower(t)) WHERE t <> '';
  CREATE VIEW eggs AS SELECT egg.id, hen.id AS hen FROM egg JOIN hen ON hen.egg = egg.id;
  COMMENT ON TABLE numbers IS 'all of them';
`;
