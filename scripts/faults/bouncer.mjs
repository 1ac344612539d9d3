/** A PgBouncer in transaction mode before a worker's server, from Debian's package `pgbouncer`. */
import { spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** Null where it is not installed. */
export const bouncerPath =
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
    .map((folder) => join(folder, "pgbouncer"))
    .find(existsSync) ?? null;

export async function startBouncer(cluster, root) {
  const to = new URL(cluster.url());
  const port = await freePort();
  const folder = join(root, "bouncer");
  mkdirSync(folder, { mode: 0o755 });
  const ini = join(folder, "pgbouncer.ini");
  const password = decodeURIComponent(to.password);
  const config = [
    "[databases]",
    `* = host=${to.hostname} port=${to.port} user=${to.username} password=${password} pool_size=8`,
    "[pgbouncer]",
    `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
    "pool_mode = transaction\nauth_type = any\nignore_startup_parameters = extra_float_digits",
  ];
  writeFileSync(ini, `${config.join("\n")}\n`, { mode: 0o600 });
  const { uid, gid } = cluster.account;
  // it refuses to run as root
  if (uid !== undefined) chownSync(ini, uid, gid);
  const child = spawn(bouncerPath, ["-q", ini], { stdio: "ignore", ...cluster.account });
  await untilReady(cluster.url("postgres", port), child);
  return {
    port,
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function untilReady(url, child) {
  for (let i = 0; ; i++) {
    const client = new pg.Client({ connectionString: url, ssl: false });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (thrown) {
      if (i > 200 || child.exitCode !== null) throw thrown;
      await sleep(50);
    }
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
