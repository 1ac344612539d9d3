/** `up`, `down` and `query`: the embedded PostgreSQL of a folder. */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import {
  embeddedDirectory,
  embeddedStatus,
  removeEmbedded,
  startEmbedded,
  stopEmbedded,
} from "../../embedded/index.ts";
import { pathAt } from "../../pipeline/path-at.ts";
import { queryDatabase } from "../../pipeline/query.ts";
import type { Call } from "../command.ts";
import { required } from "./run-options.ts";
import { tableText } from "./table-text.ts";

export async function upCommand(call: Call): Promise<ExitStatus> {
  const server = await startEmbedded({ directory: placeOf(call, call.arguments[0]).directory });
  call.print(
    call.json
      ? JSON.stringify({ type: "embedded", url: server.url, port: server.port, version: server.version })
      : server.url,
  );
  return exitStatus.ok;
}

export async function downCommand(call: Call): Promise<ExitStatus> {
  const { folder, directory } = placeOf(call, call.arguments[0]);
  if (call.flag("remove")) {
    const there = await exists(directory);
    if (there && !(await call.askStrictly(`Remove the embedded PostgreSQL of ${folder} with all its data?`)))
      throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was removed.");
    const removed = there && (await removeEmbedded(directory));
    call.print(
      call.json
        ? JSON.stringify({ type: "embedded", removed })
        : removed
          ? `Removed ${directory}.`
          : `No embedded PostgreSQL belongs to ${folder}.`,
    );
    return exitStatus.ok;
  }
  const stopped = await stopEmbedded(directory);
  call.print(call.json ? JSON.stringify({ type: "embedded", stopped }) : stopped ? "Stopped." : "It was not running.");
  return exitStatus.ok;
}

export async function queryCommand(call: Call): Promise<ExitStatus> {
  const sql = required(call, 0, "a SQL statement");
  const url = call.arguments[1];
  const result =
    url === undefined ? await withEmbedded(call, (own) => queryDatabase(own, sql)) : await queryDatabase(url, sql);
  call.print(
    call.json
      ? JSON.stringify({ type: "rows", columns: result.columns, rows: result.rows })
      : tableText(result.columns, result.rows),
  );
  return exitStatus.ok;
}

async function withEmbedded<T>(call: Call, work: (url: string) => Promise<T>): Promise<T> {
  const { folder, directory } = placeOf(call, undefined);
  if (!(await exists(directory)))
    throw new RowhaulError("USAGE", `No embedded PostgreSQL belongs to ${folder}.`, {
      hint: "Run a pipeline there first, or `rowhaul up`; another folder is named with --embedded.",
    });
  const server = await startEmbedded({ directory });
  try {
    return await work(server.url);
  } finally {
    if (!server.alreadyRunning) await server.stop();
  }
}

/** A server that was started once has a port, which it keeps. */
async function exists(directory: string): Promise<boolean> {
  const { running, port } = await embeddedStatus(directory);
  return running || port !== null;
}

/** A folder, or a pipeline file in it; and where its server lives. */
function placeOf(call: Call, argument: string | undefined): { folder: string; directory: string } {
  const given = argument ?? call.value("embedded") ?? ".";
  const folder = /\.ya?ml$/.test(given) ? dirname(pathAt(given)) : pathAt(given);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new RowhaulError("USAGE", `There is no folder ${folder}.`, {
      hint: "Name the folder of the pipeline file whose target is `embedded`.",
    });
  return { folder, directory: embeddedDirectory(folder) };
}
