import { qualified } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import type { IntoRecord } from "../into/mode.ts";
import { fence, type Lease } from "../state/lease.ts";
import { setStatus } from "../state/state.ts";
import type { Occupant } from "./occupants.ts";

/** The run's row says that it is switched, and what the way back needs. To be called last. */
export async function noteSwitched(
  client: Client,
  lease: Lease,
  run: string,
  digests: Record<string, string>,
  moved: readonly Occupant[] | IntoRecord,
): Promise<void> {
  await client.query(`UPDATE ${qualified(lease.state, "runs")} SET digests = $2, moved = $3 WHERE run_id = $1`, [
    run,
    JSON.stringify(digests),
    JSON.stringify(moved),
  ]);
  await setStatus(client, lease.state, run, "switched");
  await fence(client, lease);
}
