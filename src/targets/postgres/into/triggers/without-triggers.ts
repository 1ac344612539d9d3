/**
 * Images must come back as they were: a trigger that sets `updated_at` would make them
 * others. Only a table's owner may switch triggers off; for anybody else they fire.
 */
import type { Client } from "../../../../postgres/transaction.ts";
import { switchOff, triggerStates } from "./trigger-states.ts";

export async function withoutTriggers(
  client: Client,
  schema: string,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const states = await triggerStates(client, schema, tables);
  // ALTER TABLE changes all partitions, so each one's state must be restored.
  const whole = states.filter(({ table, trigger }) =>
    states.every((other) => other.table !== table || other.trigger !== trigger || other.owned),
  );
  const switchOn = await switchOff(client, whole);
  await work();
  await switchOn();
}
