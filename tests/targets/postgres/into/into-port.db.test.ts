/** Through the port: one transaction, whatever happens in it, and nothing else of the schema is touched. */
import { describe, expect, it } from "vitest";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import type { Target } from "../../../../src/core/ports.ts";
import type { Session } from "../../../../src/core/session.ts";
import type { Existing } from "../../../../src/core/settings.ts";
import { checkInto } from "../../../../src/targets/postgres/into/check.ts";
import { postgresTarget } from "../../../../src/targets/postgres/target.ts";
import { freshDatabase, type TestDatabase } from "../../../support/database.ts";
import { never } from "../../../support/never.ts";
import { codeOf, errorOf } from "../../../support/scratch-database.ts";
import { runRow, smallPlan, targetSettings } from "../plans.ts";
import { switchNow } from "../switch/switching.ts";

const run = "run-1";
type Scene = { readonly db: TestDatabase; readonly target: Target; readonly plan: Plan; readonly session: Session };

async function loaded(existing: Existing, live: string, work: (scene: Scene) => Promise<void>): Promise<void> {
  const db = await freshDatabase();
  const { target } = postgresTarget({ ...targetSettings, existing }, db.url, 2);
  const plan = smallPlan({ aside: "rowhaul_aside_1" });
  const taken = await target.acquire(run, plan, never);
  let released = false;
  const release = async (): Promise<void> => {
    if (!released) await taken.release();
    released = true;
  };
  const session = { ...taken, release };
  try {
    await db.pool.query(live);
    await session.create(runRow(run, plan), []);
    await db.pool.query("INSERT INTO rowhaul_staging_1.items(v) VALUES ('one'), ('two')");
    for (const step of plan.tables.flatMap((table) => table.finish))
      await session.finish({ id: step.id, sql: step.sql, doing: "finishing" }, never);
    for (const view of plan.views) await session.finish({ id: view.source, sql: view.sql, doing: "finishing" }, never);
    await work({ db, target, plan, session });
  } finally {
    await session.release();
    await target.close();
    await db.drop();
  }
}

const items = async ({ db }: Scene) => (await db.pool.query("SELECT * FROM items ORDER BY id")).rows;
const there = async ({ db }: Scene, schema: string) =>
  (await db.pool.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema])).rowCount === 1;

describe.concurrent.each(["append", "replace", "merge"] as const)("%s", (existing) => {
  const live = `CREATE TABLE items (v text, id int PRIMARY KEY, more int DEFAULT 3); INSERT INTO items VALUES ('old', ${existing === "append" ? 9 : 2}, 4)`;

  it("does nothing when another process took over in the end", () =>
    loaded(existing, live, async (scene) => {
      const before = await items(scene);
      await scene.db.pool.query("UPDATE rowhaul.leases SET token = token + 1");
      expect(await codeOf(() => switchNow(scene.session))).toBe("LEASE_LOST");
      expect(await items(scene)).toEqual(before);
      expect(await there(scene, "rowhaul_aside_1")).toBe(false);
      expect((await scene.target.runs.read(run))?.status).toBe("loading");
    }));

  it("goes there and back as often as it is asked to", () =>
    loaded(existing, live, async (scene) => {
      const { target, session, plan } = scene;
      const before = await items(scene);
      for (let i = 0; i < 2; i++) {
        expect(await target.checkOccupied(plan, "")).toEqual({ aside: [], notes: [] });
        await switchNow(session);
        expect((await items(scene)).slice(0, 2)).toEqual([
          { v: "one", id: 1, more: 3 },
          { v: "two", id: 2, more: existing === "merge" ? 4 : 3 },
        ]);
        expect(await target.runs.changedSince(run, plan)).toEqual([]);
        await session.switchBack({ discardNewWrites: false, status: "loaded", signal: never });
        expect(await items(scene)).toEqual(before);
        expect(await there(scene, "rowhaul_aside_1")).toBe(false);
        expect(await there(scene, "rowhaul_staging_1")).toBe(true);
      }
      await session.switchBack({ discardNewWrites: false, status: "rolled back", signal: never });
      expect((await target.runs.read(run))?.status).toBe("loaded");
    }));

  it("names what was written since", () =>
    loaded(existing, live, async (scene) => {
      const { target, session, plan, db } = scene;
      await switchNow(session);
      await db.pool.query("UPDATE items SET v = 'written' WHERE id = 1");
      expect(await target.runs.changedSince(run, plan)).toEqual(["items"]);
      const back = { discardNewWrites: false, status: "rolled back" } as const;
      const error = await errorOf(() => session.switchBack({ ...back, signal: never }));
      expect([error.code, error.message]).toEqual([
        "ROLLBACK_REFUSED",
        "Since the switch, a table of schema public was written to: items.",
      ]);
    }));

  it("is cleaned up with its images", () =>
    loaded(existing, live, async (scene) => {
      await switchNow(scene.session);
      await scene.session.release();
      expect(await scene.target.runs.clean(run)).toEqual([
        "schema rowhaul_staging_1",
        ...(existing === "append" ? [] : ["schema rowhaul_aside_1"]),
        `state of run ${run}`,
        "schema rowhaul",
      ]);
      expect((await items(scene)).length).toBe(existing === "append" ? 3 : 2);
    }));
});

