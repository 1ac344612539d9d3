/** Which transaction on the server is that of a connection: behind a pooler that is another backend each time. */
import type { ClientBase } from "pg";

/** The backend, when it was started, and when its transaction was. */
export type TransactionPlace = { readonly pid: number; readonly started: string; readonly began: string };

/** The columns of a {@link TransactionPlace}, and where they are read from. */
export const place = "pid, backend_start::text AS started, xact_start::text AS began";
export const ownBackend = "FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())";

const places = new WeakMap<ClientBase, TransactionPlace>();

export function notePlace(client: ClientBase, found: TransactionPlace): void {
  places.set(client, found);
}

/** Of its last transaction. */
export function placeOf(client: ClientBase): TransactionPlace | undefined {
  return places.get(client);
}
