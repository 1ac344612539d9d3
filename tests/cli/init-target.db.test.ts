/** `init` with a target: the file says how rows go into each table that is there, and asks what its columns make of them. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type CliResult, rowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type Workspace, workspace } from "./workspace.ts";

const source = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, joined DATETIME);
  CREATE TABLE sites (id INTEGER PRIMARY KEY, domain TEXT);
  CREATE TABLE tags (id INTEGER PRIMARY KEY, label TEXT);
  CREATE TABLE logs (line TEXT);
  CREATE TABLE extra (id INTEGER PRIMARY KEY);
  INSERT INTO users VALUES (1, 'Ada', '2024-01-01 10:00:00'), (2, 'Grace Hopper', NULL);
  INSERT INTO sites VALUES (1, 'mine.example'), (2, 'other.example');
  INSERT INTO tags VALUES (1, 'a'); INSERT INTO logs VALUES ('x');`;

const live = `
  CREATE TABLE users (id int PRIMARY KEY, name varchar(5), joined timestamptz, role text NOT NULL, "rank no" int NOT NULL);
  CREATE TABLE sites (id int PRIMARY KEY, domain text NOT NULL UNIQUE); INSERT INTO sites VALUES (1, 'example.com'), (7, 'seven.example');
  CREATE TABLE tags (id int PRIMARY KEY, label text); INSERT INTO tags VALUES (5, 'five');
  CREATE TABLE logs (line text); INSERT INTO logs VALUES ('y');`;

type Scene = {
  readonly database: TestDatabase;
  readonly space: Workspace;
  readonly cli: (...args: readonly string[]) => Promise<CliResult>;
};

async function inScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  try {
    space.sqlite(source);
    const env = { DATABASE_URL: database.url };
    await work({ database, space, cli: (...args) => rowhaul([...args, "--no-color"], { cwd: space.folder, env }) });
  } finally {
    await database.drop();
  }
}

describe.concurrent("init with a target", () => {
  it("proposes a mode for each table that is there, by what it holds", () =>
    inScene(async ({ database, space, cli }) => {
      await database.pool.query(live);
      const written = await cli("init", "app.db", database.url);
      expect(written.stderr).not.toContain("Error");
      expect(written.exit).toBe(0);
      expect(written.stdout).toContain("which has 4 tables already, 1 of them with rows of the same keys;");
      expect(written.stdout).not.toContain("rehearse");
      const text = space.read("app.yaml");
      const file = parse(text) as { target: unknown; tables: unknown };
      expect(file.target).toEqual({ kind: "postgres", url: "${DATABASE_URL}", existing: "append" });
      expect(file.tables).toEqual({
        users: { existing: "append" },
        sites: { existing: "skip" },
        tags: { existing: "append" },
        logs: { existing: "append" },
        extra: {},
      });
      expect(text).toContain(
        "# 2 rows are there, and 1 row of the source has a key of theirs: skip leaves what is there, merge would",
      );
      expect(text).toContain('. If the same id is not the same thing on both sides: key: ["domain"]\n');
      expect(text).toContain("# the table is there, and empty\n");
      expect(text).toContain("# 1 row is there, none with a key of the source's; replace would empty");
      expect(text).toContain(
        "# 1 row is there, and no key by which the source's could be found among them: all are added\n",
      );
      expect(text).not.toContain(decodeURIComponent(new URL(database.url).password));
      const { rows } = await database.pool.query("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'rowhaul%'");
      expect(rows).toEqual([]);
    }));

  it("writes every question as a comment, with the line that answers it", () =>
    inScene(async ({ database, space, cli }) => {
      await database.pool.query(live);
      expect((await cli("init", "app.db", database.url)).exit).toBe(0);
      const text = space.read("app.yaml");
      expect(text).toContain("#   - { code: TARGET_NARROWS, column: users.name, policy: truncate }  # or");
      expect(text).toContain("#   - { code: TABLE_MISSING, table: extra, policy: create }");
      expect(text).toContain("# interpret:\n");
      expect(text).toContain("#   - { column: users.joined, zone: UTC }");
      expect(text).toContain('    # transform: { constant: { role: "", "rank no": 0 } }  # or another value\n');
      const answered = text
        .replace("accept: []\n", "")
        .replace(/^# (accept|interpret):$/gm, "$1:")
        .replace(/^# {3}(- \{ (?:code|column))/gm, "  $1")
        .replace(/^ {4}# (transform: )/m, "    $1");
      space.write("app.yaml", answered);
      const moved = await cli("run", "app.yaml");
      expect(moved.stderr).not.toContain("Error");
      expect(moved.exit).toBe(0);
      const { rows } = await database.pool.query("SELECT name, joined::text, role FROM users ORDER BY id");
      expect(rows).toMatchObject([
        { name: "Ada", role: "" },
        { name: "Grace", joined: null, role: "" },
      ]);
      const sites = await database.pool.query("SELECT domain FROM sites ORDER BY id");
      expect(sites.rows.map(({ domain }) => domain)).toEqual(["example.com", "other.example", "seven.example"]);
    }));

  it("names the schema, by option or by the URL", () =>
    inScene(async ({ database, space, cli }) => {
      await database.pool.query(`CREATE SCHEMA app; SET search_path = app; ${live}`);
      expect((await cli("init", "app.db", database.url, "--schema", "app", "-o", "a.yaml")).exit).toBe(0);
      expect((await cli("init", "app.db", `${database.url}?schema=app`, "-o", "b.yaml")).exit).toBe(0);
      for (const name of ["a.yaml", "b.yaml"]) {
        const { target } = parse(space.read(name)) as { target: unknown };
        expect(target).toMatchObject({ schema: "app", existing: "append" });
      }
      expect((await cli("plan", "a.yaml")).stderr).toContain("HAZARDS_NOT_ACCEPTED");
    }));

  it("finds nothing of the source's there: a file as without a target", () =>
    inScene(async ({ database, space, cli }) => {
      await database.pool.query("CREATE TABLE somebody_elses (id int)");
      expect((await cli("init", "app.db", "-o", "without.yaml")).exit).toBe(0);
      const written = await cli("init", "app.db", database.url, "-o", "with.yaml");
      expect([written.exit, written.stdout]).toEqual([0, expect.stringContaining("rehearse")]);
      expect(space.read("with.yaml")).toBe(space.read("without.yaml"));
    }));

  it("says nothing of a table that may not be read", () =>
    inScene(async ({ database, space, cli }) => {
      const role = `reader_${process.pid}_${Date.now()}`;
      await database.pool.query(`${live}; CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
      try {
        const url = Object.assign(new URL(database.url), { username: role, password: "secret" }).href;
        const refused = await cli("init", "app.db", url);
        expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining("TARGET_PERMISSION")]);
        expect(existsSync(space.path("app.yaml"))).toBe(false);
      } finally {
        await database.pool.query(`DROP ROLE ${role}`);
      }
    }));

  it.each([
    ["a server that does not answer", "postgres://me:secret@127.0.0.1:1/app", 2, "TARGET_UNREACHABLE"],
    ["a SQLite file", "other.db", 1, "Only a PostgreSQL server's tables are looked at."],
    ["a word", "nonsense", 1, "neither a URL"],
    ["a schema of no target", "--schema=app", 1, "--schema is the target's, and no target is given."],
  ])("writes no file for %s", (_, target, exit, says) =>
    inScene(async ({ space, cli }) => {
      const refused = await cli("init", "app.db", target);
      expect([refused.exit, refused.stderr]).toEqual([exit, expect.stringContaining(says)]);
      expect(refused.all).not.toContain("secret");
      expect(existsSync(space.path("app.yaml"))).toBe(false);
    }),
  );
});
