/** The commands one by one: check, plan, init, load, validate, cutover, copy, rehearse, up, down, query. */
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { embeddedDirectory, embeddedStatus, removeEmbedded } from "../../src/embedded/index.ts";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { relations, schemas, shop, value, workspace } from "./workspace.ts";

type Space = ReturnType<typeof workspace>;

const untidy = `PRAGMA foreign_keys = OFF; ${shop}
  CREATE TABLE events (id INTEGER PRIMARY KEY, at DATETIME, note TEXT, customer INTEGER REFERENCES customers (id));
  INSERT INTO events VALUES (1, '2024-01-01', 'a' || char(0), 1), (2, '2024-01-02', CAST(x'C3' AS TEXT), 2), (3, '2024-01-03', 'fine', 777);
  CREATE TRIGGER "tr 1" AFTER INSERT ON events BEGIN UPDATE events SET note = '' WHERE id = new.id; END;
  CREATE VIRTUAL TABLE found USING rtree (id, x0, x1);
  INSERT INTO found VALUES (1, 2, 3);`;

async function inDatabase(sql: string, work: (database: TestDatabase, space: Space) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  try {
    const space = workspace();
    space.sqlite(sql);
    await work(database, space);
  } finally {
    await database.drop();
  }
}

const cli = (space: Space, ...args: string[]) => rowhaul(args, { cwd: space.folder, limitSeconds: 90 });

describe("check", () => {
  it("says go, and changes nothing", () =>
    inDatabase(shop, async (database, space) => {
      space.pipeline(database.url);
      const result = await cli(space, "check", "pipeline.yaml");
      expect([result.exit, result.stdout]).toEqual([
        0,
        expect.stringMatching(/^✔ go\n {2}\S.* plan pipeline\.yaml {3}see every decision\n$/),
      ]);
      expect(result.stderr).toMatch(/· source: .*app\.db/);
      expect(result.stderr).toMatch(/· target: PostgreSQL 18 at .*, as postgres/);
      expect(await schemas(database.pool)).toEqual(["public"]);
    }));
});

describe("plan", () => {
  it("exits 2 with accept lines that, pasted into the file, make it pass; and the run with them proves itself", () =>
    inDatabase(untidy, async (database, space) => {
      space.pipeline(database.url);
      const first = await cli(space, "plan", "pipeline.yaml");
      expect(first.exit).toBe(2);
      expect(first.stderr).toContain("HAZARDS_NOT_ACCEPTED");
      expect(first.stdout).toMatch(/^customers {2}40 rows/m);
      expect(first.stdout).toMatch(/hazards\n[\s\S]*NUL_IN_TEXT/);
      const [, indent = ""] = /^( *)accept:$/m.exec(first.stderr) ?? [];
      const lines = first.stderr.split("\n").map((line) => line.slice(indent.length));
      const from = lines.indexOf("accept:");
      const accept = lines.slice(from, lines.findLastIndex((line) => line.startsWith("  - { code:")) + 1);
      const codes = accept.flatMap((line) => /code: (\w+)/.exec(line)?.[1] ?? []);
      expect([...codes].sort()).toEqual([
        "INVALID_TEXT",
        "NUL_IN_TEXT",
        "ORPHAN_ROWS",
        "TRIGGER_LOST",
        "VIRTUAL_TABLE_LOST",
      ]);
      space.pipeline(database.url, ...accept);
      const second = await cli(space, "plan", "pipeline.yaml");
      expect(second.stderr).not.toContain("Error");
      expect(second.exit).toBe(0);
      expect(await schemas(database.pool)).toEqual(["public"]);
      const run = await cli(space, "run", "pipeline.yaml");
      expect(run.exit).toBe(0);
      expect(await value(database.pool, "SELECT string_agg(note, ',' ORDER BY id) FROM events")).toBe("a,\ufffd,fine");
      expect(
        await value(
          database.pool,
          "SELECT convalidated FROM pg_constraint WHERE conrelid = 'events'::regclass AND contype = 'f'",
        ),
      ).toBe(false);
    }));
});

