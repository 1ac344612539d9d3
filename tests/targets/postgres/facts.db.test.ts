/** What preflight is told of a target, and how a target that cannot be used says so. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../../../src/postgres/pool.ts";
import { parseTarget } from "../../../src/postgres/url.ts";
import { finishStep } from "../../../src/targets/postgres/load/staging.ts";
import { sweepStaging } from "../../../src/targets/postgres/state/sweep.ts";
import { postgresTarget } from "../../../src/targets/postgres/target.ts";
import { freshDatabase, type TestDatabase } from "../../support/database.ts";
import { never } from "../../support/never.ts";
import { errorOf } from "../../support/scratch-database.ts";
import { smallPlan, targetSettings } from "./plans.ts";

const role = `weak_${process.pid}`;
const password = "h@rd to:guess/";
let db: TestDatabase;

beforeAll(async () => {
  db = await freshDatabase();
  await db.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'; CREATE SCHEMA closed`);
});
afterAll(async () => {
  await db.pool.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  await db.drop();
});

function url(changes: Partial<{ username: string; password: string; pathname: string; port: string }>): string {
  return Object.assign(new URL(db.url), changes).href;
}

async function failure(text: string, schema = "public") {
  const { target } = postgresTarget({ ...targetSettings, schema }, text, 2);
  try {
    return await errorOf(async () => target.check(await target.facts()));
  } finally {
    await target.close();
  }
}

describe("a target", () => {
  it("is described", async () => {
    const { target } = postgresTarget(targetSettings, db.url, 2);
    const facts = await target.facts();
    expect(facts).toEqual({
      version: 18,
      encoding: "UTF8",
      role: decodeURIComponent(new URL(db.url).username),
      database: new URL(db.url).pathname.slice(1),
      mayCreateSchema: true,
      schemaExists: true,
      mayCreateInSchema: true,
      standby: false,
      unsafe: [],
      apiRoles: [],
      binaryOrder: true,
    });
    target.check(facts);
    expect(target.values["target.port"]).toBe(new URL(db.url).port);
    expect(target.shown).not.toContain(decodeURIComponent(new URL(db.url).password));
    await target.close();
  });

  it("of an older version is refused", async () => {
    const { target } = postgresTarget(targetSettings, db.url, 2);
    const facts = await target.facts();
    const error = await errorOf(() => target.check({ ...facts, version: 13 }));
    expect([error.code, error.message]).toEqual([
      "TARGET_VERSION",
      "The target is PostgreSQL 13; 14 to 18 are supported.",
    ]);
    await target.close();
  });
});

describe("a target that cannot be used", () => {
  it.each([
    [{ standby: true }, "The target server is a standby, on which nothing can be written."],
    [{ unsafe: ["x = y, which hurts"] }, "The role postgres works on the target with x = y, which hurts."],
  ])("is %j", async (more, message) => {
    const { target } = postgresTarget(targetSettings, db.url, 2);
    const facts = await target.facts();
    expect([facts.standby, facts.unsafe]).toEqual([false, []]);
    const error = await errorOf(() => target.check({ ...facts, ...more }));
    expect([error.code, error.exit, error.message]).toEqual(["TARGET_SETTING", 2, message]);
    await target.close();
  });

  it("is not there", async () => {
    const error = await failure(url({ port: "1" }));
    expect([error.code, error.exit]).toEqual(["TARGET_UNREACHABLE", 2]);
    expect(error.message).toMatch(/^While connecting to .*:1\/test_.*ECONNREFUSED/);
  });

  it("refuses the password, which is not repeated", async () => {
    const error = await failure(url({ username: role, password: encodeURIComponent("wrong one") }));
    expect(error.code).toBe("TARGET_AUTH");
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toMatch(/wrong(%20| )one/);
  });

  it("has no such database", async () => {
    const error = await failure(url({ pathname: "/nothing_here" }));
    expect([error.code, error.message.includes("nothing_here")]).toEqual(["TARGET_NO_DATABASE", true]);
  });

  it.each(["SQL_ASCII", "LATIN1"])("has the encoding %s", async (encoding) => {
    const name = `enc_${process.pid}_${encoding.toLowerCase()}`;
    await db.pool.query(
      `CREATE DATABASE ${name} TEMPLATE template0 ENCODING ${encoding} LOCALE_PROVIDER libc LOCALE 'C'`,
    );
    try {
      const error = await failure(url({ pathname: `/${name}` }));
      expect([error.code, error.message]).toEqual([
        "TARGET_ENCODING",
        `The target database ${name} has the encoding ${encoding}, not UTF8.`,
      ]);
    } finally {
      await db.pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });

  it("gives no right to create, until the printed GRANT was run", async () => {
    const text = url({ username: role, password: encodeURIComponent(password) });
    const error = await failure(text, "closed");
    const database = new URL(db.url).pathname.slice(1);
    expect(error.code).toBe("TARGET_PERMISSION");
    expect(error.details).toEqual([
      `GRANT CREATE ON DATABASE "${database}" TO "${role}";`,
      `GRANT CREATE, USAGE ON SCHEMA "closed" TO "${role}";`,
    ]);
    expect(error.hint).toBe(`As the owner, run: ${error.details.join(" ")}`);
    await db.pool.query(error.details.join(" "));
    const { target } = postgresTarget({ ...targetSettings, schema: "closed" }, text, 2);
    target.check(await target.facts());
    const session = await target.acquire("run-1", smallPlan(), never);
    await session.release();
    await target.close();
    await db.pool.query("DROP SCHEMA rowhaul CASCADE");
  });
});

describe("a connection that breaks", () => {
  it("is an error of ours in every question", async () => {
    const { target } = postgresTarget(targetSettings, url({ port: "1" }), 2);
    const pool = openPool(parseTarget(url({ port: "1" })));
    const lease = { state: "rowhaul", schema: "public", token: "1" };
    const hold = { pool, lease, run: "r", plan: smallPlan() };
    const questions: (() => Promise<unknown>)[] = [
      () => target.facts(),
      () => target.probe({ setup: [], trials: [] }),
      () => target.runs.read("r"),
      () => target.runs.checkFree("r"),
      () => target.acquire("r", smallPlan(), never),
      () => target.runs.checkpoints("r"),
      () => target.runs.ledger("r", 1),
      () => target.runs.clean("r"),
      () => finishStep(hold, { id: "s", sql: "SELECT 1", doing: "finishing" }, never),
      () => sweepStaging(hold, never),
    ];
    for (const question of questions) expect((await errorOf(question)).code).toBe("TARGET_UNREACHABLE");
    await pool.end();
    await target.close();
  });

  it("in the middle of a transaction is lost, not a crash", async () => {
    const { target, pool } = postgresTarget(targetSettings, db.url, 2);
    const { inTransaction } = await import("../../../src/postgres/transaction.ts");
    const work = inTransaction(pool, "waiting", async (client) => {
      const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
      await db.pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await client.query("SELECT 1");
    });
    await expect(work).rejects.toMatchObject({ code: "CONNECTION_LOST" });
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await target.close();
  });
});

describe("the probe", () => {
  it("tells what PostgreSQL objects to, and leaves nothing", async () => {
    const { target } = postgresTarget(targetSettings, db.url, 2);
    const { objections } = await target.probe({
      setup: ["CREATE SCHEMA trial", "CREATE TABLE trial.t (a int)"],
      trials: [
        { id: "index:good", sql: "CREATE INDEX good ON trial.t (a)" },
        { id: "index:bad", sql: "CREATE INDEX bad ON trial.t (b)" },
        {
          id: "generated:t.x",
          sql: 'ALTER TABLE trial.t ADD COLUMN "rowhaul trial" int GENERATED ALWAYS AS (a + 1) STORED',
        },
        {
          id: "generated:t.y",
          sql: 'ALTER TABLE trial.t ADD COLUMN "rowhaul trial" int GENERATED ALWAYS AS (a + 2) STORED',
        },
        { id: "view:v", sql: "CREATE VIEW trial.v AS SELECT a FROM trial.t" },
        { id: "view:w", sql: "CREATE VIEW trial.w AS SELECT a FROM trial.v" },
      ],
    });
    expect([...objections]).toEqual([["index:bad", 'column "b" does not exist']]);
    expect((await db.pool.query("SELECT to_regnamespace('trial') AS found")).rows).toEqual([{ found: null }]);
    await target.close();
  });
});
