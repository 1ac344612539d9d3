/** After a real move into live columns of every kind, compare finds nothing; after a change of one value, that one. */
import { expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, useDatabase } from "../support/database.ts";
import { workspace } from "./workspace.ts";

const database = useDatabase();

/** By type: SQLite's values, and what one of them becomes that is truly another. */
const kinds: Readonly<Record<string, readonly [values: readonly string[], other: string]>> = {
  smallint: [["1", "-5"], "2"],
  bigint: [["9007199254740993"], "9007199254740992"],
  "numeric(10,2)": [["2.5", "'1.1'"], "2.51"],
  "double precision": [["0.1", "1e300"], "0.2"],
  money: [["'1234.5'", "12.5", "3", "'-2'"], "'1234.51'"],
  boolean: [["1", "0"], "false"],
  text: [["'a'"], "'A'"],
  "char(5)": [["'ab'"], "'abc'"],
  bytea: [["x'0102'"], "'\\x0103'"],
  date: [["'2024-01-02'"], "'2024-01-03'"],
  timestamp: [["'2024-01-02 03:04:05'", "'2024-01-02T03:04:05.5'"], "'2024-01-02 03:04:06'"],
  timestamptz: [["'2024-01-02T03:04:05Z'", "'2024-01-02T05:04:05+02:00'"], "'2024-01-02 05:04:05Z'"],
  time: [["'10:00'", "'10:00:00.500'"], "'10:01'"],
  timetz: [["'10:00+02'", "'10:00:00Z'"], "'08:00Z'"],
  interval: [["'90 minutes'", "'P1D'", "'1 year 2 mons'"], "'91 minutes'"],
  uuid: [["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"], "'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  json: [["'{\"a\": 1}'"], "'{\"a\": 2}'"],
  jsonb: [['\'{"b":1,"a":2.50}\''], "'{\"a\": 2.5}'"],
  inet: [["'10.0.0.1'", "'10.0.0.1/32'", "'10.0.0.0/8'", "'2001:DB8::1'"], "'10.0.0.1/24'"],
  cidr: [["'10.0.0.1'", "'10.0.0.0/8'"], "'10.0.0.2'"],
  macaddr: [["'08-00-2B-01-02-03'"], "'08:00:2b:01:02:04'"],
  "bit(3)": [["'101'"], "'100'"],
  point: [["'1,2'"], "'(2,1)'"],
  box: [["'(1,1),(2,2)'"], "'(1,1),(2,3)'"],
  circle: [["'<(1,1),2>'"], "'<(1,1),3>'"],
  int4range: [["'[1,4]'"], "'[1,6)'"],
  tsrange: [["'[2024-01-01,2024-02-01)'"], "'[2024-01-01,2024-02-02)'"],
  "text[]": [["'{a,b}'"], "'{a,c}'"],
  mood: [["'happy'"], "'sad'"],
};

it("a value that PostgreSQL writes in another spelling is no difference, and a changed one is", async () => {
  const space = workspace();
  const names = Object.keys(kinds).map((type, i) => ({ type, table: `t${i}` }));
  const created = names.map(({ type, table }) => `CREATE TABLE ${table} (id bigint PRIMARY KEY, v ${type})`);
  await database.pool.query(`CREATE TYPE mood AS ENUM ('happy', 'sad'); ${created.join("; ")}`);
  for (const { type, table } of names) {
    const rows = (kinds[type]?.[0] ?? []).map((value, i) => `(${i + 1}, ${value})`).join(", ");
    space.sqlite(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, v); INSERT INTO ${table} VALUES ${rows}`);
  }
  space.pipeline(
    "",
    `target: { kind: postgres, url: "${database.url}", existing: append }`,
    "accept: [{ code: TARGET_RESPELLS, policy: respell }]",
  );
  const moved = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
  expect([moved.exit, moved.stderr]).toEqual([0, expect.not.stringContaining("Error")]);

  const compare = (...places: readonly string[]) => rowhaul(["compare", ...places], { cwd: space.folder });
  for (const places of [
    ["app.db", database.url],
    [database.url, "app.db"],
  ]) {
    const same = await compare(...places);
    expect([same.exit, same.stdout]).toEqual([0, expect.stringContaining("Equal in meaning.")]);
    expect(same.stdout).toContain(`${names.length} tables equal`);
    // An enum is a type, and no check that one side has and the other has not.
    expect(same.stdout).not.toContain("check");
  }

  for (const { type, table } of names)
    await database.pool.query(`UPDATE ${table} SET v = ${kinds[type]?.[1]}::${type} WHERE id = 1`);
  const changed = await compare("app.db", database.url, "--json");
  expect(changed.exit).toBe(4);
  const comparison = JSON.parse(changed.stdout.split("\n").find((line) => line.includes('"comparison"')) ?? "{}");
  const differing = comparison.comparison.tables.map((one: { cells: { count: number } }) => one.cells.count);
  expect(differing).toEqual(names.map(() => 1));
});

it("a copy with full text, NOCASE, booleans and defaults has no notes but of what was lost", async () => {
  const other = await freshDatabase();
  const space = workspace();
  try {
    space.sqlite(`CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, active BOOLEAN DEFAULT 1,
        kind TEXT CHECK (kind IN ('a', 'b')), email TEXT, made DATETIME DEFAULT CURRENT_TIMESTAMP);
      CREATE INDEX by_name ON authors (name); CREATE INDEX by_email ON authors (lower(email));
      CREATE INDEX active_only ON authors (kind) WHERE active = 1;
      CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT);
      CREATE VIRTUAL TABLE books_fts USING fts5(title, content = 'books', content_rowid = 'id');
      CREATE TRIGGER b_ai AFTER INSERT ON books BEGIN INSERT INTO books_fts (rowid, title) VALUES (new.id, new.title); END;
      CREATE TRIGGER b_ad AFTER DELETE ON books BEGIN INSERT INTO books_fts (books_fts, rowid, title) VALUES ('delete', old.id, old.title); END;
      CREATE TRIGGER b_au AFTER UPDATE ON books BEGIN INSERT INTO books_fts (books_fts, rowid, title) VALUES ('delete', old.id, old.title); INSERT INTO books_fts (rowid, title) VALUES (new.id, new.title); END;
      INSERT INTO authors (name, kind) VALUES ('Ann', 'a'); INSERT INTO books (title) VALUES ('one two');`);
    expect((await rowhaul(["copy", "app.db", other.url], { cwd: space.folder })).exit).toBe(0);
    const notes = async (): Promise<string[]> => {
      const { exit, stdout } = await rowhaul(["compare", "app.db", other.url, "--full"], { cwd: space.folder });
      expect(exit).toBe(0);
      return (stdout.split("schema, as notes\n")[1] ?? "")
        .split("\n")
        .flatMap((line) => (/^ {2}/.test(line) ? [line.trim()] : []));
    };
    expect(await notes()).toEqual([]);
    // What is truly another is said.
    await other.pool.query(`DROP INDEX active_only; CREATE INDEX active_only ON authors (kind) WHERE active = false;
      ALTER TABLE authors ALTER made SET DEFAULT now() + interval '1 day'; 
      DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'authors'::regclass AND contype = 'c' LOOP
        EXECUTE format('ALTER TABLE authors DROP CONSTRAINT %I', c.conname); END LOOP; END $$;
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER mine BEFORE INSERT ON books FOR EACH ROW EXECUTE FUNCTION nothing()`);
    const changed = (await notes()).join("\n");
    expect(changed).toContain("index (kind) WHERE active = 1 is missing in b");
    expect(changed).toContain("index (kind) WHERE active = 0 is extra in b");
    expect(changed).toContain("trigger mine is extra in b");
    expect(changed).toContain("default made current_timestamp in a, made ");
    expect(changed).toContain("check 1 is missing in b");
    expect(changed.split("\n")).toHaveLength(5);
  } finally {
    await other.drop();
  }
});
