/** A PostgreSQL schema with all that a SQLite file has no place for: each thing is named, and nothing goes in silence. */
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

const schema = `
  CREATE TABLE rooms (id int PRIMARY KEY, code char(5) UNIQUE, floor int, note text, during int4range, ends int,
    EXCLUDE USING gist (during WITH &&), UNIQUE NULLS NOT DISTINCT (note));
  INSERT INTO rooms VALUES (1, 'ab', 1, NULL, '[1,3)', 3), (2, 'b', 2, 'x', '[4,5)', 5);
  CREATE STATISTICS together ON floor, ends FROM rooms;
  CREATE TABLE base (x int);
  CREATE TABLE derived (y int) INHERITS (base);
  CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM rooms;
  CREATE VIEW shown AS SELECT id FROM rooms;
  CREATE RULE silent AS ON INSERT TO base DO ALSO NOTHING;
  CREATE POLICY mine ON rooms USING (true);
  CREATE SEQUENCE alone;
  CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
  CREATE TRIGGER bumps BEFORE INSERT ON rooms FOR EACH ROW EXECUTE FUNCTION bump();`;

it("names each of them, takes the printed places, and keeps what char(n) means", async () => {
  await database.pool.query(schema);
  const space = workspace();
  const refused = await rowhaul(["copy", database.url, "out.db"], { cwd: space.folder });
  expect(refused.exit).toBe(2);
  const named = [...refused.all.matchAll(/^ {4}! ([A-Z_]+) (.*?): /gm)].map(([, code, at]) => `${code} ${at}`);
  const found = [...refused.all.matchAll(/^ *!? ?([A-Z_]+_LOST) (.*?): .*not accepted$/gm)].map(
    ([, code, at]) => `${code} ${at}`,
  );
  expect(new Set([...named, ...found])).toEqual(
    new Set([
      "CHECK_LOST rooms.rooms_during_excl",
      "UNIQUENESS_LOST rooms_note_key",
      "VIEW_LOST totals",
      "VIEW_LOST shown",
      "TRIGGER_LOST bumps",
      "OBJECT_LOST sequence alone",
      "OBJECT_LOST function one()",
      "OBJECT_LOST function bump()",
      "OBJECT_LOST policy mine of rooms",
      "OBJECT_LOST rule silent of base",
    ]),
  );
  space.write(
    "pipeline.yaml",
    [
      "name: objects",
      `source: { kind: postgres, url: "${database.url}" }`,
      "target: { kind: sqlite, path: out.db }",
      "accept:",
      ...found.map((one) => {
        const [code, ...at] = one.split(" ");
        const place = at.join(" ");
        return `  - { code: ${code}, ${place.includes(".") ? "column" : "object"}: "${place}" }`;
      }),
      "",
    ].join("\n"),
  );
  const done = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
  expect(done.exit === 0 ? "" : done.all).toBe("");
  const report = await rowhaul(["report", "pipeline.yaml", "--full"], { cwd: space.folder });
  for (const said of ["statistics together of rooms", "inherits from another table", "COLLATE RTRIM"])
    expect(report.all.replaceAll(/\s+/g, " ")).toContain(said);
  const file = new Database(space.path("out.db"));
  try {
    expect(file.prepare("SELECT id FROM rooms WHERE code = 'b'").pluck().get()).toBe(2);
    expect(() => file.exec("INSERT INTO rooms (id, code) VALUES (3, 'b')")).toThrow("UNIQUE");
    expect(() => file.exec("INSERT INTO rooms (id, code) VALUES (3, 'c'), (4, 'd')")).not.toThrow();
  } finally {
    file.close();
  }
});
