/** Triggers that the pipeline file has switched off while rows go in. */

import { RowhaulError } from "../../../../core/messages/errors.ts";
import { acceptLines } from "../../../../core/messages/yaml-text.ts";
import type { Plan } from "../../../../core/plan/plan.ts";
import { quoteName } from "../../../../core/quote.ts";
import type { Client } from "../../../../postgres/transaction.ts";
import { switchOff, type TriggerState, triggerStates } from "./trigger-states.ts";

/** Returns what puts them back as they were, for when no check is to come any more. */
export async function disableTriggers(client: Client, plan: Plan): Promise<() => Promise<void>> {
  return switchOff(client, await disabledStates(client, plan));
}

/** Throws TARGET_PERMISSION naming whose tables they are. */
export async function refuseUnownedTriggers(client: Client, plan: Plan): Promise<void> {
  const foreign = (await disabledStates(client, plan)).filter(({ owned }) => !owned);
  const [first] = foreign;
  if (first === undefined) return;
  const { rows } = await client.query<{ role: string }>("SELECT quote_ident(current_user) AS role");
  const places = foreign.map(({ table, trigger }) => `${sourceOf(plan, table)}.${trigger}`);
  const owners = [...new Set(foreign.map(({ owner }) => owner))];
  throw new RowhaulError(
    "TARGET_PERMISSION",
    `Only the owner of ${first.relation} (${first.owner}) may switch off its trigger ${first.trigger}, and the target's user is not that.`,
    {
      place: { table: sourceOf(plan, first.table) },
      details: owners.map((owner) => `GRANT ${quoteName(owner)} TO ${rows[0]?.role ?? ""};`),
      paste: acceptLines("TRIGGER_FIRES", "object", "keep", places),
      hint: "Run the printed GRANT as an administrator, or let the trigger fire by the printed lines (`policy: keep`).",
    },
  );
}

async function disabledStates(client: Client, plan: Plan): Promise<TriggerState[]> {
  const off = new Map(plan.tables.map(({ target, triggers }) => [target, triggers?.disable ?? []]));
  const tables = [...off].filter(([, names]) => names.length > 0).map(([name]) => name);
  if (tables.length === 0) return [];
  const states = await triggerStates(client, plan.target.schema, tables);
  return states.filter(({ table, trigger }) => off.get(table)?.includes(trigger));
}

function sourceOf({ tables }: Plan, target: string): string {
  return tables.find((table) => table.target === target)?.source ?? target;
}
