/** A PgBouncer in transaction mode before one database, from Debian's package `pgbouncer`. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { serverAccount } from "../../src/embedded/programs/account.ts";

/** Null where it is not installed: a test that needs it says skipped. */
export const pgbouncer: string | null =
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
    .map((folder) => join(folder, "pgbouncer"))
    .find(existsSync) ?? null;

export type Bouncer = { readonly url: string; stop(): Promise<void> };

/** `connections`: how many the server sees at most. Whoever calls stops it. */
export async function startBouncer(databaseUrl: string, connections: number): Promise<Bouncer> {
  if (pgbouncer === null) throw new Error("PgBouncer is not installed.");
  const to = new URL(databaseUrl);
  const name = to.pathname.slice(1);
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-pgbouncer-"));
  const port = await freePort();
  const password = decodeURIComponent(to.password);
  const server = `host=${to.hostname} port=${to.port} user=${to.username} password=${password}`;
  const config = [
    "[databases]",
    `${name} = ${server} dbname=${name} pool_size=${connections}`,
    "[pgbouncer]",
    `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
    "pool_mode = transaction\nauth_type = any\nignore_startup_parameters = extra_float_digits",
  ];
  const ini = join(folder, "pgbouncer.ini");
  writeFileSync(ini, `${config.join("\n")}\n`, { mode: 0o600 });
  // It refuses to run as root.
  const account = serverAccount(null);
  if (account !== null) {
    chownSync(ini, account.uid, account.gid);
    chmodSync(folder, 0o755);
  }
  const ids = account === null ? {} : { uid: account.uid, gid: account.gid };
  const child = spawn(pgbouncer, ["-q", ini], { stdio: "ignore", ...ids });
  to.host = `127.0.0.1:${port}`;
  await untilReady(to.href, child);
  return {
    url: to.href,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let i = 0; ; i++) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (thrown) {
      if (i > 100 || child.exitCode !== null) throw thrown;
      await sleep(50);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
