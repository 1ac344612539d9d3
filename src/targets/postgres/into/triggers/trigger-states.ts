/**
 * Triggers switched off one by one, by name, and restored exactly: each partition may have its own state, and ALTER TABLE
 * on a parent changes all of them. Pending deferred checks make ALTER TABLE fail.
 */
import { qualified, quoteName } from "../../../../core/quote.ts";
import type { Client } from "../../../../postgres/transaction.ts";
import { isMade, isOurs, partsOf } from "./trigger-sql.ts";

export type TriggerState = {
  /** The table that was asked for, and the one of its partitions (or itself) that bears the trigger. */
  readonly table: string;
  readonly schema: string;
  readonly relation: string;
  readonly trigger: string;
  /** pg_trigger.oid and tgenabled. */
  readonly oid: string;
  readonly enabled: "O" | "A" | "R" | "D";
  /** The role may switch it. */
  readonly owned: boolean;
  /** Who may. */
  readonly owner: string;
};

/** Parents first. Those of rowhaul's search indexes are left out: their work must be done whatever comes. */
export async function triggerStates(
  client: Client,
  schema: string,
  tables: readonly string[],
): Promise<TriggerState[]> {
  const { rows } = await client.query<TriggerState>(
    `WITH ${partsOf("c.relname = ANY($2::text[])")}
     SELECT DISTINCT ON (parts.level, g.oid) parts.relname::text AS "table", n.nspname::text AS schema, c.relname::text AS relation, g.tgname::text AS trigger,
            g.oid::text AS oid, g.tgenabled::text AS enabled, pg_catalog.pg_has_role(c.relowner, 'USAGE') AS owned, pg_catalog.pg_get_userbyid(c.relowner)::text AS owner
       FROM pg_catalog.pg_trigger g JOIN parts ON parts.part = g.tgrelid
       JOIN pg_catalog.pg_class c ON c.oid = parts.part JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE ${isMade("g")} AND NOT ${isOurs("g")} ORDER BY parts.level, g.oid, 1`,
    [schema, tables],
  );
  return rows;
}

/** Returns what puts every state back. */
export async function switchOff(client: Client, states: readonly TriggerState[]): Promise<() => Promise<void>> {
  for (const state of states) {
    const now = await stateOf(client, state);
    if (now === "O" || now === "A") await set(client, state, "D");
  }
  return async () => {
    for (const state of states)
      if ((await stateOf(client, state)) !== state.enabled) await set(client, state, state.enabled);
  };
}

async function stateOf(client: Client, { oid }: TriggerState): Promise<string | undefined> {
  const { rows } = await client.query<{ enabled: string }>(
    "SELECT tgenabled::text AS enabled FROM pg_catalog.pg_trigger WHERE oid = $1",
    [oid],
  );
  return rows[0]?.enabled;
}

const clauses: Readonly<Record<TriggerState["enabled"], string>> = {
  O: "ENABLE",
  A: "ENABLE ALWAYS",
  R: "ENABLE REPLICA",
  D: "DISABLE",
};

async function set(client: Client, state: TriggerState, to: TriggerState["enabled"]): Promise<void> {
  await client.query(
    `ALTER TABLE ${qualified(state.schema, state.relation)} ${clauses[to]} TRIGGER ${quoteName(state.trigger)}`,
  );
}
