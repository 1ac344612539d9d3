/** The state's version: made, upgraded, refused, and left alone where it is right. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunRow } from "../../../../src/core/session.ts";
import { cleanRun } from "../../../../src/targets/postgres/state/clean.ts";
import { tables } from "../../../../src/targets/postgres/state/migrations/001-tables.ts";
import type { Migration } from "../../../../src/targets/postgres/state/migrations/migration.ts";
import { migrations } from "../../../../src/targets/postgres/state/migrations/registry.ts";
import { insertRun, readRun } from "../../../../src/targets/postgres/state/state.ts";
import { ensureState, stateExists } from "../../../../src/targets/postgres/state/upgrade.ts";
import { freshDatabase, type TestDatabase } from "../../../support/database.ts";
import { codeOf, errorOf } from "../../../support/scratch-database.ts";

const state = "rowhaul";
const row: Omit<RunRow, "createdAt"> = {
  run: "r1",
  pipeline: "app",
  schema: "public",
  staging: "rowhaul_staging_r1",
  aside: null,
  plan: "digest",
  status: "loading",
};

/** As a later version might add it: fails when it is applied twice. */
const second: Migration = { version: 2, sql: (t) => `ALTER TABLE ${t("runs")} ADD COLUMN host text DEFAULT 'here'` };
const later = [...migrations, second];

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const ask = async (sql: string, values: readonly unknown[] = []): Promise<unknown[]> =>
  (await database.pool.query({ text: sql, values: [...values], rowMode: "array" })).rows;
const versions = async (): Promise<unknown[]> =>
  (await ask(`SELECT version FROM ${state}.rowhaul_migrations ORDER BY 1`)).flat();
const relations = async (): Promise<unknown[]> =>
  (
    await ask(
      `SELECT relname || '.' || attname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
        WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' ORDER BY relname, attnum`,
      [state],
    )
  ).flat();

/** As a rowhaul left it that knew of no versions, with a run in it. */
async function unnumbered(): Promise<void> {
  await database.pool.query(`CREATE SCHEMA ${state}; ${tables.sql((name) => `${state}.${name}`)}`);
  await database.pool.query(`COMMENT ON SCHEMA ${state} IS 'Made by rowhaul for the state of its runs.'`);
  await put();
}

async function put(): Promise<void> {
  const client = await database.pool.connect();
  await insertRun(client, state, row);
  client.release();
}

