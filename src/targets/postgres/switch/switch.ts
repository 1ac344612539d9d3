/**
 * The switch: staging's tables become the schema's, table by table, in one
 * transaction; and the way back. Nothing is dropped but the emptied staging schema.
 */

import { RowhaulError } from "../../../core/messages/errors.ts";
import { switchUnknown } from "../../../core/messages/lost-run.ts";
import { type CommitMark, mappedRule, type PreparedSwitch, skippedRule, targetRules } from "../../../core/plan/live.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import { hasReached, type RunStatus } from "../../../core/run-stages.ts";
import type { SwitchBackOptions } from "../../../core/session.ts";
import { settle } from "../../../postgres/commit.ts";
import { executeAll } from "../../../postgres/many-statements.ts";
import { type Client, inTransaction, type Pool } from "../../../postgres/transaction.ts";
import type { IntoMode, IntoRecord } from "../into/mode.ts";
import { switchBackInto } from "../into/switch-back.ts";
import { fence, type Hold } from "../state/lease.ts";
import { readRun, setStatus } from "../state/state.ts";
import { hasStatus } from "../state/witnesses.ts";
import { grantAll } from "./grants.ts";
import { noteSwitched } from "./note-switched.ts";
import { checkMovable, findOccupants, type Occupant } from "./occupants.ts";
import { plannedNames } from "./planned-names.ts";
import { type Hooks, prepareWritten } from "./prepare-into.ts";
import { tableDigests } from "./table-digests.ts";

/** `into`: staging's rows go into the tables that are there, and staging stays. */
export async function prepareSwitch(hold: Hold, into: IntoMode | null, hooks: Hooks): Promise<PreparedSwitch> {
  const written = into === null ? null : await prepareWritten(hold, into, hooks);
  // Tables that are not read yet were proven in staging; moving them takes a moment.
  return written ?? { commit: (before) => moveSchema(hold, before, hooks.signal), abandon: async () => {} };
}

async function moveSchema(
  { pool, lease, run, plan }: Hold,
  before: (mark: CommitMark) => void,
  signal: AbortSignal,
): Promise<void> {
  const { schema, staging, aside } = plan.target;
  const move = async (client: Client): Promise<void> => {
    const digests = await tableDigests(client, staging, plan);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`);
    const moved = await moveAside(client, plan, schema, aside);
    await moveAll(client, plan, staging, schema);
    await client.query(`DROP SCHEMA ${quoteName(staging)}`);
    await grantAll(client, plan, new Set(moved.map((occupant) => occupant.name)));
    await noteSwitched(client, lease, run, digests, moved);
  };
  const witness = hasStatus(lease.state, run, "switched");
  await inTransaction(pool, `switching schema ${schema}`, move, { signal, witness, before });
}

/** The inverse. Throws ROLLBACK_REFUSED when the new tables were written to since, unless `discardNewWrites`. The new tables go back to the staging schema. */
export async function switchBack(
  { pool, lease, run, plan }: Hold,
  options: SwitchBackOptions,
): Promise<readonly string[]> {
  const { schema, staging, aside } = plan.target;
  const moveBack = async (client: Client): Promise<readonly string[]> => {
    const { rows } = await client.query(
      `SELECT digests, moved, status FROM ${qualified(lease.state, "runs")} WHERE run_id = $1`,
      [run],
    );
    const state = rows[0] as
      | { digests: Record<string, string>; moved: Occupant[] | IntoRecord; status: RunStatus }
      | undefined;
    if (state === undefined) throw switchUnknown(run, `Schema ${lease.state} of the target`);
    if (!hasReached(state.status, "switched")) return [];
    const relations = plan.tables.map((table) => qualified(schema, table.target));
    if (relations.length > 0) await client.query(`LOCK TABLE ${relations.join(", ")} IN ACCESS EXCLUSIVE MODE`);
    if (!options.discardNewWrites)
      refuseIfChanged(schema, plan, state.digests, await tableDigests(client, schema, plan));
    if (!Array.isArray(state.moved)) {
      const record = state.moved as IntoRecord;
      await switchBackInto(client, plan, record);
      // What the live tables compute of rows differs from staging.
      await client.query(`DELETE FROM ${qualified(lease.state, "ledger")} WHERE run_id = $1 AND rule = ANY($2)`, [
        run,
        [...targetRules, mappedRule],
      ]);
      await client.query(`DELETE FROM ${qualified(lease.state, "quarantine")} WHERE run_id = $1 AND rule = $2`, [
        run,
        skippedRule,
      ]);
      await setStatus(client, lease.state, run, options.status);
      await fence(client, lease);
      return sequencesStay(record);
    }
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteName(staging)}`);
    await moveAll(client, plan, schema, staging);
    if (aside !== null && state.moved.length > 0) {
      for (const occupant of state.moved) await move(client, occupant, aside, schema);
      await client.query(`DROP SCHEMA ${quoteName(aside)}`);
    }
    await setStatus(client, lease.state, run, options.status);
    await fence(client, lease);
    return [];
  };
  // Whatever an earlier COMMIT does must be done before the run's status says what there is to undo.
  if (options.pending) await settle(pool, options.pending);
  return inTransaction(pool, `switching schema ${schema} back`, moveBack, {
    signal: options.signal,
    witness: hasStatus(lease.state, run, options.status),
    ...(options.before === undefined ? {} : { before: options.before }),
  });
}

