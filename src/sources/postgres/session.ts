/**
 * Connections to a source server: one read-only transaction that sees one state, under the settings that make every
 * value's text the same wherever it is written (core/pinned-settings.ts). Nothing is written to the source.
 */

import pg from "pg";
import type { ErrorCode } from "../../core/messages/error-codes.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { beginning } from "../../core/pinned-settings.ts";
import { quoteName } from "../../core/quote.ts";
import { noticeLostClients } from "../../postgres/backends.ts";
import { type Cancellation, cancelOnAbort } from "../../postgres/cancellation.ts";
import { Connection, close } from "../../postgres/connection.ts";
import { targetError } from "../../postgres/errors.ts";
import { openPool } from "../../postgres/pool.ts";
import { watchClient } from "../../postgres/silence.ts";
import type { TargetAddress } from "../../postgres/url.ts";

/** A connection, with what ends its transaction when a signal is aborted. */
export class Session extends Connection {
  unwatch: () => void = () => {};
  interruptible: { readonly cancellation: Cancellation; readonly control: pg.Pool } | null = null;
}

export type SessionOptions = {
  /** An exported one to share. */
  readonly snapshot?: string | undefined;
  /** Ends what the session does, on the server too; see {@link cancelOnAbort}. */
  readonly signal?: AbortSignal;
};

/** The caller ends the session with {@link endSession}. */
export async function openSession(
  address: TargetAddress,
  doing: string,
  { snapshot, signal }: SessionOptions = {},
): Promise<Session> {
  // A pool's config has a client's settings and more.
  const client = new Session(address.config as pg.ClientConfig);
  try {
    await client.connect();
    client.unwatch = watchClient(client, address.config as pg.ClientConfig);
    const shared = snapshot === undefined ? undefined : `SET TRANSACTION SNAPSHOT ${pg.escapeLiteral(snapshot)}`;
    await client.query(`${beginning("one state", shared)}; ${noticeLostClients}`);
    if (signal !== undefined) {
      // It connects only to cancel.
      const control = openPool(address, 1);
      client.interruptible = { control, cancellation: await cancelOnAbort(control, client, signal) };
    }
    return client;
  } catch (thrown) {
    await endSession(client);
    throw sourceError(thrown, doing);
  }
}

/** `right`: a GRANT without whom it is for. */
export function grantTo({ user }: Session, right: string): string {
  return `${right} TO ${user === undefined ? "CURRENT_USER" : quoteName(user)};`;
}

export async function endSession(client: pg.Client): Promise<void> {
  const interruptible = client instanceof Session ? client.interruptible : null;
  interruptible?.cancellation.unsubscribe();
  if (client instanceof Session) client.unwatch();
  await close(client);
  // The server ends a session whose client is gone; what the session was for counts more.
  await interruptible?.cancellation.delivered().catch(() => {});
  await interruptible?.control.end().catch(() => {});
}

/** The target's error codes → those of the source. */
export function sourceError(thrown: unknown, doing: string): unknown {
  const error = targetError(thrown, doing);
  if (!(error instanceof RowhaulError)) return error;
  const code = codes[error.code];
  if (code === undefined) return error;
  const policies = /row-level security/i.test(error.message);
  return new RowhaulError(code, error.message, {
    ...(policies ? { hint: "Use a role with BYPASSRLS, or the tables' owner: others would see fewer rows." } : {}),
    place: error.place,
    details: error.details,
    cause: error,
  });
}

const codes: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  TARGET_UNREACHABLE: "SOURCE_UNREACHABLE",
  TARGET_AUTH: "SOURCE_UNREACHABLE",
  TARGET_TLS: "SOURCE_UNREACHABLE",
  TARGET_NO_DATABASE: "SOURCE_UNREACHABLE",
  CONNECTION_LOST: "SOURCE_UNREACHABLE",
  TARGET_PERMISSION: "SOURCE_PERMISSION",
  LOCK_TIMEOUT: "SOURCE_BUSY",
  TARGET_REFUSED: "SOURCE_UNSUPPORTED",
  LOAD_FAILED: "SOURCE_UNSUPPORTED",
};