/** A pool of an account that may use the tables, and make nothing. */
async function asUser(work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const role = `user_${randomBytes(4).toString("hex")}`;
  await database.pool.query(
    `CREATE ROLE ${role} LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA ${state} TO ${role};
     GRANT SELECT, INSERT, UPDATE, DELETE ON ${["runs", "leases", "checkpoints", "ledger", "quarantine"].map((name) => `${state}.${name}`).join(", ")} TO ${role}`,
  );
  const url = new URL(database.url);
  url.username = role;
  url.password = "p";
  const pool = new pg.Pool({ connectionString: url.href });
  try {
    await work(pool);
  } finally {
    await pool.end();
    await database.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
}

describe("a state that is not there", () => {
  it("is made with its version", async () => {
    await ensureState(database.pool, state);
    expect(await versions()).toEqual([1]);
    await put();
    expect(await readRun(database.pool, state, "r1")).toMatchObject(row);
  });

  it("is not made by whoever only looks", async () => {
    expect(await stateExists(database.pool, state)).toBe(false);
    expect(await readRun(database.pool, state, "r1")).toBeNull();
    expect(await relations()).toEqual([]);
    expect(await ask("SELECT 1 FROM pg_namespace WHERE nspname = $1", [state])).toEqual([]);
  });

  it("is made once by four programs at once", async () => {
    await Promise.all([1, 2, 3, 4].map(() => ensureState(database.pool, state, later)));
    expect(await versions()).toEqual([1, 2]);
  });

  it("goes away with its last run, version and all", async () => {
    await ensureState(database.pool, state);
    await put();
    expect(await cleanRun(database.pool, state, "r1")).toEqual(["state of run r1", `schema ${state}`]);
    expect(await ask("SELECT 1 FROM pg_namespace WHERE nspname = $1", [state])).toEqual([]);
  });
});

describe("a state from before there were versions", () => {
  it("is numbered, and keeps what is in it", async () => {
    await unnumbered();
    expect(await readRun(database.pool, state, "r1")).toMatchObject(row);
    expect((await relations()).filter((name) => String(name).startsWith("rowhaul_"))).toEqual([]);
    await ensureState(database.pool, state);
    expect(await versions()).toEqual([1]);
    expect(await readRun(database.pool, state, "r1")).toMatchObject(row);
  });

  it("can be cleaned away as it is", async () => {
    await unnumbered();
    expect(await cleanRun(database.pool, state, "r1")).toEqual(["state of run r1", `schema ${state}`]);
  });

  it("comes to a later version by the migrations that it lacks", async () => {
    await unnumbered();
    await ensureState(database.pool, state, later);
    expect(await versions()).toEqual([1, 2]);
    expect(await ask(`SELECT run_id, host FROM ${state}.runs`)).toEqual([["r1", "here"]]);
  });

  it("whose tables an old rowhaul has removed since, but not the number, is made anew", async () => {
    await ensureState(database.pool, state, later);
    await database.pool.query(
      `DROP TABLE ${["runs", "leases", "checkpoints", "ledger", "quarantine"].map((name) => `${state}.${name}`).join(", ")}`,
    );
    expect(await stateExists(database.pool, state, later)).toBe(false);
    await ensureState(database.pool, state, later);
    expect(await versions()).toEqual([1, 2]);
    await put();
    expect(await ask(`SELECT host FROM ${state}.runs`)).toEqual([["here"]]);
  });
});

describe("an account that may not create in the schema", () => {
  it("works with a current state", async () => {
    await ensureState(database.pool, state);
    await asUser(async (pool) => {
      await ensureState(pool, state);
      expect(await stateExists(pool, state)).toBe(true);
    });
  });

  it("works with one from before there were versions, which has the tables of the first", async () => {
    await unnumbered();
    await asUser(async (pool) => {
      await ensureState(pool, state);
      expect(await readRun(pool, state, "r1")).toMatchObject(row);
    });
    expect(await ask("SELECT to_regclass($1)", [`${state}.rowhaul_migrations`])).toEqual([[null]]);
  });

  it("may read the version of one that its owner upgrades", async () => {
    await unnumbered();
    await asUser(async (pool) => {
      await ensureState(database.pool, state);
      expect(await readRun(pool, state, "r1")).toMatchObject(row);
    });
  });

  it("is told which right an upgrade needs", async () => {
    await ensureState(database.pool, state);
    await asUser(async (pool) => {
      const error = await errorOf(() => ensureState(pool, state, later));
      expect(error.code).toBe("TARGET_PERMISSION");
      expect(error.message).toContain(`While upgrading the state in schema ${state}: permission denied`);
    });
    expect(await versions()).toEqual([1]);
  });
});

describe("an upgrade", () => {
  it("is also made for whoever only reads an older state", async () => {
    await ensureState(database.pool, state);
    expect(await stateExists(database.pool, state, later)).toBe(true);
    expect(await versions()).toEqual([1, 2]);
  });

  it("that fails half way leaves the old state as it was, and usable", async () => {
    await unnumbered();
    const before = await relations();
    const failing: Migration = {
      version: 3,
      sql: (t) => `ALTER TABLE ${t("runs")} ADD COLUMN more text; ALTER TABLE ${t("nowhere")} ADD COLUMN more text`,
    };
    expect(await codeOf(() => ensureState(database.pool, state, [...later, failing]))).toBe("TARGET_REFUSED");
    expect(await relations()).toEqual(before);
    expect(await readRun(database.pool, state, "r1")).toMatchObject(row);
    await ensureState(database.pool, state, later);
    expect(await versions()).toEqual([1, 2]);
  });

  it("whose connection ends half way leaves the old state as it was, and usable", async () => {
    await unnumbered();
    const before = await relations();
    const ending: Migration = { version: 3, sql: () => "SELECT pg_terminate_backend(pg_backend_pid())" };
    expect(await codeOf(() => ensureState(database.pool, state, [...later, ending]))).toBe("CONNECTION_LOST");
    expect(await relations()).toEqual(before);
    expect(await readRun(database.pool, state, "r1")).toMatchObject(row);
  });

  it("is made once by two programs at once: the second waits, and finds it done", async () => {
    await unnumbered();
    const slow: Migration = { version: 3, sql: (t) => `SELECT pg_sleep(0.3); CREATE TABLE ${t("more")} (a int)` };
    await Promise.all([1, 2, 3].map(() => ensureState(database.pool, state, [...later, slow])));
    expect(await versions()).toEqual([1, 2, 3]);
    expect(await ask(`SELECT run_id, host FROM ${state}.runs`)).toEqual([["r1", "here"]]);
  });
});

it("a state of a newer rowhaul is refused by name, and left as it is", async () => {
  await ensureState(database.pool, state, later);
  await put();
  const before = await relations();
  for (const work of [
    () => ensureState(database.pool, state),
    () => stateExists(database.pool, state),
    () => cleanRun(database.pool, state, "r1"),
  ]) {
    const error = await errorOf(work);
    expect([error.code, error.message]).toEqual([
      "STATE_NEWER",
      "Schema rowhaul of the target has version 2 of the state of runs; this rowhaul knows only up to version 1.",
    ]);
    expect(error.hint).toBe(
      "Install the newer rowhaul, then run the same command again; or remove the runs with it: `rowhaul clean <pipeline>`.",
    );
  }
  expect(await relations()).toEqual(before);
  expect(await versions()).toEqual([1, 2]);
  expect(await ask(`SELECT run_id, status FROM ${state}.runs`)).toEqual([["r1", "loading"]]);
});

it("migrations are numbered from 1, without a gap", () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
});
