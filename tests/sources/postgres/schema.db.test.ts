/** A schema with all that tables may have, from PostgreSQL into PostgreSQL: what is carried, and what is named as lost. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresFacts } from "../../../src/core/schema/postgres-catalog.ts";
import { freshDatabase, type TestDatabase } from "../../support/database.ts";
import { differences, type Moved, move } from "./move.ts";

const schema = `
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN posint AS integer NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN code AS varchar(8) DEFAULT 'VALUE' CHECK (VALUE <> 'x') CHECK (length(VALUE) > 1);
CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5) PRIMARY KEY,
  name text NOT NULL COLLATE "C",
  feeling mood DEFAULT 'happy'::mood,
  feelings mood[] DEFAULT '{sad}',
  both_of pair,
  age posint DEFAULT 1,
  tag code,
  boss bigint REFERENCES people ON DELETE SET NULL,
  upper_name text GENERATED ALWAYS AS (upper(name)) STORED,
  made timestamptz DEFAULT now() NOT NULL,
  extra jsonb DEFAULT '{"a": [1, 2]}'::jsonb,
  CONSTRAINT sane CHECK (age < 200 AND name <> ''),
  CONSTRAINT name_once UNIQUE (name, age)
);
COMMENT ON TABLE people IS 'It''s a \\ table';
COMMENT ON COLUMN people.name IS 'called';
CREATE INDEX people_lower ON people (lower(name) DESC NULLS LAST) WHERE name <> 'z';
CREATE INDEX people_extra ON people USING gin (extra jsonb_path_ops);
CREATE UNIQUE INDEX people_once ON people (tag) INCLUDE (age) NULLS NOT DISTINCT;
CREATE TABLE "Bestellung ü" (
  "Kunde" bigint NOT NULL REFERENCES people DEFERRABLE INITIALLY DEFERRED,
  "nr "" x" int NOT NULL, "rowid" text DEFAULT 'r', span int4range,
  PRIMARY KEY ("Kunde", "nr "" x"), UNIQUE NULLS NOT DISTINCT ("rowid"),
  EXCLUDE USING gist (span WITH &&)
);
CREATE TABLE lines (id serial PRIMARY KEY, kunde bigint, nr int, price numeric(12,2) CHECK (price >= 0),
  FOREIGN KEY (kunde, nr) REFERENCES "Bestellung ü" ON UPDATE CASCADE ON DELETE CASCADE);
CREATE TABLE events (at date NOT NULL, what text, PRIMARY KEY (at, what)) PARTITION BY RANGE (at);
CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_25 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE parent (a int);
CREATE TABLE child (b int) INHERITS (parent);
CREATE UNLOGGED TABLE uuids (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), other uuid REFERENCES uuids);
CREATE VIEW adults AS SELECT p.id, p.name, count(l.id) AS lines FROM people p LEFT JOIN lines l ON l.kunde = p.id WHERE p.age > 18 GROUP BY p.id;
CREATE VIEW a_view_of_adults AS SELECT name, feeling FROM people WHERE id IN (SELECT id FROM adults) AND feeling = 'happy'::mood;
CREATE MATERIALIZED VIEW sums AS SELECT sum(price) FROM lines;
CREATE SEQUENCE alone;
CREATE TRIGGER bumps BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION bump();
CREATE POLICY mine ON lines USING (true);
INSERT INTO people (name, feeling, feelings, both_of, age, tag, boss) VALUES
  ('Ann', 'it''s ok', '{sad,"it''s ok",NULL}', '(1,"a ""b"", c")', 40, 'aa', NULL), ('Bob', NULL, NULL, '(,)', 20, NULL, 100), ('Ünal', 'sad', '{}', NULL, 7, 'uu', 105);
INSERT INTO "Bestellung ü" VALUES (100, 1, 'a', '[1,3)'), (105, 2, NULL, '[3,5)');
INSERT INTO lines (kunde, nr, price) VALUES (100, 1, 1.10), (105, 2, 0), (NULL, NULL, NULL);
SELECT setval('lines_id_seq', 41);
INSERT INTO events VALUES ('2024-06-01', 'a'), ('2025-06-01', 'b');
INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 3);
INSERT INTO uuids VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', NULL), ('b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
`;

let source: TestDatabase;
let target: TestDatabase;
let moved: Moved;
beforeAll(async () => {
  source = await freshDatabase();
  target = await freshDatabase();
  await source.pool.query(schema);
  moved = await move(source.url, target.url, { switch: true });
});
afterAll(async () => {
  await source.drop();
  await target.drop();
});

const rows = async (sql: string): Promise<unknown[][]> =>
  (await target.pool.query({ text: sql, rowMode: "array" })).rows as unknown[][];

describe("a schema of PostgreSQL", () => {
  it("arrives, and is proven", () => {
    expect(differences(moved)).toEqual([]);
    expect(moved.results.map(({ passed }) => passed)).toEqual([true, true, true]);
    expect(moved.plan.tables.map(({ source: name }) => name)).toEqual([
      "Bestellung ü",
      "child",
      "events",
      "lines",
      "parent",
      "people",
      "uuids",
    ]);
  });

  it("asks for nothing but what it cannot carry", () => {
    expect(moved.plan.hazards.map(({ code, at }) => `${code} ${at}`).sort()).toEqual([
      "TRIGGER_LOST bumps",
      "VIEW_LOST sums",
    ]);
    expect(moved.plan.leftOut.map(({ object }) => object).sort()).toEqual([
      "composite type pair",
      "domain code",
      "domain posint",
      "enum mood",
      "function bump()",
      "policy mine of lines",
      "sequence alone",
    ]);
    expect(moved.plan.notes.map(({ code, at }) => `${code} ${at}`).sort()).toEqual([
      "CONSTRAINT_CHANGED Bestellung ü.Bestellung ü_rowid_key",
      "DOMAIN_UNFOLDED people.age",
      "DOMAIN_UNFOLDED people.tag",
      "INHERITANCE_LOST child",
      "PARTITIONS_JOINED events",
      "TYPE_AS_TEXT people.both_of",
      "TYPE_AS_TEXT people.feeling",
      "TYPE_AS_TEXT people.feelings",
      "UNLOGGED uuids",
    ]);
  });

  it("keeps defaults, generated columns, identities and their positions", async () => {
    expect(
      await rows(
        "INSERT INTO people (name, age) VALUES ('New', 33) RETURNING id, feeling, feelings, tag, upper_name, extra->'a'->0",
      ),
    ).toEqual([["115", "happy", ["sad"], "VALUE", "NEW", 1]]);
    expect(await rows("INSERT INTO people (name, age, tag) VALUES ('Newer', 33, 'zz') RETURNING id")).toEqual([
      ["120"],
    ]);
    expect(await rows("INSERT INTO lines (price) VALUES (1) RETURNING id")).toEqual([[42]]);
    await expect(rows("INSERT INTO people (id, name, age) VALUES (1, 'x', 1)")).rejects.toThrow(
      /non-DEFAULT value into column "id"/,
    );
  });

  it("keeps what guards the rows", async () => {
    const refuses = (sql: string, by: RegExp) => expect(rows(sql)).rejects.toThrow(by);
    await refuses("INSERT INTO people (name, age) VALUES ('', 1)", /"sane"/);
    await refuses("INSERT INTO people (name, age) VALUES ('a', 0)", /"people_age_posint_check"/);
    await refuses("INSERT INTO people (name, age, tag) VALUES ('a', 1, 'x')", /"people_tag_code_check/);
    await refuses("INSERT INTO people (name, age, feeling) VALUES ('a', 1, 'glad')", /"people_feeling_enum"/);
    await refuses("INSERT INTO people (name, age, tag) VALUES ('a', 1, NULL)", /"people_once"/);
    await refuses("INSERT INTO people (name, age, tag) VALUES ('Ann', 40, 'bb')", /"name_once"/);
    await refuses(`INSERT INTO "Bestellung ü" VALUES (100, 9, 'z', '[2,9)')`, /exclusion constraint/);
    await refuses(`INSERT INTO "Bestellung ü" VALUES (100, 9, NULL, NULL)`, /Bestellung ü_rowid_key/);
    await refuses("INSERT INTO lines (kunde, nr) VALUES (7, 7)", /foreign key/);
  });

  it("keeps indexes, views and comments word for word", async () => {
    const indexes =
      "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'people' ORDER BY indexname";
    const before = (await source.pool.query({ text: indexes, rowMode: "array" })).rows;
    expect(await rows(indexes)).toEqual(before);
    expect(await rows("SELECT id, name, lines FROM adults WHERE id < 110 ORDER BY id")).toEqual([
      ["100", "Ann", "1"],
      ["105", "Bob", "1"],
    ]);
    expect(await rows("SELECT count(*) FROM a_view_of_adults")).toEqual([["2"]]);
    expect(await rows("SELECT obj_description('people'::regclass), col_description('people'::regclass, 2)")).toEqual([
      ["It's a \\ table", "called"],
    ]);
    expect(
      await rows(
        "SELECT collname FROM pg_attribute JOIN pg_collation l ON l.oid = attcollation WHERE attrelid = 'people'::regclass AND attname = 'name'",
      ),
    ).toEqual([["C"]]);
    expect(postgresFacts(moved.catalog)?.schema).toBe("public");
  });
});
