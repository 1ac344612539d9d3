/** The first half of a switch into tables that are there: a transaction with the proven rows, left open for the second. */
import type { PreparedSwitch, ProveLive } from "../../../core/plan/live.ts";
import { openTransaction } from "../../../postgres/transaction.ts";
import type { IntoMode } from "../into/mode.ts";
import { type Positions, withDrawnNumbers } from "../into/sequences/drawn-numbers.ts";
import { prepareInto } from "../into/switch-into.ts";
import type { Hold } from "../state/lease.ts";
import { writeLedger } from "../state/state.ts";
import { hasStatus } from "../state/witnesses.ts";
import { noteSwitched } from "./note-switched.ts";
import { tableDigests } from "./table-digests.ts";

export type Hooks = { readonly prove: ProveLive; readonly signal: AbortSignal };

/** Null when nothing of the plan is there. */
export async function prepareWritten(
  { pool, lease, run, plan }: Hold,
  into: IntoMode,
  { prove, signal }: Hooks,
): Promise<PreparedSwitch | null> {
  const { schema } = plan.target;
  const transaction = await openTransaction(pool, `putting rows into schema ${schema}`, {
    signal,
    witness: hasStatus(lease.state, run, "switched"),
  });
  const { client } = transaction;
  let positions: Positions = new Map();
  const failed = async (thrown: unknown): Promise<unknown> => {
    await transaction.rollBack();
    return withDrawnNumbers(pool, positions, await transaction.fail(thrown));
  };
  try {
    const finish = await prepareInto(client, plan, into, {
      prove,
      books: { state: lease.state, run },
      account: (entries) => writeLedger(client, lease.state, run, entries),
      before: (found) => {
        positions = found;
      },
    });
    if (finish === null) {
      await transaction.rollBack();
      return null;
    }
    const digests = await tableDigests(client, schema, plan);
    return {
      async commit(before) {
        try {
          await noteSwitched(client, lease, run, digests, await finish());
          await transaction.commit(before);
        } catch (thrown) {
          throw await failed(thrown);
        }
      },
      abandon: () => transaction.rollBack(),
    };
  } catch (thrown) {
    throw await failed(thrown);
  }
}
