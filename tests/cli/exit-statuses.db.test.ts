/** Exit statuses 0, 3, 4, 130 and 143, and what is in the target and on disk after each. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { rowhaul, startRowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { bulky, relations, schemas, shop, value, workspace } from "./workspace.ts";

type Space = ReturnType<typeof workspace>;

async function inDatabase(work: (database: TestDatabase, space: Space) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  try {
    await work(database, workspace());
  } finally {
    await database.drop();
  }
}

const run = (space: Space, ...args: string[]) => rowhaul(["run", "pipeline.yaml", ...args], { cwd: space.folder });

const sums = `SELECT concat_ws(' ', (SELECT count(*) FROM big1), (SELECT sum(id * c) FROM big1), (SELECT sum(hashtext(a)) FROM big1),
  (SELECT count(*) FROM big2), (SELECT sum(id * c) FROM big2), (SELECT sum(hashtext(a)) FROM big2), (SELECT count(*) FROM little))`;

/** By a path of its own: what `sums` must be. */
async function expectedSums(database: TestDatabase): Promise<unknown> {
  const table = (name: string, factor: number, modulus: number) =>
    `${name} AS (SELECT n AS id, lpad((n * ${factor})::text, 600, '0') AS a, n % ${modulus} AS c FROM generate_series(1, 20000) n)`;
  return value(
    database.pool,
    `WITH ${table("big1", 7919, 97)}, ${table("big2", 104729, 89)}, little AS (SELECT generate_series(1, 50)) ${sums}`,
  );
}

describe.concurrent("0", () => {
  it("moves everything, and a second run has nothing to do", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      const file = space.hashes()["app.db"];
      space.pipeline(database.url);
      const first = await run(space);
      expect(first.exit).toBe(0);
      expect(first.stdout).toContain("✔ 240 rows in 2 tables: moved and proven\n");
      expect(await schemas(database.pool)).toEqual(["public", "rowhaul"]);
      expect(await relations(database.pool)).toEqual(
        expect.arrayContaining(["big_orders", "customers", "customers_pkey", "orders", "orders_customer"]),
      );
      expect(await value(database.pool, "SELECT sum(total) FROM orders")).toBe(25125);
      expect(await value(database.pool, "INSERT INTO customers (name) VALUES ('new') RETURNING id::int")).toBe(41);
      const second = await run(space);
      expect(second.exit).toBe(0);
      expect(second.stdout).toMatch(/nothing to do: run \S+ is finished/);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(41);
      expect(space.hashes()["app.db"]).toBe(file);
    }));

  it("--dry-run and plan change nothing in the target", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      for (const args of [
        ["run", "pipeline.yaml", "--dry-run"],
        ["plan", "pipeline.yaml"],
        ["check", "pipeline.yaml"],
      ]) {
        const result = await rowhaul(args, { cwd: space.folder });
        expect(result.exit).toBe(0);
        expect(await schemas(database.pool)).toEqual(["public"]);
        expect(await relations(database.pool)).toEqual([]);
      }
    }));

  it("takes a new snapshot when the source went on before anything was loaded", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      expect((await rowhaul(["plan", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      space.sqlite("INSERT INTO customers (name) VALUES ('late')");
      expect((await run(space)).exit).toBe(0);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(41);
    }));

  it("never says moved of a source that went on after the run was finished", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      expect((await run(space)).exit).toBe(0);
      space.sqlite("INSERT INTO customers (name) VALUES ('late')");
      const again = await run(space);
      expect(again.stdout).not.toContain("moved");
      expect(again.exit).toBe(2);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(40);
    }));
});

