/** Keeps writers out of the selected tables: readers go on, and nothing is changed. */

import type pg from "pg";
import { RowhaulError } from "../../core/messages/errors.ts";
import { beginning } from "../../core/pinned-settings.ts";
import type { SourceLock } from "../../core/ports.ts";
import { qualified } from "../../core/quote.ts";
import { noticeLostClients } from "../../postgres/backends.ts";
import { Connection } from "../../postgres/connection.ts";
import type { TargetAddress } from "../../postgres/url.ts";
import type { RelationRow } from "./queries.ts";
import { endSession, grantTo, type Session, sourceError } from "./session.ts";

/** Why no lock can be had; null when one can. */
export function notLockable(
  session: Session,
  schema: string,
  tables: readonly RelationRow[],
  standby: boolean,
): RowhaulError | null {
  if (standby)
    return new RowhaulError("SOURCE_NOT_LOCKABLE", "The source server is a standby, on which no table can be locked.", {
      hint: "Give the primary's URL.",
    });
  const refused = tables.filter(({ lockable }) => !lockable);
  if (refused.length === 0) return null;
  const list = refused.map(({ name }) => qualified(schema, name)).join(", ");
  return new RowhaulError(
    "SOURCE_NOT_LOCKABLE",
    "The source's user may read the tables but not lock them, so writers cannot be kept out during the switch.",
    {
      details: [grantTo(session, `GRANT UPDATE ON ${list}`)],
      hint: "As the owner, run the printed GRANT: the lock needs the right, rowhaul does not use it.",
    },
  );
}

export async function lockTables(
  address: TargetAddress,
  schema: string,
  tables: readonly RelationRow[],
): Promise<SourceLock> {
  const client = new Connection(address.config as pg.ClientConfig);
  try {
    await client.connect();
    await client.query(`${beginning("read-write")}; ${noticeLostClients}`);
    const list = tables.map(({ name }) => qualified(schema, name));
    if (list.length > 0) await client.query(`LOCK TABLE ${list.join(", ")} IN SHARE MODE`);
  } catch (thrown) {
    await endSession(client);
    throw sourceError(thrown, "locking the source's tables");
  }
  return { release: () => endSession(client) };
}
