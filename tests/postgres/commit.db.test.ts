/** A COMMIT whose answer is lost: what the server did is what counts, however late. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import type { CommitMark } from "../../src/core/plan/live.ts";
import { openPools, type ServerPool } from "../../src/postgres/pool.ts";
import { inTransaction } from "../../src/postgres/transaction.ts";
import { parseTarget } from "../../src/postgres/url.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type Bouncer, pgbouncer, startBouncer } from "../support/pgbouncer.ts";
import { type FaultyNetwork, type Passage, startProxy } from "../support/proxy.ts";

let db: TestDatabase;
let bouncer: Bouncer | null = null;
let proxy: FaultyNetwork | null = null;
let pools: { work: ServerPool; control: ServerPool } | null = null;

beforeEach(async () => {
  db = await freshDatabase();
  await db.pool.query("CREATE TABLE t (v int)");
});
afterEach(async () => {
  await pools?.work.end();
  await pools?.control.end();
  await proxy?.stop();
  await bouncer?.stop();
  [pools, proxy, bouncer] = [null, null, null];
  await db.drop();
});

/** Inserts a row through a network that meddles with the COMMIT; returns what was thrown, and the rows that are there afterwards. */
async function insert(
  way: string,
  meddle: (passage: Passage) => "pass" | "hold",
): Promise<{ thrown: unknown; rows: number; marks: CommitMark[] }> {
  if (way === "through PgBouncer") bouncer = await startBouncer(db.url, 3);
  proxy = await startProxy(bouncer?.url ?? db.url, (sent, passage) =>
    sent.includes("INSERT") ? meddle(passage) : "pass",
  );
  pools = openPools(parseTarget(proxy.url, {}), 2);
  const marks: CommitMark[] = [];
  const thrown = await inTransaction(
    pools.work,
    "inserting",
    (client) => client.query("INSERT INTO public.t VALUES (1)"),
    {
      witness: async (client) => (await client.query("SELECT FROM public.t WHERE v = 1")).rowCount === 1,
      before: (mark) => marks.push(mark),
    },
  ).then(
    () => null,
    (error: unknown) => error,
  );
  const { rows } = await db.pool.query("SELECT count(*)::int AS n FROM t");
  return { thrown, rows: rows[0].n, marks };
}

const ways = [
  { way: "straight", missing: false },
  { way: "through PgBouncer", missing: pgbouncer === null },
];

for (const { way, missing } of ways)
  describe.skipIf(missing)(way, () => {
    it("carried out at once, its answer lost", async () => {
      const { thrown, rows, marks } = await insert(way, (passage) => {
        setTimeout(() => passage.resetClient(), 0);
        passage.silence();
        setTimeout(() => passage.passOn(), 0);
        return "hold";
      });
      expect([thrown, rows]).toEqual([null, 1]);
      expect(marks).toEqual([
        {
          pid: expect.any(Number),
          started: expect.stringMatching(/^\d{4}-/),
          transaction: expect.stringMatching(/^\d+$/),
        },
      ]);
    });

    it("carried out three seconds after the client was cut off", async () => {
      const { thrown, rows } = await insert(way, (passage) => {
        passage.resetClient();
        setTimeout(() => passage.passOn(), 3_000);
        return "hold";
      });
      expect([thrown, rows]).toEqual([null, 1]);
    });

    it("never carried out, its transaction left open", async () => {
      const { thrown, rows } = await insert(way, (passage) => {
        passage.resetClient();
        return "hold";
      });
      expect(thrown).toBeInstanceOf(RowhaulError);
      expect([(thrown as RowhaulError).code, rows]).toEqual(["CONNECTION_LOST", 0]);
      // It was ended, not only left: nothing can carry it out later.
      await sleep(200);
      const open = await db.pool.query(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
      );
      expect(open.rows).toEqual([]);
    });

    it("never carried out, its transaction gone with the connection", async () => {
      const { thrown, rows } = await insert(way, (passage) => {
        passage.resetClient();
        passage.endServer();
        return "hold";
      });
      expect([(thrown as RowhaulError).code, rows]).toEqual(["CONNECTION_LOST", 0]);
    });
  });

it("an error that the COMMIT itself brings is the one that is reported", async () => {
  await db.pool.query(
    "CREATE TABLE p (id int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT parent FOREIGN KEY (v) REFERENCES p DEFERRABLE INITIALLY DEFERRED",
  );
  const { thrown, rows } = await insert("straight", () => "pass");
  expect([(thrown as RowhaulError).code, rows]).toEqual(["CONSTRAINT_VIOLATED", 0]);
  expect((thrown as RowhaulError).message).toContain('violates foreign key constraint "parent"');
});
