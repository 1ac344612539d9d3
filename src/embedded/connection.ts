/** What is asked of a server that has just been started or adopted. */
import pg from "pg";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import type { ServerState } from "./data/state.ts";
import { host } from "./port.ts";

/** Creates the state's database unless it is there, and returns the server's version, as `18.4`. */
export async function openDatabase(state: ServerState): Promise<string> {
  const client = new pg.Client({
    host,
    port: state.port,
    user: state.user,
    password: state.password,
    database: "postgres",
    ssl: false,
    connectionTimeoutMillis: 30_000,
  });
  // an error between queries would otherwise end the process
  client.on("error", () => {});
  try {
    await client.connect();
    await ensureDatabase(client, state.database);
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version.split(" ")[0] ?? "";
  } catch (error) {
    throw new RowhaulError(
      "EMBEDDED_FAILED",
      `The embedded server on port ${state.port} does not answer as expected.`,
      {
        details: [messageOf(error)],
        cause: error,
      },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

async function ensureDatabase(client: pg.Client, database: string): Promise<void> {
  const found = await client.query("SELECT FROM pg_catalog.pg_database WHERE datname = $1", [database]);
  if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
}
