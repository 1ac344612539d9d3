/** Every connection to a server is one of these. */
import pg from "pg";

/**
 * A connection that breaks while no query waits emits an error that nobody may be there to hear, and Node would end the
 * process. Here somebody always is; the next query reports the break.
 */
export class Connection extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on("error", () => {});
  }
}

type Stream = { readonly bytesRead: number; destroy(why?: Error): void };

function streamOf(client: pg.ClientBase): Stream {
  return (client as unknown as { readonly connection: { readonly stream: Stream } }).connection.stream;
}

/** How much it has received so far. */
export function bytesFrom(client: pg.ClientBase): number {
  return streamOf(client).bytesRead;
}

/** Whether a statement of it waits for the server. One that itself keeps the server waiting, like a COPY, says so. */
export function isAwaiting(client: pg.ClientBase): boolean {
  const query = (
    client as unknown as { _getActiveQuery(): { readonly awaitsServer?: boolean } | null }
  )._getActiveQuery();
  return query !== null && query !== undefined && query.awaitsServer !== false;
}

/** Closes it without asking the server, which may not answer; what waits for an answer fails with `why`. */
export function destroy(client: pg.ClientBase, why?: Error): void {
  // pg's own way of closing waits for the statement to end.
  streamOf(client).destroy(why);
}

/** Ends it as the protocol wants it, and after two seconds without an answer anyway. */
export async function close(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), patience(closingMs)]);
  destroy(client);
}

const closingMs = 2_000;

/** Does not keep the process alive. */
export function patience(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
