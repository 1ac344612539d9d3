/** What stood in the target moves aside and comes back whole; what a run leaves, and what `clean` removes. */
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relations, schemas, shop, value, workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase, useDatabase } from "../support/database.ts";

const admin = useDatabase();
const reader = `rowhaul_reader_${process.pid}`;
beforeAll(async () => void (await admin.pool.query(`CREATE ROLE ${reader}`)));
afterAll(async () => void (await admin.pool.query(`DROP ROLE ${reader}`)));

type Space = ReturnType<typeof workspace>;

/** Tables of an earlier life under the names that the move wants, with everything a table can have. */
const occupied = `
  CREATE TABLE customers (id serial PRIMARY KEY, old text NOT NULL CHECK (old <> ''), UNIQUE (old));
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE);
  CREATE INDEX orders_customer ON orders (customer) WHERE customer IS NOT NULL;
  CREATE VIEW big_orders AS SELECT o.id, c.old FROM orders o JOIN customers c ON c.id = o.customer;
  CREATE TABLE stays (id int PRIMARY KEY);
  INSERT INTO customers (old) SELECT 'old ' || n FROM generate_series(1, 7) n;
  INSERT INTO orders (customer) SELECT 1 + n % 7 FROM generate_series(1, 20) n;
  COMMENT ON TABLE orders IS 'of old';
  GRANT SELECT ON customers, big_orders TO ${reader};
  GRANT UPDATE (customer) ON orders TO ${reader};`;

/** All that a person could miss: definitions, contents, rights, comments, by name and not by oid. */
async function portrait(database: TestDatabase): Promise<unknown> {
  const parts = await database.pool.query(`SELECT
    (SELECT jsonb_agg(to_jsonb(c) ORDER BY id) FROM customers c) AS customers,
    (SELECT jsonb_agg(to_jsonb(o) ORDER BY id) FROM orders o) AS orders,
    (SELECT jsonb_agg(to_jsonb(b) ORDER BY id) FROM big_orders b) AS view,
    (SELECT jsonb_agg(pg_get_constraintdef(oid) ORDER BY conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS constraints,
    (SELECT jsonb_agg(indexdef ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public') AS indexes,
    (SELECT jsonb_agg(jsonb_build_array(relname, relkind, relacl::text, obj_description(oid, 'pg_class')) ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS relations,
    (SELECT jsonb_agg(jsonb_build_array(attname, attacl::text) ORDER BY attname) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0) AS columns,
    (SELECT jsonb_agg(jsonb_build_array(sequencename, last_value) ORDER BY 1) FROM pg_sequences WHERE schemaname = 'public') AS sequences`);
  return parts.rows[0];
}

async function inOccupied(work: (database: TestDatabase, space: Space) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  space.sqlite(shop);
  space.pipeline(database.url, `target: { kind: postgres, url: "${database.url}", existing: keep-aside }`);
  try {
    await database.pool.query(occupied);
    await work(database, space);
  } finally {
    await database.drop();
  }
}

const cli = (space: Space, ...args: string[]) =>
  rowhaul([args[0] ?? "", "pipeline.yaml", ...args.slice(1)], { cwd: space.folder });

