/** PostgreSQL as a source: what it needs, what it selects, and how it knows that nothing changed. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { SnapshotInfo } from "../../../src/core/ports.ts";
import type { Selected } from "../../../src/sources/postgres/snapshot.ts";
import { freshDatabase, useDatabase } from "../../support/database.ts";
import { codeOf, errorOf, freshPath } from "../../support/scratch-database.ts";
import { differences, move, none, snapshotOf, sourceOf } from "./move.ts";

const shop = `
CREATE TABLE customers (id int PRIMARY KEY, name text);
CREATE TABLE orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), customer int REFERENCES customers, agent int);
CREATE TABLE items (order_id uuid REFERENCES orders, n int, follows int, PRIMARY KEY (order_id, n),
  FOREIGN KEY (order_id, follows) REFERENCES items);
CREATE TABLE agents (id int PRIMARY KEY, head int REFERENCES agents);
CREATE TABLE other (id int PRIMARY KEY);
ALTER TABLE orders ADD FOREIGN KEY (agent) REFERENCES agents;
INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 20) i;
INSERT INTO agents VALUES (1, NULL), (2, 1), (3, 2), (4, 1);
INSERT INTO orders SELECT gen_random_uuid(), 1 + i % 20, 1 + i % 4 FROM generate_series(0, 99) i;
INSERT INTO items SELECT id, n, nullif(n - 1, 0) FROM orders, generate_series(1, 3) n;
INSERT INTO other VALUES (1);
`;

function read(info: SnapshotInfo, sql: string): unknown[] {
  const db = new Database(info.path, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
}

describe("selections", () => {
  const database = useDatabase();
  const taken = async (more: Partial<Selected>): Promise<SnapshotInfo> => {
    const info = await snapshotOf(database.url, more);
    expect(info.proof?.findings).toEqual([]);
    return info;
  };

  it("takes the rows of a condition, and the tables asked for", async () => {
    await database.pool.query(shop);
    const info = await taken({
      tables: (name) => name !== "other",
      where: { orders: "customer IN (SELECT id FROM customers WHERE name LIKE 'c1%') -- unqualified" },
    });
    expect(read(info, "SELECT count(*) FROM orders")).toEqual([[55]]);
    expect(read(info, "SELECT count(*) FROM customers")).toEqual([[20]]);
    expect(read(info, "SELECT name FROM sqlite_schema WHERE name = 'other'")).toEqual([]);
  });

  it("takes a root with what hangs from it and what that points to", async () => {
    const info = await taken({ root: { table: "customers", where: "id = 1", parents: true } });
    expect(read(info, "SELECT id FROM customers")).toEqual([[1]]);
    // Customer 1 has the orders of i = 0, 20 … 80, all of agent 1.
    expect(read(info, "SELECT count(*), min(agent), max(agent) FROM orders")).toEqual([[5, 1, 1]]);
    expect(read(info, "SELECT count(*) FROM items")).toEqual([[15]]);
    expect(read(info, "SELECT id FROM agents")).toEqual([[1]]);
    expect(read(info, "SELECT * FROM other")).toEqual([]);
    const upwards = await taken({ root: { table: "orders", where: "customer = 3", parents: true } });
    // Agent 3 answers to 2, who answers to 1; their other orders stay behind.
    expect(read(upwards, "SELECT id FROM agents ORDER BY id")).toEqual([[1], [2], [3]]);
    expect(read(upwards, "SELECT count(*) FROM orders")).toEqual([[5]]);
    const alone = await taken({ root: { table: "customers", where: "id = 1", parents: false } });
    expect(read(alone, "SELECT id FROM agents")).toEqual([]);
  });

  it("refuses a root that is not selected, and a condition that fails", async () => {
    const root = { table: "nowhere", where: "true", parents: true };
    expect(await codeOf(() => snapshotOf(database.url, { root }))).toBe("PLAN_INVALID");
    expect(await codeOf(() => snapshotOf(database.url, { where: { orders: "nothing = 1" } }))).toBe(
      "SOURCE_UNSUPPORTED",
    );
  });
});

describe("rights", () => {
  const database = useDatabase();
  const as = (role: string): string => {
    const url = new URL(database.url);
    url.username = role;
    url.password = "secret";
    return url.href;
  };

  it("is content to read, and names the GRANT that is missing", async () => {
    const role = `reader_${process.pid}`;
    await database.pool.query(`CREATE TABLE a (id serial PRIMARY KEY, v text); CREATE TABLE b (id int);
      INSERT INTO a (v) VALUES ('x'); CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT SELECT ON a TO ${role}`);
    try {
      const denied = await errorOf(() => sourceOf(as(role)).check());
      expect([denied.code, denied.details]).toEqual([
        "SOURCE_PERMISSION",
        [`GRANT SELECT ON "public"."b" TO "${role}";`],
      ]);
      const position = await errorOf(() => snapshotOf(as(role), { tables: (name) => name === "a" }));
      expect(position.details[0]).toContain("GRANT SELECT ON SEQUENCE public.a_id_seq");
      await database.pool.query(
        `GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role}; GRANT SELECT ON b TO ${role}`,
      );
      const source = sourceOf(as(role));
      expect(await source.check()).toEqual([]);
      expect(() => source.checkLockable()).toThrow(/not lock them/);
      expect(await codeOf(() => source.lock())).toBe("SOURCE_NOT_LOCKABLE");
      const info = await snapshotOf(as(role));
      expect([info.proof?.passed, read(info, "SELECT * FROM a")]).toEqual([true, [[1, "x"]]]);
      // A policy would hide rows without a word.
      await database.pool.query("ALTER TABLE a ENABLE ROW LEVEL SECURITY");
      const hidden = await errorOf(() => snapshotOf(as(role)));
      expect([hidden.code, hidden.hint]).toEqual([
        "SOURCE_PERMISSION",
        "Use a role with BYPASSRLS, or the tables' owner: others would see fewer rows.",
      ]);
    } finally {
      await database.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it("says what is wrong with the connection without the password", async () => {
    const error = await errorOf(() => sourceOf(as("nobody_here")).check());
    expect(error.code).toBe("SOURCE_UNREACHABLE");
    expect(`${error.message}${error.details.join()}`).not.toContain("secret");
    expect(await codeOf(() => sourceOf(database.url, { schema: "nowhere" }).check())).toBe("SOURCE_NOT_FOUND");
    expect(await codeOf(() => sourceOf(database.url, { tables: () => false }).check())).toBe("SOURCE_EMPTY");
  });
});

describe("changes", () => {
  const database = useDatabase();

  it("sees every committed change, and none where there is none", async () => {
    await database.pool.query(`CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
      CREATE TABLE t1 PARTITION OF t DEFAULT; CREATE TABLE elsewhere (v int); INSERT INTO t VALUES (1, 'a'), (2, repeat('x', 100000))`);
    const more = { tables: (name: string) => name === "t" };
    const source = sourceOf(database.url, more);
    let info = await snapshotOf(database.url, more);
    const unchanged = () => source.checkUnchanged(info, none);
    await unchanged();
    expect(await source.fingerprint()).toBe(info.fingerprint);
    await database.pool.query("INSERT INTO elsewhere VALUES (1)");
    await database.pool.query("BEGIN; UPDATE t SET v = 'b'; ROLLBACK");
    await database.pool.query("VACUUM (FREEZE) t1");
    await unchanged();
    for (const change of [
      "INSERT INTO t VALUES (3, NULL)",
      "UPDATE t SET v = v WHERE id = 2",
      "DELETE FROM t WHERE id = 1",
      "ALTER TABLE t ADD COLUMN w int",
      "TRUNCATE t",
    ]) {
      await database.pool.query(change);
      expect([change, await codeOf(unchanged)]).toEqual([change, "SOURCE_CHANGED"]);
      info = await snapshotOf(database.url, more);
      await unchanged();
    }
    expect(await source.verify(info)).toBe(true);
    expect(await source.bytes()).toBeGreaterThan(0);
  });

  it("keeps writers out while it is locked, and lets readers in", async () => {
    const source = sourceOf(database.url);
    const lock = await source.lock();
    await expect(database.pool.query("SET lock_timeout = 50; INSERT INTO elsewhere VALUES (2)")).rejects.toThrow(
      /lock timeout/,
    );
    expect((await database.pool.query("SELECT count(*)::int AS n FROM elsewhere")).rows).toEqual([{ n: 1 }]);
    await lock.release();
    await database.pool.query("RESET lock_timeout; INSERT INTO elsewhere VALUES (2)");
  });

  it("stops when it is told to, and leaves nothing behind", async () => {
    await database.pool.query("CREATE TABLE many AS SELECT i, repeat('x', 200) AS v FROM generate_series(1, 20000) i");
    const path = freshPath("stopped.db");
    const stop = new AbortController();
    const taking = sourceOf(database.url).snapshot(path, () => stop.abort(new Error("enough")), stop.signal);
    await expect(taking).rejects.toThrow("enough");
    expect(() => new Database(path, { readonly: true, fileMustExist: true })).toThrow();
  });
});

describe("names and sizes", () => {
  it("carries wide tables, long values, renamed tables and columns", async () => {
    const source = await freshDatabase();
    const target = await freshDatabase();
    try {
      const columns = Array.from({ length: 600 }, (_, i) => `c${i} text DEFAULT '${i}'`).join(", ");
      await source.pool.query(`CREATE TABLE wide (id int PRIMARY KEY, ${columns}); INSERT INTO wide (id) VALUES (1), (2);
        CREATE TABLE long (id bigint PRIMARY KEY, v text, b bytea, CHECK (length(v) > 0 AND id > 0));
        CREATE INDEX ON long (length(v), id) WHERE v IS NOT NULL;
        INSERT INTO long SELECT i, repeat('é', 2000000), decode(repeat('00ff', 1000000), 'hex') FROM generate_series(1, 3) i;
        CREATE VIEW longer AS SELECT long.id FROM long; CREATE TABLE nothing ()`);
      const long = { as: "Länge", rename: { v: "der Text" } };
      const moved = await move(source.url, target.url, { tables: { long }, switch: true });
      expect(differences(moved)).toEqual([]);
      expect(moved.plan.hazards.map(({ code, at, message }) => [code, at, message])).toEqual([
        ["VIEW_LOST", "longer", "view longer: the pipeline renames or drops columns of long"],
      ]);
      const { rows } = await target.pool.query(
        `SELECT pg_get_constraintdef(oid) AS c FROM pg_constraint WHERE conrelid = '"Länge"'::regclass AND contype = 'c'`,
      );
      expect(rows).toEqual([{ c: 'CHECK (((length("der Text") > 0) AND (id > 0)))' }]);
    } finally {
      await source.drop();
      await target.drop();
    }
  });

  it("refuses names that a snapshot could not tell apart", async () => {
    const source = await freshDatabase();
    try {
      await source.pool.query(`CREATE TABLE t (a int, "A" int)`);
      expect((await errorOf(() => snapshotOf(source.url))).message).toBe(
        'The columns "a" and "A" differ only in case.',
      );
      await source.pool.query(`CREATE TABLE "T" (a int)`);
      expect((await errorOf(() => snapshotOf(source.url))).message).toBe('The tables "T" and "t" differ only in case.');
    } finally {
      await source.drop();
    }
  });
});