describe("init", () => {
  it("writes a file that passes plan once its lines are uncommented, and never overwrites one", () =>
    inDatabase(untidy, async (database, space) => {
      const written = await cli(space, "init", "app.db", "-o", "drafts/app.yaml");
      // the folder must be there already
      if (written.exit !== 0) {
        space.write("drafts/keep", "");
        expect((await cli(space, "init", "app.db", "-o", "drafts/app.yaml")).exit).toBe(0);
      }
      const text = space.read("drafts/app.yaml");
      expect(text).toContain('path: "../app.db"');
      const unset = await cli(space, "plan", "drafts/app.yaml");
      expect([unset.exit, unset.stderr]).toEqual([1, expect.stringContaining("Try: Set it: export DATABASE_URL=…\n")]);
      expect(text).toMatch(/# id: bigint/);
      const env = { DATABASE_URL: database.url };
      const commented = await rowhaul(["plan", "drafts/app.yaml"], { cwd: space.folder, env });
      expect([commented.exit, commented.stderr.includes("HAZARDS_NOT_ACCEPTED")]).toEqual([2, true]);
      space.write(
        "drafts/app.yaml",
        text
          .replace("accept: []\n", "")
          .replace(/^# (accept:)$/m, "$1")
          .replace(/^# {3}(- \{ code)/gm, "  $1"),
      );
      const uncommented = await rowhaul(["plan", "drafts/app.yaml"], { cwd: space.folder, env });
      expect(uncommented.stderr).not.toContain("Error");
      expect(uncommented.exit).toBe(0);
      const again = await cli(space, "init", "app.db", "-o", "drafts/app.yaml");
      expect([again.exit, again.stderr.includes("not overwritten")]).toEqual([1, true]);
      expect((await rowhaul(["run", "drafts/app.yaml"], { cwd: space.folder, env })).exit).toBe(0);
    }));
});

describe("load, validate and cutover", () => {
  it("one by one are a run", async () => {
    const contents: unknown[] = [];
    for (const steps of [["run"], ["load", "validate", "cutover"]]) {
      await inDatabase(shop, async (database, space) => {
        space.write(".env", "DATABASE_URL=old\n");
        space.pipeline(database.url, 'cutover: [{ file: .env, set: { DATABASE_URL: "${target.url}" } }]');
        for (const step of steps) {
          expect(space.read(".env")).toBe("DATABASE_URL=old\n");
          expect(await relations(database.pool)).toEqual([]);
          const result = await cli(space, step, "pipeline.yaml");
          expect(result.stderr).not.toContain("Error");
          expect([step, result.exit]).toEqual([step, 0]);
        }
        expect(space.read(".env")).toBe(`DATABASE_URL=${database.url}\n`);
        const report = await cli(space, "report", "pipeline.yaml", "--full");
        contents.push([
          await relations(database.pool),
          await schemas(database.pool),
          await value(database.pool, "SELECT sum(hashtext(o::text)) FROM orders o"),
          await value(
            database.pool,
            "SELECT jsonb_agg(pg_get_constraintdef(oid) ORDER BY conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
          ),
          report.stdout.split("\n").filter((line) => !/run \d|app\.db|snapshot of/.test(line)),
        ]);
      });
    }
    expect(contents[1]).toEqual(contents[0]);
  });

  it("cutover is refused before validate, and load twice is harmless", () =>
    inDatabase(shop, async (database, space) => {
      space.pipeline(database.url);
      for (const stage of ["there is none", "loaded"]) {
        const refused = await cli(space, "cutover", "pipeline.yaml");
        expect(refused.exit).toBe(2);
        expect(refused.stderr).toContain("NOT_VALIDATED");
        expect(refused.stderr).toContain(stage);
        expect((await cli(space, "load", "pipeline.yaml")).exit).toBe(0);
      }
      expect(await relations(database.pool)).toEqual([]);
    }));
});

describe("copy", () => {
  it("moves a file without a pipeline, with a password from the environment", () =>
    inDatabase(untidy, async (database, space) => {
      const url = new URL(database.url);
      const password = decodeURIComponent(url.password);
      url.password = "";
      const refused = await cli(space, "copy", "app.db", database.url);
      expect([refused.exit, refused.stderr.includes("HAZARDS_NOT_ACCEPTED")]).toEqual([2, true]);
      expect(refused.stderr).toMatch(/^Try: Take every default with --accept-all, or .* init app\.db`\.$/m);
      space.sqlite("CREATE TABLE at (n INTEGER DEFAULT CURRENT_TIMESTAMP)", "asked.db");
      const asked = await cli(space, "copy", "asked.db", database.url, "--accept-all");
      expect(asked.stderr).toMatch(
        /^Try: Write a pipeline file: `.* init asked\.db`\. .*; --accept-all gives none of them\.$/m,
      );
      expect(refused.stderr).not.toContain("accept:");
      const copied = await rowhaul(["copy", "app.db", url.href, "--accept-all", "--schema", "copied"], {
        cwd: space.folder,
        env: { PGPASSWORD: password },
      });
      expect(copied.stderr).not.toContain("Error");
      expect(copied.exit).toBe(0);
      expect(copied.all).not.toContain(password);
      expect(await value(database.pool, "SELECT count(*)::int FROM copied.orders")).toBe(200);
      const twice = await rowhaul(["copy", "app.db", url.href, "--accept-all", "--schema", "copied"], {
        cwd: space.folder,
        env: { PGPASSWORD: password },
      });
      expect(twice.stdout).toContain("nothing to do");
      space.sqlite("DELETE FROM orders WHERE id > 100");
      const aside = await rowhaul(
        ["copy", "app.db", url.href, "--accept-all", "--schema", "copied", "--keep-aside", "--tables", "orders"],
        {
          cwd: space.folder,
          env: { PGPASSWORD: password },
        },
      );
      expect(aside.stderr).not.toContain("Error");
      expect(aside.exit).toBe(0);
      expect(await value(database.pool, "SELECT count(*)::int FROM copied.orders")).toBe(100);
      expect(await value(database.pool, "SELECT count(*)::int FROM copied.customers")).toBe(40);
      for (const [name, bytes] of space.kept()) expect([name, bytes.includes(password)]).toEqual([name, false]);
    }));
});

describe("rehearse", () => {
  it("does the whole job and leaves no trace", () =>
    inDatabase(untidy, async (database, space) => {
      space.write(".env", "DATABASE_URL=old\n");
      space.pipeline(
        database.url,
        'cutover: [{ file: .env, set: { DATABASE_URL: "${target.url}" } }, { check: "false" }]',
      );
      const before = space.hashes();
      const temporary = new Set(readdirSync(tmpdir()));
      const refused = await cli(space, "rehearse", "pipeline.yaml");
      expect([refused.exit, refused.stderr.includes("HAZARDS_NOT_ACCEPTED")]).toEqual([2, true]);
      const result = await cli(space, "rehearse", "pipeline.yaml", "--accept-all");
      expect(result.stderr).not.toContain("Error");
      expect(result.exit).toBe(0);
      expect(result.stdout).toContain(
        "✔ rehearsed: 243 rows in 3 tables arrive and are proven; not rehearsed: 1 file, 1 check\n",
      );
      expect(result.stdout).toMatch(/^ {2}.* run pipeline\.yaml --accept-all {3}do it$/m);
      expect(space.hashes()).toEqual(before);
      expect(existsSync(space.path(".rowhaul"))).toBe(false);
      expect(await schemas(database.pool)).toEqual(["public"]);
      expect(
        readdirSync(tmpdir()).filter((name) => /^rowhaul-(rehearsal|init)/.test(name) && !temporary.has(name)),
      ).toEqual([]);
    }));
});

describe("the embedded PostgreSQL", () => {
  const space = workspace();
  const directory = embeddedDirectory(space.folder);
  afterAll(() => removeEmbedded(directory));

  it("takes a run, answers queries, and is stopped in between", async () => {
    space.sqlite(shop);
    space.pipeline("", "target: { kind: embedded }");
    const run = await cli(space, "run", "pipeline.yaml");
    expect(run.stderr).not.toContain("Error");
    expect(run.exit).toBe(0);
    expect(run.stdout).toMatch(
      /The embedded PostgreSQL is stopped now; for the application: .* up \. {3}\(and .* down \.\)\n/,
    );
    expect((await embeddedStatus(directory)).running).toBe(false);
    const query = await cli(space, "query", "SELECT count(*) AS n, min(note) AS first FROM orders");
    expect([query.exit, query.stdout]).toEqual([0, "n    first\n───  ──────\n200  note 1\n(1 row)\n"]);
    const write = await cli(space, "query", "DELETE FROM orders");
    expect([write.exit, write.stderr]).toEqual([1, expect.stringContaining("QUERY_FAILED: The statement failed: ")]);
    expect(write.stderr).toContain("read-only transaction");
    const wrong = await cli(space, "query", "SELEC 1");
    expect([wrong.exit, wrong.stderr]).toEqual([1, expect.stringContaining("QUERY_FAILED")]);
    expect(wrong.stderr).toContain("syntax error");
    expect((await embeddedStatus(directory)).running).toBe(false);
  });

  it("up prints a URL that works and leaves it running; down stops it", async () => {
    const up = await cli(space, "up");
    expect(up.exit).toBe(0);
    const url = up.stdout.trim();
    expect(url).toMatch(/^postgres(ql)?:\/\/\w+:\w+@/);
    expect((await embeddedStatus(directory)).running).toBe(true);
    expect((await cli(space, "up")).stdout.trim()).toBe(url);
    const query = await cli(space, "query", "SELECT sum(total)::int AS s FROM orders", url);
    expect(query.stdout).toContain("25125");
    // a run that finds it running leaves it running
    const idle = await cli(space, "run", "pipeline.yaml");
    expect(idle.stdout).toContain("nothing to do");
    expect(idle.stdout).not.toContain("is stopped now");
    expect((await embeddedStatus(directory)).running).toBe(true);
    const down = await cli(space, "down");
    expect([down.exit, down.stdout]).toEqual([0, "Stopped.\n"]);
    expect((await cli(space, "down")).stdout).toBe("It was not running.\n");
    const again = await cli(space, "run", "pipeline.yaml", "--fresh");
    expect([again.exit, again.stderr.includes("TARGET_OCCUPIED")]).toEqual([2, true]);
    expect((await embeddedStatus(directory)).running).toBe(false);
  });

  it("rolls back and cleans", async () => {
    expect((await cli(space, "rollback", "pipeline.yaml")).exit).toBe(0);
    expect((await cli(space, "clean", "pipeline.yaml", "--yes")).exit).toBe(0);
    const left = await cli(
      space,
      "query",
      "SELECT count(*) AS n FROM pg_class WHERE relnamespace::regnamespace::text ~ '^(public|rowhaul)'",
    );
    expect(left.stdout).toContain("\n0\n");
    expect(existsSync(space.path(".rowhaul"))).toBe(false);
  });

  it("takes a copy, and says how to look at it", async () => {
    const copied = await cli(space, "copy", "app.db", "embedded");
    expect(copied.exit).toBe(0);
    expect(copied.stdout).toMatch(/^ {2}.* query "SELECT \* FROM customers LIMIT 5" --embedded \.$/m);
    expect(copied.stdout).toMatch(/^ {2}.* up \. /m);
    const again = await cli(space, "copy", "app.db", "embedded", "--fresh");
    expect([again.exit, again.stderr]).toEqual([2, expect.stringContaining("TARGET_OCCUPIED")]);
    expect(again.stderr).toContain("Try: --append, --merge, --skip or --replace put the rows into");
  });

  it("down --remove takes its data too, but not unasked; afterwards there is nothing to query", async () => {
    const unasked = await cli(space, "down", "--remove");
    expect([unasked.exit, unasked.stderr]).toEqual([
      2,
      expect.stringContaining("There is no terminal to ask; pass --yes."),
    ]);
    expect(existsSync(directory)).toBe(true);
    const removed = await cli(space, "down", "--remove", "--yes");
    expect([removed.exit, removed.stdout]).toEqual([0, `Removed ${directory}.\n`]);
    expect(existsSync(directory)).toBe(false);
    const query = await cli(space, "query", "SELECT 1");
    expect([query.exit, query.stderr]).toEqual([
      1,
      expect.stringContaining(`No embedded PostgreSQL belongs to ${space.folder}.`),
    ]);
    expect(existsSync(directory)).toBe(false);
    expect((await cli(space, "down", "--remove")).stdout).toBe(`No embedded PostgreSQL belongs to ${space.folder}.\n`);
  });

  it.each([["up"], ["down"]])("%s refuses a folder that is not there", async (command) => {
    const result = await cli(space, command, "nowhere");
    expect([result.exit, result.stderr]).toEqual([
      1,
      expect.stringContaining(`There is no folder ${space.path("nowhere")}.`),
    ]);
  });
});
