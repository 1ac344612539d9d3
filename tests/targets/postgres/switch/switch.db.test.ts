/** From staging to the schema and back, what stands in the way, and cleaning up. */
import { afterEach, describe, expect, it } from "vitest";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import type { Target } from "../../../../src/core/ports.ts";
import type { Session } from "../../../../src/core/session.ts";
import type { SchemaSettings } from "../../../../src/core/settings.ts";
import { postgresTarget } from "../../../../src/targets/postgres/target.ts";
import { freshDatabase, type TestDatabase } from "../../../support/database.ts";
import { never } from "../../../support/never.ts";
import { codeOf, errorOf } from "../../../support/scratch-database.ts";
import { runRow, smallPlan, targetSettings, wholeTable } from "../plans.ts";
import { switchNow } from "./switching.ts";

type Scene = {
  db: TestDatabase;
  target: Target;
  plan: Plan;
  session: Session;
  released: boolean;
  loaded(): Promise<void>;
};
const run = "run-1";
let scene: Scene | null = null;

/** A database, a target into it, and a session lease. */
async function begin(
  options: {
    aside?: boolean;
    settings?: Partial<SchemaSettings>;
    plan?: Partial<Plan["target"]>;
    before?: string;
  } = {},
): Promise<Scene> {
  const db = await freshDatabase();
  if (options.before !== undefined) await db.pool.query(options.before);
  const aside = options.aside === true ? "rowhaul_aside_1" : null;
  const settings = {
    ...targetSettings,
    existing: options.aside === true ? ("keep-aside" as const) : ("refuse" as const),
    ...options.settings,
  };
  const { target } = postgresTarget(settings, db.url, 2);
  const plan = smallPlan({ schema: settings.schema, aside, ...options.plan });
  const session = await target.acquire(run, plan, never);
  scene = {
    db,
    target,
    plan,
    session: {
      ...session,
      async release() {
        if (scene !== null) scene.released = true;
        await session.release();
      },
    },
    released: false,
    async loaded() {
      await session.create(runRow(run, plan), []);
      await db.pool.query("INSERT INTO rowhaul_staging_1.items(v) VALUES ('one'), ('two')");
      for (const step of plan.tables.flatMap((table) => table.finish))
        await session.finish({ id: step.id, sql: step.sql, doing: "finishing" }, never);
      for (const view of plan.views)
        await session.finish({ id: view.source, sql: view.sql, doing: "finishing" }, never);
    },
  };
  return scene;
}

afterEach(async () => {
  if (scene?.released === false) await scene.session.release();
  await scene?.target.close();
  await scene?.db.drop();
  scene = null;
});

