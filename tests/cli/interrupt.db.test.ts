/** Ctrl-C while the server is busy: the command ends, and the server is not left at work for nobody. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { rowhaul, startRowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { value, workspace } from "./workspace.ts";

/** Two seconds are promised; a busy machine gets more, and what is stopped would take a minute and longer. */
const limitMs = 10_000;

async function atWork({ pool }: TestDatabase, like: string): Promise<boolean> {
  const { rows } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE $1`,
    [`%${like}%`],
  );
  return rows.length > 0;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1000 && !(await condition()); i++) await sleep(20);
}

/** Runs the pipeline, or another command on it, interrupts it once the server is at such a statement, and says what came of it. */
async function interrupted(database: TestDatabase, folder: string, like: string, command = "run"): Promise<unknown> {
  const running = startRowhaul([command, "pipeline.yaml"], { cwd: folder });
  await until(() => atWork(database, like));
  const at = Date.now();
  running.killGroup("SIGINT");
  const { exit, signal } = await running.ended;
  const soon = Date.now() - at < limitMs;
  return { exit, signal, soon, atWork: await atWork(database, like) };
}

const stopped = { exit: 130, signal: null, soon: true, atWork: false };

describe("Ctrl-C", () => {
  it("ends a COPY out of the source", async () => {
    const database = await freshDatabase();
    const space = workspace();
    await database.pool.query("CREATE SCHEMA src; CREATE TABLE src.t AS SELECT generate_series(1, 10000) AS id");
    space.write(
      "pipeline.yaml",
      `name: slow
source: { kind: postgres, url: "${database.url}", schema: src }
target: { kind: sqlite, path: out.db }
tables: { t: { where: "pg_sleep(0.1) IS NOT NULL" } }
`,
    );
    expect(await interrupted(database, space.folder, "COPY")).toEqual(stopped);
    await database.drop();
  });

  it("ends the rows' way into tables that are there, and nothing of it stays", async () => {
    const database = await freshDatabase();
    const space = workspace();
    space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
    await database.pool.query(
      `CREATE TABLE t (id bigint PRIMARY KEY);
       CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
       CREATE TRIGGER wait BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wait()`,
    );
    space.write(
      "pipeline.yaml",
      `name: slow
source: { kind: sqlite, path: app.db }
target: { kind: postgres, url: "${database.url}", existing: append }
accept: [{ code: TRIGGER_FIRES, policy: keep }]
`,
    );
    expect(await interrupted(database, space.folder, 'INSERT INTO "public"."t"')).toEqual(stopped);
    expect((await database.pool.query("SELECT * FROM t")).rows).toEqual([]);
    await database.drop();
  });

  it("ends a rollback that waits for the application, and the cutover stands", async () => {
    const database = await freshDatabase();
    const space = workspace();
    space.sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
    space.pipeline(database.url);
    expect((await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
    const application = await database.pool.connect();
    await application.query("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE");
    expect(await interrupted(database, space.folder, "LOCK TABLE", "rollback")).toEqual(stopped);
    await application.query("COMMIT");
    application.release();
    expect((await database.pool.query("SELECT id FROM t ORDER BY id")).rows).toEqual([{ id: "1" }, { id: "2" }]);
    expect(await value(database.pool, "SELECT status FROM rowhaul.runs")).toBe("done");
    expect((await rowhaul(["rollback", "pipeline.yaml"], { cwd: space.folder })).exit).toBe(0);
    expect(await value(database.pool, "SELECT to_regclass('public.t') IS NULL")).toBe(true);
    await database.drop();
  });

  const endless = "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)";

  /** Starts a run on tables that SQLite would read for ever, and waits until a process is at it. */
  async function reading(space: ReturnType<typeof workspace>): Promise<ReturnType<typeof startRowhaul>> {
    const running = startRowhaul(["run", "pipeline.yaml", "--env", "development"], { cwd: space.folder });
    await running.until(/✔ snapshot/);
    await sleep(1_000);
    return running;
  }

  it("ends a condition, and a view, that SQLite would be at for ever; so does the end of the downtime", async () => {
    const database = await freshDatabase();
    const rows = "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)";
    const conditioned = workspace();
    conditioned.sqlite(rows);
    conditioned.pipeline(
      database.url,
      `tables: { t: { where: "id < ${endless}" } }`,
      "environments: { development: {} }",
    );
    const viewed = workspace();
    viewed.sqlite(`${rows}; CREATE VIEW v AS SELECT id FROM t WHERE id < ${endless}`);
    viewed.pipeline(database.url, "environments: { development: {} }");
    for (const space of [conditioned, viewed]) {
      const running = await reading(space);
      const at = Date.now();
      running.kill("SIGINT");
      const { exit, stderr } = await running.ended;
      expect([exit, Date.now() - at < limitMs, stderr]).toEqual([130, true, expect.stringContaining("INTERRUPTED")]);
    }
    viewed.pipeline(database.url, "environments: { development: { maxDowntime: 3s } }");
    const { exit, stderr } = await (await reading(viewed)).ended;
    expect([exit, stderr]).toEqual([2, expect.stringContaining("DOWNTIME_EXCEEDED")]);
    await database.drop();
  });
});