describe.concurrent("before anything is loaded", () => {
  it("what is worth knowing is found", () =>
    loaded(
      "merge",
      `CREATE TABLE items (id int PRIMARY KEY, v text); CREATE VIEW all_items AS SELECT 1 AS one;
       CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
       CREATE TRIGGER log AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION f()`,
      async ({ db, plan }) => {
        expect(await checkInto(db.pool, plan, "merge")).toEqual([
          { code: "VIEW_STAYS", at: "all_items", message: "schema public has such a view, which stays as it is" },
        ]);
      },
    ));

  it("policies that hide rows from the user are named", async () => {
    const role = `policed_${process.pid}`;
    await loaded("merge", "CREATE TABLE items (id int PRIMARY KEY, v text)", async ({ db, plan }) => {
      await db.pool.query(
        `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT ALL ON items TO ${role}; ALTER TABLE items ENABLE ROW LEVEL SECURITY`,
      );
      const url = new URL(db.url);
      url.username = role;
      url.password = "x";
      const { target } = postgresTarget({ ...targetSettings, existing: "merge" }, url.href, 2);
      try {
        const error = await errorOf(() => target.checkOccupied(plan, ""));
        expect(error.code).toBe("TARGET_MISMATCH");
        expect(error.message).toContain("row-level security of items hides rows from the target's user");
      } finally {
        await target.close();
        await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }
    });
  });

  it("the rights that are missing are listed", async () => {
    const role = `writer_${process.pid}`;
    await loaded("merge", "CREATE TABLE items (id int PRIMARY KEY, v text)", async ({ db, plan }) => {
      await db.pool.query(
        `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA public TO ${role}; GRANT SELECT, INSERT ON items TO ${role}`,
      );
      const url = new URL(db.url);
      url.username = role;
      url.password = "x";
      const { target } = postgresTarget({ ...targetSettings, existing: "merge" }, url.href, 2);
      try {
        const error = await errorOf(() => target.checkOccupied(plan, ""));
        expect([error.code, error.message]).toEqual(["TARGET_PERMISSION", "The target's user may not write to items."]);
        expect(error.details).toEqual([
          `GRANT CREATE ON SCHEMA "public" TO ${role};`,
          `GRANT UPDATE, DELETE ON "public"."items" TO ${role};`,
        ]);
      } finally {
        await target.close();
        await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }
    });
  });

  it("names that new tables would need are looked for", () =>
    loaded("append", "CREATE TABLE other (id int CONSTRAINT items_pkey PRIMARY KEY)", async ({ target, plan }) => {
      const error = await errorOf(() => target.checkOccupied(plan, ""));
      expect(error.code).toBe("TARGET_MISMATCH");
      expect(error.message).toContain("items would be new, but other bears, or holds an object with, a name");
    }));
});
