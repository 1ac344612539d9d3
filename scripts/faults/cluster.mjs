/**
 * A server of a worker's own, which may be killed and started again on the same data and port. Databases are made as
 * copies of prepared ones. Commits wait for the log, as those of a server that holds somebody's data do; only the disk
 * below is not waited for, for what is killed here are processes, not machines.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import pg from "pg";

const settings = {
  synchronous_commit: "on",
  full_page_writes: "on",
  max_connections: "60",
  shared_buffers: "32MB",
  max_wal_size: "512MB",
  track_functions: "none",
};

/** The database that a case works on. */
export const databaseName = "app";

export async function startCluster(dist) {
  const { startEmbedded } = await import(pathToFileURL(join(dist, "embedded/index.js")).href);
  const embedded = await startEmbedded({ directory: "temporary", settings });
  return new Cluster(embedded);
}

class Cluster {
  #embedded;
  #command;
  #ids;
  #environment;
  #directory;

  constructor(embedded) {
    this.#embedded = embedded;
    this.pid = embedded.pid;
    this.port = embedded.port;
    this.version = embedded.version;
    this.#command = readFileSync(`/proc/${this.pid}/cmdline`, "utf8").split("\0").slice(0, -1);
    this.#environment = Object.fromEntries(
      readFileSync(`/proc/${this.pid}/environ`, "utf8")
        .split("\0")
        .filter((line) => line.includes("="))
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    const id = (name) => Number(new RegExp(`^${name}:\\t(\\d+)`, "m").exec(status)?.[1]);
    this.#ids = process.getuid?.() === 0 ? { uid: id("Uid"), gid: id("Gid") } : {};
    this.#directory = embedded.directory;
  }

  /** `port`: another one, as of a proxy before it. */
  url(database = databaseName, port = this.port) {
    return Object.assign(new URL(this.#embedded.url), { pathname: `/${database}`, port: String(port) }).href;
  }

  get account() {
    return this.#ids;
  }

  async query(sql, values = [], database = "postgres") {
    return this.connected(database, async (client) => (await client.query(sql, values)).rows);
  }

  /** Straight to the server, past every proxy, under a name of its own. */
  async connected(database, work) {
    const client = new pg.Client({ connectionString: this.url(database), ssl: false, application_name: "faults" });
    client.on("error", () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  async replaceDatabase(template, { tablespace = null, name = databaseName } = {}) {
    await this.connected("postgres", async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      // nobody may be connected to what is copied, not even a pooler
      await this.endBackends(template);
      const where = tablespace === null ? "" : ` TABLESPACE ${tablespace}`;
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY wal_log${where}`);
    });
  }

  /** Returns when they are gone. */
  async endBackends(database) {
    const left = () =>
      this.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'",
        [database],
      );
    while ((await left()).length > 0) await sleep(10);
  }

  /** `how`: `immediate` (the server breaks off by itself) or `kill` (the postmaster is gone at once). */
  async crash(how) {
    process.kill(this.pid, how === "immediate" ? "SIGQUIT" : "SIGKILL");
    for (let i = 0; i < 500 && isAlive(this.pid); i++) await sleep(5);
  }

  /** After a crash. A backend that is still ending keeps the shared memory, so the start is tried again. */
  async restart() {
    const [program, ...args] = this.#command;
    for (let attempt = 0; attempt < 100; attempt++) {
      const child = spawn(program, args, {
        cwd: this.#directory,
        env: this.#environment,
        detached: true,
        stdio: "ignore",
        ...this.#ids,
      });
      child.once("error", () => {});
      child.unref();
      for (let i = 0; i < 600 && child.exitCode === null && child.signalCode === null; i++) {
        if (await this.#answers()) {
          this.pid = child.pid;
          return;
        }
        await sleep(25);
      }
      await sleep(100);
    }
    throw new Error("the server does not start again");
  }

  async #answers() {
    try {
      await this.query("SELECT 1");
      return true;
    } catch {
      return false;
    }
  }

  async ensureRunning() {
    if (!(await this.#answers())) await this.restart();
  }

  async stop() {
    await this.#embedded.stop();
  }
}

/** A zombie has ended. */
export function isAlive(pid) {
  const state = stateOf(pid);
  return state !== null && state !== "Z" && state !== "X";
}

/** The letter of /proc; null for none. */
export function stateOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  } catch {
    return null;
  }
}

/** Processes of a group that are alive. */
export function groupMembers(group) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return Number(fields[2]) === group && !["Z", "X"].includes(fields[0]);
      } catch {
        return false;
      }
    });
}
