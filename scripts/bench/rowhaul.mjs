/** rowhaul as its users run it: a process of its own that reports by events, here one a line. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measureProgram } from "./measure.mjs";
import { checkArrived } from "./server.mjs";

const child = fileURLToPath(new URL("rowhaul-child.mjs", import.meta.url));

/** The whole job, preflight to cutover; of its phases load and finish are what the others do, too. */
export async function runRowhaul(context, database) {
  const { data, dist } = context;
  const program = existsSync(commandLine(dist))
    ? [commandLine(dist), "copy", data.path, database.url, ...unattended]
    : [child, dist, data.path, database.url, "cutover"];
  const { used, phases, validators } = await watchRowhaul(context, program);
  await checkArrived(context.server, database, data);
  const { load, finish } = phases;
  return {
    wall: load.wall + finish.wall,
    load: load.wall,
    finish: finish.wall,
    client: load.client + finish.client,
    server: load.server + finish.server,
    megabytes: used.megabytes,
    whole: used,
    phases,
    parity: validators.parity,
  };
}

export const commandLine = (dist) => join(dist, "cli/main.js");
export const unattended = ["--accept-all", "--yes", "--json"];

/** Runs `node ...program`, which prints events; throws unless it ends well. `validators`: the seconds of each. */
export async function watchRowhaul({ server, folder, signal }, program) {
  mkdirSync(folder, { recursive: true });
  const { found: phases, validators, line } = phaseReader();
  const used = await measureProgram({
    command: process.execPath,
    args: program,
    cwd: folder,
    log: join(folder, "errors.log"),
    server,
    signal,
    onLine: line,
  });
  if (used.status !== 0) throw new Error(`it ended with ${used.status}: ${used.errors}`);
  return { used, phases, validators };
}

/** What each phase has used, read at the moment its event arrives. */
function phaseReader() {
  const found = {};
  const validators = {};
  let last = { client: 0, server: Number.NaN };
  return {
    found,
    validators,
    line(line, read) {
      // only these two matter, and there may be many others
      if (!/"type":"(phase|validated)"/.test(line)) return;
      const event = JSON.parse(line);
      if (event.type === "validated") validators[event.result.validator] = event.result.seconds;
      else if (event.state === "started") last = read();
      else if (event.state === "finished") {
        const now = read();
        found[event.phase] = {
          wall: event.seconds,
          client: now.client - last.client,
          server: now.server - last.server,
          megabytes: now.megabytes,
        };
      }
    },
  };
}
