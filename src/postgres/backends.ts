/**
 * Backends of a process that is gone. The server notices only when it next reads or writes there, and until then what
 * they hold stays locked. They are known by a name that each transaction of a session gives itself: a pooler passes
 * it on, and it ends with the transaction.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "./pool.ts";

/** The `application_name` of a holder's transactions, well below the server's 63 bytes. `target`: what it holds, and where its state is. */
export function labelOf(target: readonly string[], token: string): string {
  const place = createHash("sha256").update(JSON.stringify(target)).digest("hex").slice(0, 16);
  return `rowhaul ${place} ${token}`;
}

/** Ends all backends of that name, and waits up to ten seconds until they are gone. */
export async function endBackends(pool: Pool, label: string): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(50)) {
    const { rows } = await pool.query(
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
        WHERE application_name = $1 AND datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()`,
      [label],
    );
    if (rows.length === 0) return;
  }
}

/**
 * With these the server, too, finds out within half a minute that the client is gone, even in the middle of a statement.
 * Where it cannot look, as on Windows, setting them may be an error.
 */
export const noticeLostClients = `SELECT pg_catalog.set_config(name, value, true)
  FROM (VALUES ('client_connection_check_interval', '10s'), ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'),
               ('tcp_keepalives_count', '4'), ('tcp_user_timeout', '30s')) AS s (name, value)
 WHERE pg_catalog.version() LIKE '%linux%'`;
