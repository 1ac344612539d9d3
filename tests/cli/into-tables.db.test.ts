/** `copy` and `import` into tables that are there: --append, --merge, --skip, --replace, --keep-aside. */
import { describe, expect, it } from "vitest";
import { type CliResult, rowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type Workspace, workspace } from "./workspace.ts";

const source = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'new one'), (2, 'new two')";
const live = "CREATE TABLE t (id int PRIMARY KEY, v varchar(20) NOT NULL)";

type Scene = {
  readonly database: TestDatabase;
  readonly space: Workspace;
  readonly cli: (...args: readonly string[]) => Promise<CliResult>;
  readonly rows: () => Promise<string[]>;
};

async function inScene(seed: string, work: (scene: Scene) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  try {
    space.sqlite(source);
    await database.pool.query(`${live}; ${seed}`);
    await work({
      database,
      space,
      cli: (...args) => rowhaul([...args, "--no-color"], { cwd: space.folder }),
      async rows() {
        const { rows } = await database.pool.query<{ row: string }>("SELECT id || ' ' || v AS row FROM t ORDER BY id");
        return rows.map(({ row }) => row);
      },
    });
  } finally {
    await database.drop();
  }
}

const one = "INSERT INTO t VALUES (1, 'old one')";
const nine = "INSERT INTO t VALUES (9, 'old nine')";

describe.concurrent("copy", () => {
  it.each([
    ["--append", nine, ["1 new one", "2 new two", "9 old nine"]],
    ["--merge", `${one}; ${nine}`, ["1 new one", "2 new two", "9 old nine"]],
    ["--skip", `${one}; ${nine}`, ["1 old one", "2 new two", "9 old nine"]],
    ["--replace", `${one}; ${nine}`, ["1 new one", "2 new two"]],
  ])("%s puts the rows in; the run is found again by its two places alone", (flag, seed, expected) =>
    inScene(seed, async ({ database: { url }, cli, rows }) => {
      const before = await rows();
      const copied = await cli("copy", "app.db", url, flag);
      expect(copied.stderr).not.toContain("Error");
      expect(copied.exit).toBe(0);
      expect(await rows()).toEqual(expected);
      expect(copied.stdout).toMatch(/^ {2}.* validate app\.db postgres\S*:\S+ {3}prove it again/m);
      expect((await cli("status", "app.db", url)).stdout).toMatch(/^\S+ {2}done /);
      const proven = await cli("validate", "app.db", url);
      expect([proven.exit, proven.stdout]).toEqual([0, expect.stringContaining("✔ validated")]);
      const again = await cli("copy", "app.db", url, flag);
      expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining("nothing to do")]);
      const back = await cli("rollback", "app.db", url);
      expect([back.exit, back.stdout]).toEqual([0, expect.stringContaining("✔ rolled back")]);
      expect(await rows()).toEqual(before);
      expect((await cli("clean", "app.db", url, "--yes")).exit).toBe(0);
    }),
  );

  it("--keep-aside makes the table anew", () =>
    inScene(one, async ({ database: { url }, cli, rows }) => {
      expect((await cli("copy", "app.db", url, "--keep-aside")).exit).toBe(0);
      expect(await rows()).toEqual(["1 new one", "2 new two"]);
      expect((await cli("rollback", "app.db", url)).exit).toBe(0);
      expect(await rows()).toEqual(["1 old one"]);
    }));

  it("without a flag is refused, and names all of them; then one of them goes on", () =>
    inScene(nine, async ({ database: { url }, cli, rows }) => {
      const refused = await cli("copy", "app.db", url);
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining("TARGET_OCCUPIED")]);
      expect(refused.stderr).toContain(
        "Try: --append, --merge, --skip or --replace put the rows into the tables that are there; --keep-aside moves those aside; --schema <name> makes new ones elsewhere.",
      );
      expect(await rows()).toEqual(["9 old nine"]);
      expect((await cli("copy", "app.db", url, "--append")).exit).toBe(0);
      expect(await rows()).toHaveLength(3);
    }));

  it("keys that are taken stop --append with nothing changed, and lead to a file", () =>
    inScene(one, async ({ database: { url }, cli, rows }) => {
      const refused = await cli("copy", "app.db", url, "--append");
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining("HAZARDS_NOT_ACCEPTED")]);
      expect(refused.stderr).toContain("ROWS_TAKEN t: ");
      expect(refused.stderr).toMatch(/^Try: Write a pipeline file: `.* init app\.db postgres\S*:\S+`\. /m);
      expect(refused.all).not.toContain(decodeURIComponent(new URL(url).password));
      expect(await rows()).toEqual(["1 old one"]);
    }));

  it("questions stop --append, with the lines for the file that `init` writes", () =>
    inScene("ALTER TABLE t ALTER v TYPE varchar(7)", async ({ database: { url }, space, cli, rows }) => {
      space.sqlite("INSERT INTO t VALUES (3, 'much longer')");
      const refused = await cli("copy", "app.db", url, "--append", "--schema", "public");
      expect(refused.exit).toBe(2);
      expect(refused.stderr).toContain("\naccept:\n  - { code: TARGET_NARROWS, column: t.v, policy: truncate }");
      expect(refused.stderr).toMatch(/ init app\.db postgres\S*:\S+ --schema public`/);
      expect(await rows()).toEqual([]);
    }));

  it("tables that do not fit stop --append, and lead to a file as well", () =>
    inScene("DROP TABLE t; CREATE VIEW t AS SELECT 1 AS id, 'x' AS v", async ({ database: { url }, cli }) => {
      const refused = await cli("copy", "app.db", url, "--append");
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining("TARGET_MISMATCH")]);
      expect(refused.stderr).toMatch(/^Try: See each message; .* init app\.db postgres\S*:\S+` writes\.$/m);
    }));

  it("the schema that a URL names goes along into each line that is printed", () =>
    inScene("CREATE SCHEMA app; ALTER TABLE t SET SCHEMA app", async ({ database, space, cli }) => {
      const url = `${database.url}?schema=app`;
      space.sqlite("INSERT INTO t VALUES (3, x'62')");
      const refused = await cli("copy", "app.db", url, "--append");
      expect(refused.exit).toBe(2);
      const init = /`\S.* init (app\.db .*\?schema=app)'?`/.exec(refused.stderr)?.[1] ?? "";
      expect(init).not.toBe("");
      const printed = init.split(" ")[1]?.replace(/^'/, "") ?? "";
      const { username, password, host, pathname } = new URL(database.url);
      expect(printed).toBe(`postgresql://${username}@${host}${pathname}?schema=app`);
      const env = { PGPASSWORD: decodeURIComponent(password), DATABASE_URL: url };
      const made = await rowhaul(["init", "app.db", printed, "--no-color"], { cwd: space.folder, env });
      expect([made.exit, made.stderr]).toEqual([0, ""]);
      const file = space.read("app.yaml");
      expect(file).toContain('  schema: "app"\n  existing: append');
      space.write(
        "app.yaml",
        file.replace(/^accept: \[\]$/m, "accept:\n  - { code: MIXED_CLASSES, column: t.v, policy: reinterpret }"),
      );
      const ran = await rowhaul(["run", "app.yaml", "--no-color"], { cwd: space.folder, env });
      expect([ran.exit, ran.all]).toEqual([0, expect.stringContaining("moved and proven")]);
      const { rows } = await database.pool.query("SELECT v FROM app.t ORDER BY id");
      expect(rows).toEqual([{ v: "new one" }, { v: "new two" }, { v: "b" }]);
      const { rows: tables } = await database.pool.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
      );
      expect(tables).toEqual([]);
    }));

  it("a dry run changes nothing", () =>
    inScene(nine, async ({ database: { url }, cli, rows }) => {
      const dry = await cli("copy", "app.db", url, "--append", "--dry-run");
      expect([dry.exit, dry.stdout]).toEqual([0, expect.stringContaining("nothing was changed")]);
      expect(await rows()).toEqual(["9 old nine"]);
    }));
});

