/** What must outlive the server's process: its port and its password. Readable by whoever runs rowhaul, and nobody else. */
import { readFileSync } from "node:fs";
import { RowhaulError } from "../../core/messages/errors.ts";
import { writeDurably } from "../../system/durable-file.ts";
import { type Layout, unfinished } from "./layout.ts";

export type ServerState = {
  readonly version: 1;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The database opened last. */
  readonly database: string;
};

/** Null when there is none. */
export function readState(layout: Layout): ServerState | null {
  let text: string;
  try {
    text = readFileSync(layout.state, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw unreadable(layout, error);
  }
  try {
    const state = JSON.parse(text) as ServerState;
    if (state.version === 1 && Number.isInteger(state.port) && typeof state.password === "string") return state;
  } catch (error) {
    throw unreadable(layout, error);
  }
  throw unreadable(layout, undefined);
}

export function writeState(layout: Layout, state: ServerState): void {
  const draft = `${layout.directory}/${unfinished.state}${process.pid}`;
  writeDurably(layout.state, `${JSON.stringify(state, null, 2)}\n`, draft);
}

export function urlOf(state: ServerState, host = "127.0.0.1"): string {
  const [user, password, database] = [state.user, state.password, state.database].map(encodeURIComponent);
  return `postgresql://${user}:${password}@${host}:${state.port}/${database}`;
}

/** The cause is kept out: a JSON error quotes the text, and with it the password. */
function unreadable(layout: Layout, error: unknown): RowhaulError {
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  return new RowhaulError("EMBEDDED_FAILED", `${layout.state} cannot be read${code}.`, {
    hint: "Run rowhaul as the user who started the embedded server.",
  });
}