describe("2: another state than the run began with", () => {
  it("the pipeline changed after the load began", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      expect((await rowhaul(["load", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      space.pipeline(database.url, "exclude: [orders]");
      const result = await run(space);
      expect(result.exit).toBe(2);
      expect(result.stderr).toContain("PIPELINE_CHANGED");
      expect(result.stderr).toContain("--fresh");
      expect(await relations(database.pool)).toEqual([]);
      space.pipeline(database.url);
      expect((await run(space)).exit).toBe(0);
    }));

  it("the source was written to between load and cutover: --fresh moves it", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.write(".env", "DATABASE_URL=sqlite\n");
      space.pipeline(database.url, 'cutover: [{ file: .env, set: { DATABASE_URL: "${target.url}" } }]');
      expect((await rowhaul(["load", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      space.sqlite("UPDATE customers SET name = 'changed' WHERE id = 5");
      const result = await run(space);
      expect(result.exit).toBe(2);
      expect(result.stderr).toContain("SOURCE_CHANGED");
      expect(space.read(".env")).toBe("DATABASE_URL=sqlite\n");
      expect(await relations(database.pool)).toEqual([]);
      const fresh = await run(space, "--fresh");
      expect(fresh.exit).toBe(0);
      expect(await value(database.pool, "SELECT name FROM customers WHERE id = 5")).toBe("changed");
      expect(space.read(".env")).toContain("DATABASE_URL=postgres");
    }));

  it("the snapshot was tampered with", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      expect((await rowhaul(["load", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      const snapshot = [...space.kept().keys()].find((name) => name.endsWith("snapshot.db")) ?? "";
      space.sqlite("UPDATE customers SET name = 'x' WHERE id = 1", `.rowhaul/${snapshot}`);
      const result = await run(space);
      expect(result.exit).toBe(2);
      expect(result.stderr).toContain("SNAPSHOT_LOST");
    }));

  it("no folder can be made beside the pipeline", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.write(".rowhaul", "in the way");
      space.pipeline(database.url);
      const result = await run(space);
      expect(result.exit).toBe(2);
      expect(result.stderr).toContain("LOCAL_DISK");
      expect(await schemas(database.pool)).toEqual(["public"]);
    }));

  it("another run is at work", () =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      // A lock on the state keeps the first run where it is.
      const first = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
      await first.until(/"phase":"load","state":"started"/);
      first.kill("SIGSTOP");
      const [, name] = /"run":"(\w+)"/.exec(first.stdout()) ?? [];
      for (const args of [
        ["run", "pipeline.yaml"],
        ["run", "pipeline.yaml", "--fresh"],
        ["clean", "pipeline.yaml"],
      ]) {
        const second = await rowhaul(args, { cwd: space.folder });
        expect(second.stderr).toContain("RUN_IN_PROGRESS");
        expect(second.stderr).toContain(args.length === 2 && args[0] === "run" ? "This run" : `Run ${name}`);
        expect(second.exit).toBe(2);
      }
      first.kill("SIGCONT");
      const result = await first.ended;
      expect(result.exit).toBe(0);
      expect(await value(database.pool, sums)).toBe(await expectedSums(database));
    }));

  it("another run is at work before its load, and is not disturbed", () =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      const first = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
      await first.until(/"phase":"profile","state":"started"/);
      first.kill("SIGSTOP");
      const second = await run(space);
      first.kill("SIGCONT");
      expect((await first.ended).exit).toBe(0);
      expect(second.stderr).toContain("RUN_IN_PROGRESS");
      expect(second.exit).toBe(2);
      expect(await value(database.pool, sums)).toBe(await expectedSums(database));
    }));
});

describe("3: stopped, and a plain rerun succeeds", () => {
  it("the connection is cut in mid-COPY", () =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      const running = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
      await running.until(/"progress","phase":"load"/);
      await until(async () =>
        value(
          database.pool,
          "SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE application_name LIKE 'rowhaul%' AND query LIKE 'COPY %' AND datname = current_database()",
        ),
      );
      const cut = await running.ended;
      expect(cut.stdout).toContain('"code":"CONNECTION_LOST"');
      expect(cut.exit).toBe(3);
      expect(await relations(database.pool)).toEqual([]);
      const again = await run(space);
      expect(again.exit).toBe(0);
      expect(await value(database.pool, sums)).toBe(await expectedSums(database));
    }));

  it("the connection is cut in finish, in validate and in the switch", () =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      for (const phase of ["finish", "validate", "cutover"]) {
        const running = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
        await running.until(new RegExp(`"phase":"${phase}","state":"started"`));
        await value(
          database.pool,
          "SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE application_name LIKE 'rowhaul%' AND datname = current_database()",
        );
        const cut = await running.ended;
        // It may have had nothing under way at that moment, or be done.
        expect([phase, cut.exit]).toEqual([phase, expect.toBeOneOf(phase === "cutover" ? [0, 3, 5] : [0, 3])]);
        if (cut.exit === 0) break;
        expect(await relations(database.pool)).toEqual([]);
      }
      expect((await run(space)).exit).toBe(0);
      expect(await value(database.pool, sums)).toBe(await expectedSums(database));
    }));
});

