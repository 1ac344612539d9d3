/** A network between rowhaul and a server that does what networks do: cut, reset, hold back, fall silent. */
import { connect as connectTo, createServer, type Socket } from "node:net";

export type Passage = {
  /** Answers no longer reach the client, and nothing says why. */
  silence(): void;
  /** The client's connection is reset; the server's stays, and gets what is passed on later. */
  resetClient(): void;
  /** Passes on to the server what was held back. */
  passOn(): void;
  /** The server's connection ends, as if the client had closed it. */
  endServer(): void;
};

export type FaultyNetwork = {
  readonly url: string;
  /** Refuses connections from now on, or takes them again. */
  refuse(refused: boolean): void;
  /** All connections, and those to come, fall silent or are heard again. */
  silence(silent: boolean): void;
  stop(): Promise<void>;
};

/**
 * `atCommit`: called when a client sends a COMMIT, with what it sent since the transaction began; what it returns
 * decides whether the server gets it now.
 */
export async function startProxy(
  databaseUrl: string,
  atCommit: (sent: string, passage: Passage) => "pass" | "hold" = () => "pass",
): Promise<FaultyNetwork> {
  const to = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let refused = false;
  let silent = false;
  const server = createServer((client) => {
    if (refused) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connectTo(Number(to.port || 5432), to.hostname);
    let quiet = false;
    let sent = "";
    let held: Buffer | null = null;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => {});
    }
    const passage: Passage = {
      silence: () => {
        quiet = true;
      },
      resetClient: () => {
        quiet = true;
        client.resetAndDestroy();
      },
      passOn: () => {
        if (held !== null) upstream.write(held);
      },
      endServer: () => void upstream.destroy(),
    };
    client.on("data", (chunk: Buffer) => {
      if (quiet || silent) return;
      const text = chunk.toString("latin1");
      sent += text;
      if (text.startsWith("Q") && text.slice(5).startsWith("COMMIT\0")) {
        const decision = atCommit(sent, passage);
        sent = "";
        if (decision === "hold") {
          held = chunk;
          return;
        }
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (!quiet && !silent) client.write(chunk);
    });
    upstream.on("close", () => {
      if (!quiet && !silent) client.destroy();
    });
    client.on("close", () => {
      if (!quiet && !silent) upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    refuse: (value) => {
      refused = value;
    },
    silence: (value) => {
      silent = value;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
