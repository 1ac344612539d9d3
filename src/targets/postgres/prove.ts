/** The validators of a PostgreSQL target, on a pool or in the transaction of a switch. */

import type { ClientBase } from "pg";
import type { ValidatorResult } from "../../core/finding.ts";
import type { LiveCounts, OpenSwitch } from "../../core/plan/live.ts";
import type { LiveProofInput, MeasureLive, Proof } from "../../core/ports.ts";
import { cancelOnAbort } from "../../postgres/cancellation.ts";
import type { Client, Pool } from "../../postgres/transaction.ts";
import { measureLive } from "../../validators/postgres/parity/measure.ts";
import { validators } from "../../validators/postgres/registry.ts";
import type { Live } from "../../validators/postgres/validator.ts";

export function postgresProof(pool: Pool, state: string): { prove: Proof; measureLive: MeasureLive } {
  const more = {
    pool,
    state,
    cancelOnAbort: (client: ClientBase, signal: AbortSignal) => cancelOnAbort(pool.control ?? pool, client, signal),
  };
  return {
    async prove({ wanted, live, ...input }) {
      const results: ValidatorResult[] = [];
      for (const [name, validator] of Object.entries(validators))
        if (wanted.some((one) => one === name))
          results.push(await validator({ ...input, live: live && liveOf(live), ...more }));
      return results;
    },
    measureLive: (input, open) => measureLive({ ...input, live: inside(open, new Map()), ...more }),
  };
}

function liveOf({ place, inside: open }: LiveProofInput): Live {
  if (open !== null) return inside(open.open, open.before);
  return { into: new Map(Object.entries(place.into)), views: new Set(place.views), inside: null };
}

function inside({ place, connection, account }: OpenSwitch, before: LiveCounts): Live {
  return {
    into: new Map(Object.entries(place.into)),
    views: new Set(place.views),
    inside: { connection: connection as Client, before, account },
  };
}
