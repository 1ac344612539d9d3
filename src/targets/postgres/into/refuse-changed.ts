/** The plan was made for an earlier schema: a migration since may have invalidated its decisions. */
import { RowhaulError } from "../../../core/messages/errors.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { schemaDigests } from "./schema-digest.ts";

/** Throws TARGET_CHANGED. `seen`: the problems that the change causes. */
export async function refuseChanged(
  client: Client,
  { target: { schema, definitions } }: Plan,
  seen: readonly string[] = [],
): Promise<void> {
  const planned = Object.entries(definitions ?? {});
  if (planned.length === 0) return;
  const now = await schemaDigests(client, schema);
  const changed = planned.filter(([name, digest]) => now.get(name) !== digest).map(([name]) => name);
  if (changed.length === 0) return;
  const what = changed.length === 1 ? `the definition of ${changed[0]}` : `the definitions of ${changed.join(", ")}`;
  throw new RowhaulError(
    "TARGET_CHANGED",
    `Since the plan was made, ${what} in schema ${schema} changed (columns, types, constraints, indexes, triggers or policies); nothing was written.`,
    { place: { table: changed[0] ?? "" }, details: seen },
  );
}