describe.concurrent("existing: keep-aside", () => {
  it("keeps everything, and rollback brings it back with data, indexes, constraints and rights", () =>
    inOccupied(async (database, space) => {
      const before = await portrait(database);
      const run = await cli(space, "run");
      expect(run.stderr).not.toContain("Error");
      expect(run.exit).toBe(0);
      expect(run.stderr).toMatch(/existing objects? will be kept aside in schema rowhaul_aside_/);
      expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
      expect(await relations(database.pool)).toContain("stays");
      const [aside] = (await schemas(database.pool)).filter((name) => name.startsWith("rowhaul_aside_"));
      expect(await value(database.pool, `SELECT count(*)::int FROM ${aside}.orders`)).toBe(20);
      const back = await cli(space, "rollback");
      expect(back.exit).toBe(0);
      expect(await portrait(database)).toEqual(before);
      expect((await schemas(database.pool)).filter((name) => name.startsWith("rowhaul_aside_"))).toEqual([]);
      // and its sequences go on
      expect(await value(database.pool, "INSERT INTO customers (old) VALUES ('next') RETURNING id")).toBe(8);
    }));

  it("keeps what an earlier run brought, run after run, and goes back step by step", () =>
    inOccupied(async (database, space) => {
      const before = await portrait(database);
      expect((await cli(space, "run")).exit).toBe(0);
      space.sqlite("INSERT INTO customers (name) VALUES ('second')");
      expect((await cli(space, "run", "--fresh")).exit).toBe(0);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(41);
      expect((await schemas(database.pool)).filter((name) => name.startsWith("rowhaul_aside_"))).toHaveLength(2);
      const status = await cli(space, "status");
      expect(status.stdout.split("\n").filter((line) => / done /.test(line))).toHaveLength(2);
      expect((await cli(space, "rollback")).exit).toBe(0);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(40);
      expect((await cli(space, "rollback")).exit).toBe(0);
      expect(await portrait(database)).toEqual(before);
    }));

  it("refuses while a table that would be replaced is protected row by row, or was written to since a switch", () =>
    inOccupied(async (database, space) => {
      await database.pool.query("ALTER TABLE orders ENABLE ROW LEVEL SECURITY");
      const guarded = await cli(space, "run");
      expect([guarded.exit, guarded.stderr]).toEqual([2, expect.stringContaining("TARGET_ROW_SECURITY")]);
      await database.pool.query("ALTER TABLE orders DISABLE ROW LEVEL SECURITY");
      expect((await cli(space, "run")).exit).toBe(0);
      await database.pool.query("INSERT INTO customers (name) VALUES ('written by the application')");
      space.sqlite("INSERT INTO customers (name) VALUES ('second')");
      const refused = await cli(space, "run");
      expect([refused.exit, refused.stderr]).toEqual([
        2,
        expect.stringMatching(/TARGET_WRITTEN: Since run \w+ switched, customers/),
      ]);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(41);
      expect((await cli(space, "run", "--discard-new-writes")).exit).toBe(0);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers WHERE name = 'second'")).toBe(1);
    }));

  it("is cleaned away with everything else that rowhaul made, and with nothing else", () =>
    inOccupied(async (database, space) => {
      expect((await cli(space, "run")).exit).toBe(0);
      space.sqlite("INSERT INTO customers (name) VALUES ('second')");
      expect((await cli(space, "run", "--fresh")).exit).toBe(0);
      const back = await cli(space, "rollback");
      expect([back.stderr, back.exit]).toEqual([expect.stringContaining("✔ rollback"), 0]);
      const cleaned = await cli(space, "clean", "--yes");
      expect(cleaned.exit).toBe(0);
      expect(cleaned.stdout).toMatch(/removed schema rowhaul_aside_/);
      expect(cleaned.stdout).toMatch(/removed schema rowhaul_staging_/);
      expect(await schemas(database.pool)).toEqual(["public"]);
      expect(readdirSync(space.folder).sort()).toEqual(["app.db", "pipeline.yaml"]);
      expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
      expect(await value(database.pool, "SELECT count(*)::int FROM customers")).toBe(40);
      const again = await cli(space, "clean", "--yes");
      expect([again.exit, again.stdout]).toEqual([0, "Nothing to remove.\n"]);
      expect(readdirSync(space.folder).sort()).toEqual(["app.db", "pipeline.yaml"]);
    }));

  it("leaves alone what the state schema holds besides", () =>
    inOccupied(async (database, space) => {
      await database.pool.query("CREATE SCHEMA rowhaul; CREATE TABLE rowhaul.mine (id int)");
      expect((await cli(space, "run")).exit).toBe(0);
      expect((await cli(space, "clean", "--yes")).exit).toBe(0);
      expect(await relations(database.pool, "rowhaul")).toEqual(["mine"]);
    }));
});

describe.concurrent("rollback", () => {
  it.each([
    ["an insert", "INSERT INTO customers (name) VALUES ('new')", "customers"],
    ["an update", "UPDATE orders SET note = note WHERE id = 3", "orders"],
    ["a delete", "DELETE FROM orders WHERE id = 200", "orders"],
  ])("is refused after %s, and allowed with --discard-new-writes", (_, sql, table) =>
    inOccupied(async (database, space) => {
      const before = await portrait(database);
      expect((await cli(space, "run")).exit).toBe(0);
      await database.pool.query(sql);
      const refused = await cli(space, "rollback");
      expect(refused.exit).toBe(2);
      expect(refused.stderr).toContain("ROLLBACK_REFUSED");
      expect(refused.stderr).toContain(`written to: ${table}.`);
      expect(refused.stderr).toContain("--discard-new-writes");
      // nothing happened: the run still stands
      expect((await cli(space, "run")).stdout).toContain("nothing to do");
      const forced = await cli(space, "rollback", "--discard-new-writes");
      expect(forced.exit).toBe(0);
      expect(await portrait(database)).toEqual(before);
      // the new rows are kept
      const [staging] = (await schemas(database.pool)).filter((name) => name.startsWith("rowhaul_staging_"));
      expect(await value(database.pool, `SELECT count(*)::int FROM ${staging}.${table}`)).not.toBe(0);
    }),
  );

  it("and run again moves it anew", () =>
    inOccupied(async (database, space) => {
      expect((await cli(space, "run")).exit).toBe(0);
      expect((await cli(space, "rollback")).exit).toBe(0);
      const again = await cli(space, "run");
      expect(again.exit).toBe(0);
      expect(again.stdout).toContain("moved and proven");
      expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
    }));
});
