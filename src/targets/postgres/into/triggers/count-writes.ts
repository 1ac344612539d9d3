/** Whether the server counts what this transaction writes; only few roles may make it do so where it is set not to. */
import type { Client } from "../../../../postgres/transaction.ts";

/** Switches it on for the transaction where that is possible. */
export async function countWrites(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ on: string }>("SELECT current_setting('track_counts') AS on");
  if (rows[0]?.on === "on") return true;
  await client.query("SAVEPOINT counting");
  try {
    await client.query("SET LOCAL track_counts = on");
    await client.query("RELEASE SAVEPOINT counting");
    return true;
  } catch {
    await client.query("ROLLBACK TO SAVEPOINT counting; RELEASE SAVEPOINT counting");
    return false;
  }
}
