/** The commands that come next, as lines that can be pasted. */
import { relative } from "node:path";
import type { Settings } from "../../core/settings.ts";
import { embeddedDirectory, embeddedStatus } from "../../embedded/index.ts";
import type { RunResult } from "../../index.ts";
import { invokedAs } from "../invoked-as.ts";

/** After a run of a pipeline file; `pipeline` is how the user named it. */
export async function nextSteps(result: RunResult, settings: Settings, pipeline: string): Promise<string[]> {
  const file = shellWord(pipeline);
  switch (result.stage) {
    case "planned":
      return [`  rowhaul run ${file}        do it`];
    case "loaded":
      return [`  rowhaul validate ${file}   prove it`];
    case "validated":
      return [`  rowhaul cutover ${file}    switch the application`];
    case "done":
      return [
        ...(await stoppedServer(settings)),
        `  rowhaul report ${file}     the report, at any time`,
        `  rowhaul rollback ${file}   back to what was before`,
        `  rowhaul clean ${file}      remove the snapshot and what was kept aside`,
      ];
    default:
      return [];
  }
}

/** After `copy embedded`, for which there is no pipeline file to name. */
export function embeddedSteps(result: RunResult, settings: Settings): string[] {
  const folder = shownFolder(settings.folder);
  const { schema } = settings.target;
  const table = result.plan?.tables.map((one) => one.target).find((name) => plain.test(name));
  const query =
    table === undefined || !plain.test(schema)
      ? "SELECT …"
      : `SELECT * FROM ${schema === "public" ? "" : `${schema}.`}${table} LIMIT 5`;
  return [
    `  rowhaul query "${query}" --embedded ${folder}`,
    `  rowhaul up ${folder}      start it, leave it running and print its URL`,
    `  rowhaul down ${folder}    stop it again`,
  ];
}

const plain = /^[a-z_][a-z0-9_]*$/;

/** The configuration now names a server that nobody has left running. */
async function stoppedServer(settings: Settings): Promise<string[]> {
  if (settings.target.kind !== "embedded") return [];
  // One that ran before the run still does.
  if ((await embeddedStatus(embeddedDirectory(settings.folder))).running) return [];
  const folder = shownFolder(settings.folder);
  const name = invokedAs();
  return [
    `  The embedded PostgreSQL is stopped now; for the application: ${name} up ${folder}   (and ${name} down ${folder})`,
  ];
}

function shownFolder(folder: string): string {
  return shellWord(relative(process.cwd(), folder) || ".");
}

export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
