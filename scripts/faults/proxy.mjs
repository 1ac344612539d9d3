/**
 * A TCP proxy on the loopback, between rowhaul and its server. Usually it passes everything on; a case makes it break
 * connections, hold bytes back, fall silent, or do so at the n-th COMMIT that a client sends.
 */
import { createServer, connect as dial } from "node:net";

const commit = Buffer.from("COMMIT\0");

export async function startProxy(upstreamPort) {
  const proxy = new Between(upstreamPort);
  await proxy.listen();
  return proxy;
}

class Between {
  #server;
  #upstreamPort;
  #pairs = new Set();
  #onCommit = null;
  #stalled = false;
  #silent = false;
  commits = 0;

  constructor(upstreamPort) {
    this.#upstreamPort = upstreamPort;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  async listen() {
    await new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    this.port = this.#server.address().port;
  }

  get connections() {
    return this.#pairs.size;
  }

  /** Everything passes again; what is still open of an earlier case is closed. */
  reset(upstreamPort = this.#upstreamPort) {
    this.#upstreamPort = upstreamPort;
    this.#onCommit = null;
    this.#stalled = false;
    this.#silent = false;
    this.commits = 0;
    for (const pair of [...this.#pairs]) pair.destroy();
  }

  /** RST to both ends. */
  resetAll() {
    for (const pair of [...this.#pairs]) pair.reset();
  }

  /** FIN to both ends, in the middle of whatever was being said. */
  cutAll() {
    for (const pair of [...this.#pairs]) pair.cut();
  }

  stall() {
    this.#stalled = true;
  }

  resume() {
    this.#stalled = false;
    for (const pair of this.#pairs) pair.flush();
  }

  /** From now on nothing passes and nobody hears of it; new connections are taken and never answered. */
  fallSilent() {
    this.#silent = true;
  }

  /** The silence is over for new connections; those that it took in stay dead, and open on the server's side. */
  endSilence() {
    for (const pair of this.#pairs) pair.dead = true;
    this.#silent = false;
  }

  /** `act(pair, forward)` decides about the n-th COMMIT from now, counted from 1. */
  atCommit(nth, act) {
    let count = 0;
    this.#onCommit = (pair, forward) => {
      count++;
      if (count !== nth) return forward();
      act(pair, forward);
    };
  }

  #accept(client) {
    const server = dial({ port: this.#upstreamPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const pair = new Pair(client, server);
    this.#pairs.add(pair);
    pair.closed.then(() => this.#pairs.delete(pair)).catch(() => {});
    client.on("data", (bytes) => {
      const forward = () => pair.send("server", bytes, this.#stalled);
      if (this.#silent || pair.dead) return;
      if (!bytes.includes(commit)) return forward();
      this.commits++;
      if (this.#onCommit === null) return forward();
      this.#onCommit(pair, forward);
    });
    server.on("data", (bytes) => {
      if (this.#silent || pair.dead) return;
      pair.send("client", bytes, this.#stalled);
    });
    client.on("end", () => {
      if (!this.#silent && !pair.dead && !pair.detached) pair.send("server", null, this.#stalled);
    });
    server.on("end", () => {
      if (!this.#silent && !pair.dead) pair.send("client", null, this.#stalled);
    });
  }

  async stop() {
    for (const pair of [...this.#pairs]) pair.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

class Pair {
  dead = false;
  /** The server's side goes on without a client. */
  detached = false;
  #waiting = [];

  constructor(client, server) {
    this.client = client;
    this.server = server;
    for (const socket of [client, server]) socket.on("error", () => {});
    server.on("error", () => client.destroy());
    client.on("close", () => {
      if (!this.detached && !this.dead) server.destroy();
    });
    server.on("close", () => {
      if (!this.dead) client.destroy();
    });
    this.closed = new Promise((resolve) => server.once("close", resolve));
  }

  /** Null for the end. */
  send(to, bytes, stalled) {
    if (stalled || this.#waiting.length > 0) this.#waiting.push([to, bytes]);
    else this.#write(to, bytes);
    if (!stalled) this.flush();
  }

  flush() {
    for (const [to, bytes] of this.#waiting.splice(0)) this.#write(to, bytes);
  }

  #write(to, bytes) {
    const socket = this[to];
    if (socket.destroyed || socket.writableEnded) return;
    if (bytes === null) socket.end();
    else socket.write(bytes);
  }

  reset() {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  /** The client is told at once, while the server's side stays. */
  detach() {
    this.detached = true;
    this.client.resetAndDestroy();
  }

  cut() {
    this.client.end();
    this.server.end();
    setTimeout(() => this.destroy(), 50).unref();
  }

  destroy() {
    this.client.destroy();
    this.server.destroy();
  }
}