describe.concurrent("import", () => {
  it.each(["--replace", "--clear"])("%s empties the table first", (flag) =>
    inScene(one, async ({ database: { url }, space, cli, rows }) => {
      space.write("t.ndjson", '{"id":5,"v":"five"}\n');
      expect((await cli("import", "t.ndjson", url, flag)).exit).toBe(0);
      expect(await rows()).toEqual(["5 five"]);
      expect((await cli("validate", "t.ndjson", url)).exit).toBe(0);
      expect((await cli("rollback", "t.ndjson", url)).exit).toBe(0);
      expect(await rows()).toEqual(["1 old one"]);
    }),
  );

  it("takes both names of one mode, and says what there is to choose from", () =>
    inScene(one, async ({ database: { url }, space, cli, rows }) => {
      space.write("t.ndjson", '{"id":5,"v":"five"}\n');
      const refused = await cli("import", "t.ndjson", url);
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining("Try: --append, --merge, --skip or")]);
      expect((await cli("import", "t.ndjson", url, "--clear", "--replace")).exit).toBe(0);
      expect(await rows()).toEqual(["5 five"]);
    }));
});

describe.concurrent("a SQLite target", () => {
  it.each([
    ["--append", "INSERT INTO t VALUES (9, 'old')", 3],
    ["--merge", "INSERT INTO t VALUES (1, 'old')", 2],
    ["--replace", "INSERT INTO t VALUES (9, 'old')", 2],
  ])("%s, and the run is found again with what its flag said", async (flag, seed, count) => {
    const space = workspace();
    space.sqlite(source);
    space.sqlite(`CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); ${seed}`, "other.db");
    const cli = (...args: readonly string[]): Promise<CliResult> => rowhaul(args, { cwd: space.folder });
    const refused = await cli("copy", "app.db", "other.db");
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      expect.stringContaining("Try: --append, --merge, --skip or --replace"),
    ]);
    const copied = await cli("copy", "app.db", "other.db", flag);
    expect(copied.stderr).not.toContain("Error");
    expect(copied.exit).toBe(0);
    const proven = await cli("validate", "app.db", "other.db");
    expect([proven.exit, proven.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(proven.all).toContain("validated");
    space.sqlite(`CREATE TEMP TABLE n AS SELECT 1 / (count(*) = ${count}) AS ok FROM t`, "other.db");
    expect((await cli("rollback", "app.db", "other.db")).exit).toBe(0);
  });
});

describe.concurrent("two flags", () => {
  it.each([
    ["copy", "--append", "--merge"],
    ["copy", "--skip", "--replace"],
    ["copy", "--replace", "--keep-aside"],
    ["import", "--skip", "--clear"],
  ])("%s %s %s contradict each other", async (command, first, second) => {
    const space = workspace();
    const refused = await rowhaul([command, "app.db", "x.db", second, first], { cwd: space.folder });
    expect([refused.exit, refused.stderr]).toEqual([
      1,
      expect.stringContaining(`${first} and ${second} contradict each other.`),
    ]);
  });

  it("other commands know none of them", async () => {
    const refused = await rowhaul(["run", "app.yaml", "--append"]);
    expect([refused.exit, refused.stderr]).toEqual([1, expect.stringContaining("Unknown option '--append'")]);
  });
});
