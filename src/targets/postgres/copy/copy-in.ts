/**
 * One `COPY … FROM STDIN`, spoken on a client's connection. pg-copy-streams would do, but after the server's error it
 * has no connection any more while what it still holds is written: now and then a TypeError of its own then takes the
 * place of the server's message. Here nothing is buffered, so nothing is left to be sent once the server has answered.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
import type { Duplex } from "node:stream";
import type { Connection, Submittable } from "pg";

/** `begin`, then `write` as often as needed, then `end`: one after the other, each awaited. */
export class CopyIn implements Submittable {
  readonly #statement: string;
  #socket: Duplex | null = null;
  #rows = 0;
  #error: Error | null = null;
  /** The pending call. A promise exists only while it is awaited, so no rejection can be unhandled. */
  #waiting: { resolve(): void; reject(error: Error): void } | null = null;

  constructor(statement: string) {
    this.#statement = statement;
  }

  /** Between two batches it is the server that waits. */
  get awaitsServer(): boolean {
    return this.#waiting !== null;
  }

  /** Until the server is ready for rows. */
  begin(): Promise<void> {
    return this.#socket !== null && this.#error === null ? Promise.resolve() : this.#wait();
  }

  /** Until there is room for more. */
  async write(bytes: Buffer): Promise<void> {
    const socket = this.#open();
    const head = Buffer.allocUnsafe(5);
    head.write("d", "latin1");
    head.writeUInt32BE(bytes.length + 4, 1);
    // Corked, or the five bytes would be sent in a packet of their own.
    socket.cork();
    socket.write(head);
    const room = socket.write(bytes);
    socket.uncork();
    if (room) return;
    const resume = (): void => this.#waiting?.resolve();
    socket.once("drain", resume);
    try {
      await this.#wait();
    } finally {
      socket.off("drain", resume);
    }
  }

  /** Until the statement is over; returns the number of rows that the server counted. */
  async end(): Promise<number> {
    this.#open().write(Buffer.of(0x63, 0, 0, 0, 4));
    await this.#wait();
    return this.#rows;
  }

  /** The socket, or the error by which the server ended the statement. */
  #open(): Duplex {
    if (this.#error !== null) throw this.#error;
    if (this.#socket === null) throw new Error("COPY has not begun.");
    return this.#socket;
  }

  #wait(): Promise<void> {
    if (this.#error !== null) return Promise.reject(this.#error);
    return new Promise<void>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    }).finally(() => {
      this.#waiting = null;
    });
  }

  // What follows is called by pg's client.

  submit(connection: Connection): void {
    connection.query(this.#statement);
  }

  handleCopyInResponse(connection: Connection): void {
    this.#socket = connection.stream;
    this.#waiting?.resolve();
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)/.exec(message.text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#waiting?.resolve();
  }

  /** An error of the server, or a lost connection. The first one counts: later ones follow from it. */
  handleError(error: Error): void {
    this.#error ??= error;
    this.#waiting?.reject(this.#error);
  }
}
