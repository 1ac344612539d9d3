/**
 * The lease: one run per target schema. A row with an owner, an expiry and a
 * fencing token that every checkpoint transaction checks, because session locks
 * do not survive a pooler. An owner that died on this machine is replaced at once.
 */
import { RowhaulError } from "../../../core/messages/errors.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { qualified } from "../../../core/quote.ts";
import { endBackends, labelOf } from "../../../postgres/backends.ts";
import { ask } from "../../../postgres/begin.ts";
import { asking } from "../../../postgres/errors.ts";
import { type Client, inTransaction, type Pool } from "../../../postgres/transaction.ts";
import { hasDied, processText, readProcessText, thisProcess } from "../../../system/process.ts";
import { stateExists } from "./upgrade.ts";

export type Lease = { readonly state: string; readonly schema: string; readonly token: string };

/** What the work of a session is given. */
export type Hold = { readonly pool: Pool; readonly lease: Lease; readonly run: string; readonly plan: Plan };

const seconds = 60;
const heartbeatMs = 5_000;

/** Who has the lease, and for how many seconds. */
type Holding = { readonly run_id: string; readonly owner: string; readonly live: boolean; readonly left: number };
const holding =
  "run_id, owner, expires > clock_timestamp() AS live, ceil(extract(epoch FROM expires - clock_timestamp()))::int AS left";

/**
 * What a dead holder's backends have locked, the lease's own row with it, would stay locked until the server notices.
 * Whoever takes the lease in between is alive, and has another token. Throws RUN_IN_PROGRESS: who is at work may have the
 * row, too, and is not waited for.
 */
async function endOrphans(pool: Pool, state: string, schema: string, run: string): Promise<void> {
  const held = await asking("looking at the lease", async () => {
    const { rows } = await ask<Holding & { token: string }>(
      pool,
      `SELECT ${holding}, token::text AS token FROM ${qualified(state, "leases")} WHERE target_schema = $1`,
      [schema],
    );
    return rows[0];
  });
  if (held === undefined) return;
  if (held.live && !hasDied(held.owner)) throw inProgress(schema, held, run);
  await asking("ending what a dead run left on the server", () =>
    endBackends(pool, labelOf([state, schema], held.token)),
  );
}

/** Throws RUN_IN_PROGRESS, naming the holder. */
export async function acquireLease(pool: Pool, state: string, schema: string, run: string): Promise<Lease> {
  const table = qualified(state, "leases");
  const owner = processText(thisProcess());
  await endOrphans(pool, state, schema, run);
  let token = "";
  const take = async (client: Client): Promise<Lease> => {
    // Tokens count from the clock, so that none comes again after a lease was released and its row removed.
    await client.query(
      `INSERT INTO ${table} (target_schema, run_id, owner, token, heartbeat, expires) VALUES ($1, '', '', (extract(epoch FROM clock_timestamp()) * 1000)::bigint, now(), now() - interval '1 second') ON CONFLICT DO NOTHING`,
      [schema],
    );
    const { rows } = await client.query<Holding>(
      `SELECT ${holding} FROM ${table} WHERE target_schema = $1 FOR UPDATE`,
      [schema],
    );
    const [held] = rows;
    if (held === undefined) throw new Error("A lease that is not there");
    if (held.live && !hasDied(held.owner)) {
      throw inProgress(schema, held, run);
    }
    const taken = await client.query(
      `UPDATE ${table} SET run_id = $2, owner = $3, token = token + 1, heartbeat = clock_timestamp(), expires = clock_timestamp() + make_interval(secs => $4) WHERE target_schema = $1 RETURNING token`,
      [schema, run, owner, seconds],
    );
    token = String(taken.rows[0].token);
    return { state, schema, token };
  };
  return inTransaction(pool, "taking the lease", take, {
    witness: async (client) => {
      const { rows } = await client.query(`SELECT token::text AS token FROM ${table} WHERE target_schema = $1`, [
        schema,
      ]);
      return rows[0]?.token === token;
    },
  });
}

/** Throws RUN_IN_PROGRESS while another live run holds the schema; changes nothing. */
export async function checkLease(pool: Pool, state: string, schema: string, run: string | null): Promise<void> {
  if (!(await stateExists(pool, state))) return;
  const { rows } = await ask(
    pool,
    `SELECT run_id, owner, ceil(extract(epoch FROM expires - clock_timestamp()))::int AS left FROM ${qualified(state, "leases")} WHERE target_schema = $1 AND expires > clock_timestamp()`,
    [schema],
  );
  const held = rows[0] as { run_id: string; owner: string; left: number } | undefined;
  if (held === undefined || hasDied(held.owner)) return;
  throw inProgress(schema, held, run);
}

/** Renews the lease until the returned function is called. `onLost` is called once if another process took over. */
export function keepLease(pool: Pool, lease: Lease, onLost: (error: RowhaulError) => void): () => void {
  let stopped = false;
  const table = qualified(lease.state, "leases");
  const beat = async (): Promise<void> => {
    // A checkpoint's fence may have the row: it is ours then, and waiting would keep cancellations from being sent.
    const { rows } = await ask<{ ours: boolean }>(
      pool,
      `WITH free AS (SELECT FROM ${table} WHERE target_schema = $1 AND token = $2 FOR UPDATE SKIP LOCKED),
            beat AS (UPDATE ${table} SET heartbeat = clock_timestamp(), expires = clock_timestamp() + make_interval(secs => $3)
                      WHERE target_schema = $1 AND token = $2 AND EXISTS (SELECT FROM free))
       SELECT EXISTS (SELECT FROM ${table} WHERE target_schema = $1 AND token = $2) AS ours`,
      [lease.schema, lease.token, seconds],
      "read-write",
    );
    if (rows[0]?.ours === false && !stopped) onLost(lost(lease));
  };
  const timer = setInterval(() => {
    // A beat that fails is not yet a loss: the work itself meets the broken connection.
    beat().catch(() => {});
  }, heartbeatMs);
  timer.unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

/**
 * Its work must have ended. A connection of it that broke may have left a backend that holds locks until the server
 * notices; nobody would know it any more once the lease is given back.
 */
export async function releaseLease(pool: Pool, lease: Lease): Promise<void> {
  await endBackends(pool, labelOf([lease.state, lease.schema], lease.token));
  await ask(
    pool,
    `DELETE FROM ${qualified(lease.state, "leases")} WHERE target_schema = $1 AND token = $2`,
    [lease.schema, lease.token],
    "read-write",
  );
}

/** To be called last in a transaction: it commits only while the lease is still ours. */
export async function fence(client: Client, lease: Lease): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM ${qualified(lease.state, "leases")} WHERE target_schema = $1 AND token = $2 FOR SHARE`,
    [lease.schema, lease.token],
  );
  if (rowCount === 0) throw lost(lease);
}

function inProgress(
  schema: string,
  held: { run_id: string; owner: string; left: number },
  run: string | null,
): RowhaulError {
  const same = held.run_id === run ? "This run" : `Run ${held.run_id}`;
  const holder = readProcessText(held.owner);
  const where = holder === null ? held.owner : `${holder.host}:${holder.pid}`;
  return new RowhaulError(
    "RUN_IN_PROGRESS",
    `${same} is at work on schema ${schema} (${where}); without a sign of life its hold ends in ${held.left} s.`,
  );
}

function lost(lease: Lease): RowhaulError {
  return new RowhaulError("LEASE_LOST", `Another process took over the work on schema ${lease.schema}.`);
}
