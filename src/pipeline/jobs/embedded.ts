/** The embedded PostgreSQL of a folder: started, stopped, removed and asked. */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import {
  type Embedded,
  embeddedDirectory,
  embeddedStatus,
  removeEmbedded,
  startEmbedded,
  stopEmbedded,
} from "../../embedded/index.ts";
import { pathAt } from "../file/path-at.ts";
import { type QueryResult, queryDatabase } from "../query.ts";

/** Without `remove` the data stay, and nothing is asked. */
export type DownOptions =
  | { readonly remove?: false }
  | {
      /** The server's data go too. */
      readonly remove: true;
      /** Asked, with the folder's absolute path, where there is something to remove; false rejects with NOT_CONFIRMED. Default: yes. */
      readonly confirm?: (folder: string) => Promise<boolean>;
    };

export type DownResult = {
  /** A server was running, and is stopped. */
  readonly stopped: boolean;
  /** There were data, and they are removed. */
  readonly removed: boolean;
  /** Absolute path of the folder the server belongs to. */
  readonly folder: string;
  /** Absolute path of the server's own directory. */
  readonly directory: string;
};

/** Which server is asked: one with an address, or the embedded one of a folder or of a pipeline file in it. */
export type QueryPlace =
  | { readonly url: string; readonly folder?: never }
  | { readonly folder: string; readonly url?: never };

/**
 * Starts the embedded PostgreSQL of a folder, or of a pipeline file in it, or adopts the one that runs there. It outlives
 * this process until it is stopped. Throws USAGE, EMBEDDED_NOT_INSTALLED, EMBEDDED_FAILED.
 */
export async function up(folder = "."): Promise<Embedded> {
  return startEmbedded({ directory: placeOf(folder).directory });
}

/** Stops the embedded PostgreSQL of a folder, or of a pipeline file in it. Throws USAGE, NOT_CONFIRMED. */
export async function down(folder = ".", options: DownOptions = {}): Promise<DownResult> {
  const place = placeOf(folder);
  const { directory } = place;
  if (options.remove !== true) return { ...place, stopped: await stopEmbedded(directory), removed: false };
  if (!(await exists(directory))) return { ...place, stopped: false, removed: false };
  if (options.confirm !== undefined && !(await options.confirm(place.folder)))
    throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was removed.");
  const stopped = await stopEmbedded(directory);
  return { ...place, stopped, removed: await removeEmbedded(directory) };
}

/**
 * Runs one statement in a read-only transaction, on the schema `public`. An embedded server that was not running is
 * started for it and stopped again. Throws QUERY_FAILED, USAGE, TARGET_*.
 */
export async function query(sql: string, place: QueryPlace = { folder: "." }): Promise<QueryResult> {
  if (place.url !== undefined) return queryDatabase(place.url, sql);
  const { folder, directory } = placeOf(place.folder);
  if (!(await exists(directory)))
    throw new RowhaulError("USAGE", `No embedded PostgreSQL belongs to ${folder}.`, {
      hint: "Run a pipeline there first, or `rowhaul up`; another folder is named with --embedded.",
    });
  const server = await startEmbedded({ directory });
  return cleaningUp(
    () => queryDatabase(server.url, sql),
    async () => {
      if (!server.alreadyRunning) await server.stop();
    },
  );
}

/** A server that was started once has a port, which it keeps. */
async function exists(directory: string): Promise<boolean> {
  const { running, port } = await embeddedStatus(directory);
  return running || port !== null;
}

/** A folder, or a pipeline file in it; and where its server lives. */
function placeOf(given: string): { readonly folder: string; readonly directory: string } {
  const folder = /\.ya?ml$/.test(given) ? dirname(pathAt(given)) : pathAt(given);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new RowhaulError("USAGE", `There is no folder ${folder}.`, {
      hint: "Name the folder of the pipeline file whose target is `embedded`.",
    });
  return { folder, directory: embeddedDirectory(folder) };
}
