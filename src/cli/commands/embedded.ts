/** `up`, `down` and `query`: the embedded PostgreSQL of a folder. */
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { down, query, up } from "../../pipeline/jobs/embedded.ts";
import type { Call } from "../command.ts";
import { required } from "./run-options.ts";
import { tableText } from "./table-text.ts";

export async function upCommand(call: Call): Promise<ExitStatus> {
  const server = await up(placeOf(call));
  call.printAsIs(
    call.json
      ? JSON.stringify({ type: "embedded", url: server.url, port: server.port, version: server.version })
      : server.url,
  );
  return exitStatus.ok;
}

export async function downCommand(call: Call): Promise<ExitStatus> {
  const place = placeOf(call);
  if (call.flag("remove")) {
    const confirm = (of: string) => call.askStrictly(`Remove the embedded PostgreSQL of ${of} with all its data?`);
    const { removed, folder, directory } = await down(place, { remove: true, confirm });
    call.print(
      call.json
        ? JSON.stringify({ type: "embedded", removed })
        : removed
          ? `Removed ${directory}.`
          : `No embedded PostgreSQL belongs to ${folder}.`,
    );
    return exitStatus.ok;
  }
  const { stopped } = await down(place);
  call.print(call.json ? JSON.stringify({ type: "embedded", stopped }) : stopped ? "Stopped." : "It was not running.");
  return exitStatus.ok;
}

export async function queryCommand(call: Call): Promise<ExitStatus> {
  const sql = required(call, 0, "a SQL statement");
  const url = call.arguments[1];
  const result = await query(sql, url === undefined ? { folder: call.value("embedded") ?? "." } : { url });
  call.printAsIs(
    call.json
      ? JSON.stringify({ type: "rows", columns: result.columns, rows: result.rows })
      : tableText(result.columns, result.rows),
  );
  return exitStatus.ok;
}

function placeOf(call: Call): string {
  return call.arguments[0] ?? call.value("embedded") ?? ".";
}