async function relations(db: TestDatabase): Promise<Record<string, string[]>> {
  const { rows } = await db.pool.query(
    `SELECT n.nspname AS schema, array_agg(c.relname::text ORDER BY c.relname) AS names FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid
      WHERE n.nspname !~ '^(pg_|information_schema|rowhaul$)' GROUP BY 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.schema, row.names.filter((name: string | null) => name !== null)]));
}

const ours = ["all_items", "items", "items_id_seq", "items_pkey"];
const seeded =
  "CREATE TABLE items (id serial PRIMARY KEY, note text); INSERT INTO items(note) VALUES ('old'); CREATE VIEW all_items AS SELECT note FROM items";

describe("the switch", () => {
  it("moves every relation, and back again", async () => {
    const { db, target, session, loaded } = await begin();
    await loaded();
    expect(await relations(db)).toEqual({ public: [], rowhaul_staging_1: ours });
    await switchNow(session);
    expect(await relations(db)).toEqual({ public: ours });
    expect((await db.pool.query("SELECT v FROM all_items ORDER BY id")).rows).toEqual([{ v: "one" }, { v: "two" }]);
    expect((await target.runs.read(run))?.status).toBe("switched");
    await session.switchBack({ discardNewWrites: false, status: "rolled back", signal: never });
    expect(await relations(db)).toEqual({ public: [], rowhaul_staging_1: ours });
    expect((await target.runs.read(run))?.status).toBe("rolled back");
    // Once more is nothing.
    await session.switchBack({ discardNewWrites: false, status: "validated", signal: never });
    expect((await target.runs.read(run))?.status).toBe("rolled back");
  });

  it("makes the schema when it is not there", async () => {
    const { db, session, loaded } = await begin({ settings: { schema: "New Home" } });
    await loaded();
    await switchNow(session);
    expect((await relations(db))["New Home"]).toEqual(ours);
  });

  it("gives owner, grants and row security", async () => {
    const db = await freshDatabase();
    const role = `role_${process.pid}`;
    await db.pool.query(
      `CREATE ROLE ${role}_owner; CREATE ROLE "${role} reader"; GRANT CREATE ON SCHEMA public TO ${role}_owner`,
    );
    try {
      const { pool } = db;
      const { target } = postgresTarget(targetSettings, db.url, 2);
      const plan = smallPlan({
        owner: `${role}_owner`,
        rowSecurity: true,
        grants: [
          { privileges: ["select", "insert"], to: `${role} reader` },
          { privileges: ["select"], to: "public" },
        ],
      });
      const session = await target.acquire(run, plan, never);
      await session.create(runRow(run, plan), []);
      for (const view of plan.views)
        await session.finish({ id: view.source, sql: view.sql, doing: "finishing" }, never);
      await switchNow(session);
      const { rows } = await pool.query(
        `SELECT relname, pg_get_userbyid(relowner) AS owner, relrowsecurity AS rls, has_table_privilege($1, oid, 'SELECT') AS reads, has_table_privilege($1, oid, 'INSERT') AS inserts
           FROM pg_class WHERE relname IN ('items', 'all_items') ORDER BY 1`,
        [`${role} reader`],
      );
      expect(rows).toEqual([
        { relname: "all_items", owner: `${role}_owner`, rls: false, reads: true, inserts: false },
        { relname: "items", owner: `${role}_owner`, rls: true, reads: true, inserts: true },
      ]);
      await session.release();
      await target.close();
    } finally {
      await db.pool.query(
        `DROP OWNED BY ${role}_owner, "${role} reader" CASCADE; DROP ROLE ${role}_owner, "${role} reader"`,
      );
      await db.drop();
    }
  });

  it("does nothing when another process took over", async () => {
    const { db, session, loaded } = await begin();
    await loaded();
    await db.pool.query("UPDATE rowhaul.leases SET token = token + 1");
    expect(await codeOf(() => switchNow(session))).toBe("LEASE_LOST");
    expect(await relations(db)).toEqual({ public: [], rowhaul_staging_1: ours });
  });
});

describe("going back", () => {
  it.each([
    ["an insert", "INSERT INTO items(v) VALUES ('three')"],
    ["an update", "UPDATE items SET v = 'changed' WHERE v = 'one'"],
    ["an update to the same", "UPDATE items SET v = v WHERE v = 'one'"],
    ["a delete", "DELETE FROM items WHERE v = 'one'"],
    ["a delete and the same row again", "DELETE FROM items WHERE id = 2; INSERT INTO items VALUES (2, 'two')"],
    ["TRUNCATE", "TRUNCATE items"],
  ])("is refused after %s, unless told to", async (_, change) => {
    const { db, session, loaded } = await begin();
    await loaded();
    await switchNow(session);
    await db.pool.query(change);
    const error = await errorOf(() =>
      session.switchBack({ discardNewWrites: false, status: "rolled back", signal: never }),
    );
    expect([error.code, error.message]).toEqual([
      "ROLLBACK_REFUSED",
      "Since the switch, a table of schema public was written to: items.",
    ]);
    expect((await relations(db)).public).toEqual(ours);
    await session.switchBack({ discardNewWrites: true, status: "rolled back", signal: never });
    expect(await relations(db)).toEqual({ public: [], rowhaul_staging_1: ours });
  });

  it.each([
    "VACUUM items",
    "ANALYZE items",
    "VACUUM (FREEZE) items",
    "SELECT * FROM items",
    "CREATE INDEX more ON items(v)",
  ])("is not kept by %s", async (harmless) => {
    const { db, session, loaded } = await begin();
    await loaded();
    await switchNow(session);
    await db.pool.query(harmless);
    await session.switchBack({ discardNewWrites: false, status: "rolled back", signal: never });
    expect((await relations(db)).public).toEqual([]);
  });
});

describe("a target that is not empty", () => {
  it("is refused by default, and named", async () => {
    const { target, plan, session, db, loaded } = await begin({ before: seeded });
    const error = await errorOf(() => target.checkOccupied(plan, ""));
    expect(error.code).toBe("TARGET_OCCUPIED");
    expect(error.message).toMatch(/^Schema public of .* already holds all_items, items\.$/);
    await loaded();
    expect(await codeOf(() => switchNow(session))).toBe("TARGET_OCCUPIED");
    expect((await db.pool.query("SELECT note FROM items")).rows).toEqual([{ note: "old" }]);
  });

  it("does not mind other names", async () => {
    const { target, plan } = await begin({
      before: "CREATE TABLE other (id int); CREATE SCHEMA s; CREATE TABLE s.items (id int)",
    });
    expect(await target.checkOccupied(plan, "")).toEqual({ aside: [], notes: [] });
  });

  it("is kept aside, whole, and comes back", async () => {
    const { db, target, plan, session, loaded } = await begin({ before: seeded, aside: true });
    expect(await target.checkOccupied(plan, "")).toEqual({ aside: ["all_items", "items"], notes: [] });
    await loaded();
    await switchNow(session);
    expect(await relations(db)).toEqual({ public: ours, rowhaul_aside_1: ours });
    expect((await db.pool.query("SELECT note FROM rowhaul_aside_1.all_items")).rows).toEqual([{ note: "old" }]);
    await session.switchBack({ discardNewWrites: false, status: "rolled back", signal: never });
    expect(await relations(db)).toEqual({ public: ours, rowhaul_staging_1: ours });
    expect((await db.pool.query("INSERT INTO items(note) VALUES ('new') RETURNING id")).rows).toEqual([{ id: 2 }]);
    expect((await db.pool.query("SELECT note FROM all_items ORDER BY 1")).rows).toEqual([
      { note: "new" },
      { note: "old" },
    ]);
  });

  it.each([
    ["an index stands for its table", "CREATE TABLE z (id int CONSTRAINT items_pkey PRIMARY KEY)", ["z"]],
    ["a sequence", "CREATE SEQUENCE items_id_seq", ["items_id_seq"]],
    [
      "a sequence stands for the table that owns it",
      "CREATE TABLE z (id int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME items_id_seq))",
      ["z"],
    ],
    ["a materialized view", "CREATE MATERIALIZED VIEW items AS SELECT 1 AS one", ["items"]],
    ["a partitioned table", "CREATE TABLE items (id int) PARTITION BY RANGE (id)", ["items"]],
    ["a composite type", "CREATE TYPE items AS (id int)", ["items"]],
  ])("%s", async (_, before, moved) => {
    const { db, target, plan, session, loaded } = await begin({ before, aside: true });
    expect(await target.checkOccupied(plan, "")).toEqual({ aside: moved, notes: [] });
    await loaded();
    await switchNow(session);
    const found = await relations(db);
    expect(found.public).toEqual(ours);
    expect(found.rowhaul_aside_1).toEqual(expect.arrayContaining(moved));
    await session.switchBack({ discardNewWrites: false, status: "rolled back", signal: never });
    expect((await relations(db)).public).toEqual(expect.arrayContaining(moved));
  });

  it.each([
    [
      "a view elsewhere",
      "CREATE TABLE items (id int); CREATE SCHEMA s; CREATE VIEW s.reader AS SELECT * FROM items",
      "s.reader depends on public.items",
    ],
    [
      "a view here under another name",
      "CREATE TABLE items (id int); CREATE VIEW reader AS SELECT * FROM items",
      "public.reader depends on public.items",
    ],
    [
      "a foreign key",
      "CREATE TABLE items (id int PRIMARY KEY); CREATE TABLE child (item int CONSTRAINT up REFERENCES items)",
      "foreign key up of public.child depends on public.items",
    ],
  ])("cannot be kept aside because of %s", async (_, before, message) => {
    const { db, target, plan, session, loaded } = await begin({ before, aside: true });
    const error = await errorOf(() => target.checkOccupied(plan, ""));
    expect([error.code, error.message]).toEqual([
      "TARGET_ASIDE_BLOCKED",
      `What stands in schema public cannot be kept aside: ${message}.`,
    ]);
    await loaded();
    const then = await relations(db);
    expect(await codeOf(() => switchNow(session))).toBe("TARGET_ASIDE_BLOCKED");
    expect(await relations(db)).toEqual(then);
  });

  it("cannot be kept aside when a type bears the name", async () => {
    const { target, plan } = await begin({ before: "CREATE TYPE items AS ENUM ('a')", aside: true });
    expect((await errorOf(() => target.checkOccupied(plan, ""))).message).toBe(
      "Types of the schema public bear names that tables will have: items.",
    );
  });
});

describe("cleaning up", () => {
  it("removes what the run made, and nothing else", async () => {
    const { db, target, session, loaded } = await begin({
      before: `${seeded}; CREATE TABLE mine (id int)`,
      aside: true,
    });
    await loaded();
    await switchNow(session);
    await session.release();
    expect(await target.runs.clean(run)).toEqual(["schema rowhaul_aside_1", `state of run ${run}`, "schema rowhaul"]);
    expect(await relations(db)).toEqual({ public: [...ours, "mine"].sort() });
    expect(await target.runs.clean(run)).toEqual([]);
  });

  it("keeps the state while another run has some", async () => {
    const { db, target, session, loaded } = await begin();
    await loaded();
    await db.pool.query(
      "INSERT INTO rowhaul.runs SELECT 'run-0', pipeline, target_schema, staging || '0', aside, plan_digest, status FROM rowhaul.runs",
    );
    await session.release();
    expect(await target.runs.clean(run)).toEqual(["schema rowhaul_staging_1", `state of run ${run}`]);
    expect((await target.runs.read("run-0"))?.staging).toBe("rowhaul_staging_10");
  });

  it("leaves a state schema that was there before, and whatever else is in one of its own", async () => {
    const { db, target, session, loaded } = await begin({
      settings: { state: "public" },
      before: "CREATE TABLE mine (id int)",
    });
    await loaded();
    await session.release();
    expect(await target.runs.clean(run)).toEqual([
      "schema rowhaul_staging_1",
      `state of run ${run}`,
      "rowhaul's tables in schema public",
    ]);
    expect(await relations(db)).toEqual({ public: ["mine"] });
  });

  it("leaves what somebody put into the state schema", async () => {
    const { db, target, session, loaded } = await begin();
    await loaded();
    await db.pool.query("CREATE TABLE rowhaul.mine (id int)");
    await session.release();
    expect((await target.runs.clean(run)).at(-1)).toBe("rowhaul's tables in schema rowhaul");
    expect(
      (
        await db.pool.query(
          "SELECT to_regclass('rowhaul.mine') IS NOT NULL AS there, to_regclass('rowhaul.runs') IS NULL AS gone",
        )
      ).rows,
    ).toEqual([{ there: true, gone: true }]);
  });

  it("does not take along what others built on what was kept aside", async () => {
    const { db, target, session, loaded } = await begin({ before: seeded, aside: true });
    await loaded();
    await switchNow(session);
    await db.pool.query("CREATE VIEW compared AS SELECT * FROM rowhaul_aside_1.items");
    await session.release();
    const error = await errorOf(() => target.runs.clean(run));
    expect([error.code, error.message]).toEqual([
      "TARGET_ASIDE_BLOCKED",
      "Schema rowhaul_aside_1 cannot be removed: public.compared depends on it.",
    ]);
    expect((await db.pool.query("SELECT note FROM compared")).rows).toEqual([{ note: "old" }]);
    expect((await target.runs.read(run))?.status).toBe("switched");
  });
});

describe("the state of runs", () => {
  it("gives the ledger back, counted", async () => {
    const { target, plan, session, loaded } = await begin();
    await loaded();
    const entries = [1, 2, 3].map((id) => ({
      table: "items",
      key: `id=${id}`,
      column: "v",
      before: `integer ${id}`,
      after: id === 1 ? null : "x",
      rule: "MIXED_CLASSES:null",
    }));
    const rows = [
      { table: "items", key: "id=9", row: { id: "integer 9", v: 'text "\\u0000"' }, rule: "NUL_IN_TEXT:quarantine" },
    ];
    const [table] = plan.tables;
    if (table === undefined) throw new Error("no table");
    const part = {
      table,
      part: wholeTable,
      snapshot: "",
      batches: [],
      ledger: entries,
      quarantine: rows,
      positions: [],
    };
    await session.loadUnit("items", [part], {
      progress() {},
      signal: new AbortController().signal,
    });
    expect(await target.runs.ledger(run, 2)).toEqual({
      ledger: entries.slice(0, 2),
      quarantine: rows,
      changed: 3,
      quarantined: 1,
    });
    expect(await target.runs.read("no such run")).toBeNull();
  });

  it("is made once by two who come together", async () => {
    const { db } = await begin();
    const targets = [0, 1, 2].map(
      (i) => postgresTarget({ ...targetSettings, state: "together", schema: `s${i}` }, db.url, 2).target,
    );
    const session = await Promise.all(targets.map((target) => target.acquire("run-2", smallPlan(), never)));
    for (const one of session) await one.release();
    for (const target of targets) await target.close();
  });
});