/** The application may have handed out the numbers already. */
function sequencesStay({ sequences = [] }: IntoRecord): string[] {
  if (sequences.length === 0) return [];
  const [subject, verb] = sequences.length === 1 ? ["The sequence", "stays"] : ["The sequences", "stay"];
  return [
    `${subject} ${sequences.join(", ")} ${verb} where the switch moved ${sequences.length === 1 ? "it" : "them"}.`,
  ];
}

/** Tables that were written to since the run switched, while they are still the live ones; none when it is not switched. */
export async function changedSince(pool: Pool, state: string, run: string, plan: Plan): Promise<string[]> {
  const status = (await readRun(pool, state, run))?.status;
  if (!hasReached(status, "switched")) return [];
  return inTransaction(
    pool,
    `looking for new rows in schema ${plan.target.schema}`,
    async (client) => {
      const { rows } = await client.query(`SELECT digests FROM ${qualified(state, "runs")} WHERE run_id = $1`, [run]);
      const before = (rows[0] as { digests: Record<string, string> }).digests;
      const there = await client.query(
        "SELECT c.relname::text AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')",
        [plan.target.schema],
      );
      const names = new Set(there.rows.map((row: { name: string }) => row.name));
      const tables = plan.tables.filter((table) => names.has(table.target));
      const now = await tableDigests(client, plan.target.schema, { ...plan, tables });
      return tables.map((table) => table.target).filter((name) => now[name] !== before[name]);
    },
    { begin: "read-only" },
  );
}

function refuseIfChanged(
  schema: string,
  plan: Plan,
  before: Record<string, string>,
  now: Record<string, string>,
): void {
  const changed = plan.tables
    .filter((table) => before[table.target] !== now[table.target])
    .map((table) => table.target);
  if (changed.length === 0) return;
  throw new RowhaulError(
    "ROLLBACK_REFUSED",
    `Since the switch, ${changed.length === 1 ? "a table of" : "tables of"} schema ${schema} ${changed.length === 1 ? "was" : "were"} written to: ${changed.join(", ")}.`,
  );
}

async function moveAside(client: Client, plan: Plan, schema: string, aside: string | null): Promise<Occupant[]> {
  const occupants = await findOccupants(client, schema, plannedNames(plan));
  if (occupants.length === 0) return [];
  if (aside === null)
    throw new RowhaulError(
      "TARGET_OCCUPIED",
      `Schema ${schema} already holds ${occupants.map((occupant) => occupant.name).join(", ")}.`,
    );
  await checkMovable(client, schema, occupants);
  await client.query(`CREATE SCHEMA ${quoteName(aside)}`);
  for (const occupant of occupants) await move(client, occupant, schema, aside);
  return occupants;
}

async function moveAll(client: Client, plan: Plan, from: string, to: string): Promise<void> {
  await executeAll(client, [
    ...plan.tables.map(({ target }) => `ALTER TABLE ${qualified(from, target)} SET SCHEMA ${quoteName(to)}`),
    ...plan.views.map(({ target }) => `ALTER VIEW ${qualified(from, target)} SET SCHEMA ${quoteName(to)}`),
  ]);
}

async function move(client: Client, occupant: Occupant, from: string, to: string): Promise<void> {
  const noun =
    { v: "VIEW", m: "MATERIALIZED VIEW", S: "SEQUENCE", f: "FOREIGN TABLE", c: "TYPE" }[occupant.kind] ?? "TABLE";
  await client.query(`ALTER ${noun} ${qualified(from, occupant.name)} SET SCHEMA ${quoteName(to)}`);
}
