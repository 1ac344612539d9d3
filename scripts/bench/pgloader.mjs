/** pgloader, the tool people reach for, asked for the same tables and indexes. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { measureProgram } from "./measure.mjs";
import { checkArrived } from "./server.mjs";

export const howToInstall =
  "pgloader is not installed, so it is left out. Debian and Ubuntu have it: apt-get install pgloader";

/** With its own batch sizes, and with small ones, which need a fraction of the memory. */
export const variants = { pgloader: "", "pgloader, batches of 5000": ", batch rows = 5000, prefetch rows = 5000" };

/** Null when it is not installed. */
export function pgloaderVersion() {
  const { status, stdout } = spawnSync("pgloader", ["--version"], { encoding: "utf8" });
  return status === 0 ? (/"([^"]+)"/.exec(stdout)?.[1] ?? "of an unknown version") : null;
}

export async function runPgloader({ server, data, folder, signal }, database, more) {
  mkdirSync(folder);
  const loadFile = join(folder, "database.load");
  writeFileSync(loadFile, commands(data.path, database.url, more), { mode: 0o600 });
  const log = join(folder, "errors.log");
  const used = await measureProgram({
    command: "pgloader",
    args: [
      "--dynamic-space-size",
      String(heapMegabytes()),
      "--root-dir",
      folder,
      "--no-ssl-cert-verification",
      loadFile,
    ],
    cwd: folder,
    log,
    server,
    signal,
    onLine: (line) => writeFileSync(log, `${line}\n`, { flag: "a" }),
  });
  if (used.status !== 0) throw new Error(`it ended with ${used.status}: ${used.errors}`);
  await checkArrived(server, database, data);
  return used;
}

/** Index builds get as much memory as rowhaul gives them. */
function commands(file, url, more) {
  return `LOAD DATABASE
  FROM sqlite://${file}
  INTO ${url.replace(/^postgres(ql)?:/, "pgsql:")}
  WITH include drop, create tables, create indexes, reset sequences${more}
  SET maintenance_work_mem to '256MB';
`;
}

/** With its own default of 1 GB or so it runs out of memory on a database of this size. */
function heapMegabytes() {
  return Math.min(8192, Math.floor(totalmem() / 2 ** 21));
}