describe.concurrent("4: a difference", () => {
  it.each([
    ["unique", "CREATE TABLE bad (id INTEGER PRIMARY KEY, v TEXT, CONSTRAINT only_one UNIQUE (v))", "duplicate"],
    ["not null", "CREATE TABLE bad (id INTEGER PRIMARY KEY, v TEXT NOT NULL)", "null"],
  ])("data that break a %s constraint of the source's own schema", (kind, schema, words) =>
    inDatabase(async (database, space) => {
      const plain = "CREATE TABLE bad (id INTEGER PRIMARY KEY, v TEXT)";
      // SQLite's schema is changed behind its back, as damaged databases have it.
      space.sqlite(`${plain}; INSERT INTO bad VALUES (1, 'twice'), (2, 'twice'), (3, NULL);`);
      if (kind === "unique") {
        space.sqlite("CREATE INDEX only_one ON bad (v)");
        space.sqlite(
          `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX only_one ON bad (v)' WHERE name = 'only_one'`,
        );
      } else {
        space.sqlite(
          `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '${schema.replaceAll("'", "''")}' WHERE name = 'bad'`,
        );
      }
      space.pipeline(database.url);
      const result = await run(space);
      expect(result.stderr).toContain("CONSTRAINT_VIOLATED");
      expect(result.stderr.toLowerCase()).toContain(words);
      expect(result.stderr).toContain("bad");
      expect(result.exit).toBe(4);
      expect(await relations(database.pool)).toEqual([]);
    }),
  );

  it("a validator's finding names table, key and column, and cutover is refused", () =>
    inDatabase(async (database, space) => {
      space.sqlite(shop);
      space.pipeline(database.url);
      expect((await rowhaul(["load", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
      const [staging] = (await schemas(database.pool)).filter((name) => name.startsWith("rowhaul_staging_"));
      await database.pool.query(`UPDATE "${staging}".orders SET note = 'note 17 ' WHERE id = 17`);
      await database.pool.query(`DELETE FROM "${staging}".orders WHERE id = 18`);
      const found = await rowhaul(["validate", "pipeline.yaml"], { cwd: space.folder });
      expect(found.exit).toBe(4);
      expect(found.stderr).toContain("VALIDATION_FAILED");
      expect(found.stderr).toMatch(/orders.*id=17.*note/);
      expect(found.stderr).toMatch(/orders.*id=18/);
      const refused = await rowhaul(["cutover", "pipeline.yaml"], { cwd: space.folder });
      expect(refused.stderr).toContain("NOT_VALIDATED");
      expect(refused.exit).toBe(2);
      expect((await run(space)).exit).toBe(4);
      expect(await relations(database.pool)).toEqual([]);
      const report = await rowhaul(["report", "pipeline.yaml"], { cwd: space.folder });
      expect(report.stdout).toMatch(/Differences\n.*orders/);
    }));
});

describe("130 and 143: interrupted", () => {
  it.each([
    ["SIGINT", 130, "INTERRUPTED"],
    ["SIGTERM", 143, "TERMINATED"],
  ] as const)("%s stops cleanly with %i, and the next run resumes", (signal, exit, code) =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      const running = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
      await running.until(/"progress","phase":"load"/);
      running.killGroup(signal);
      const stopped = await running.ended;
      expect(stopped.signal).toBeNull();
      expect(stopped.exit).toBe(exit);
      expect(stopped.stderr).toContain("Stopping …");
      expect(stopped.stderr).toContain(code);
      expect(await value(database.pool, "SELECT count(*)::int FROM rowhaul.leases WHERE expires > now()")).toBe(0);
      const again = await run(space);
      expect(again.exit).toBe(0);
      expect(again.stderr).toMatch(/Resuming run \S+ \(loading\)/);
      expect(await value(database.pool, sums)).toBe(await expectedSums(database));
    }),
  );

  it("Ctrl-C twice ends at once, and the next run resumes", () =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      const running = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
      await running.until(/"progress","phase":"load"/);
      running.killGroup("SIGINT");
      await running.until(/Stopping/);
      running.killGroup("SIGINT");
      expect((await running.ended).exit).toBe(130);
      const again = await run(space);
      expect(again.exit).toBe(0);
      expect(await value(database.pool, sums)).toBe(await expectedSums(database));
    }));

  it("in every phase, the next run goes on", () =>
    inDatabase(async (database, space) => {
      space.sqlite(bulky);
      space.pipeline(database.url);
      for (const phase of ["snapshot", "profile", "load", "finish", "validate"]) {
        const running = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
        await running.until(new RegExp(`"phase":"${phase}","state":"started"`));
        running.kill("SIGINT");
        const { exit } = await running.ended;
        expect([phase, exit]).toEqual([phase, expect.toBeOneOf([0, 130])]);
        if (exit === 0) break;
      }
      expect((await run(space)).exit).toBe(0);
      expect(await value(database.pool, sums)).toBe(await expectedSums(database));
      expect(await schemas(database.pool)).toEqual(["public", "rowhaul"]);
    }));
});

async function until(happened: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await happened()) return;
    await sleep(5);
  }
  throw new Error("waited in vain");
}
