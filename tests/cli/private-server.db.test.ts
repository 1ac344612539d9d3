/** What only a server of one's own can show: it is stopped, it runs out of disk, or has roles that others would see. */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Embedded, embeddedDirectory, removeEmbedded, startEmbedded } from "../../src/embedded/index.ts";
import { serverAccount } from "../../src/embedded/programs/account.ts";
import { rowhaul, startRowhaul } from "../support/cli.ts";
import { bulky, shop, workspace } from "./workspace.ts";

describe("a server of its own", () => {
  const home = workspace();
  let server: Embedded;
  const start = async (): Promise<void> => {
    server = await startEmbedded({ directory: home.path("server"), settings: { fsync: "off" } });
  };
  beforeAll(start);
  afterAll(() => removeEmbedded(home.path("server")));

  it("is stopped in mid-load: exit 3, and a plain rerun ends well", async () => {
    const space = workspace();
    space.sqlite(bulky);
    const url = await database("stopped");
    const pipeline = space.pipeline(url);
    const running = startRowhaul(["run", pipeline, "--json"], { cwd: space.folder });
    await running.until(/"progress","phase":"load"/);
    process.kill(server.pid, "SIGINT");
    const stopped = await running.ended;
    await server.stop();
    expect(stopped.stdout).toContain('"code":"CONNECTION_LOST"');
    expect(stopped.exit).toBe(3);
    const down = await rowhaul(["run", pipeline], { cwd: space.folder });
    expect([down.exit, down.stderr.includes("TARGET_UNREACHABLE")]).toEqual([2, true]);
    await start();
    const again = await rowhaul(["run", pipeline], { cwd: space.folder });
    expect(again.exit).toBe(0);
    expect(again.stderr).toContain("Resuming run");
    expect(await ask(url, "SELECT count(*)::int FROM big1")).toBe(20_000);
    expect(await ask(url, "SELECT count(*)::int FROM big2")).toBe(20_000);
  });

  it("runs out of disk: exit 3, and with more room a plain rerun ends well", async ({ skip }) => {
    const small = home.path("small");
    mkdirSync(small);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", small], { stdio: "ignore" });
    } catch {
      return skip("a small file system cannot be mounted here");
    }
    try {
      const space = `${small}/space`;
      mkdirSync(space);
      const account = serverAccount(null);
      if (account !== null) chownSync(space, account.uid, account.gid);
      chmodSync(small, 0o755);
      await ask(server.url, `CREATE TABLESPACE small LOCATION '${space}'`);
      const url = await database("crowded", "TABLESPACE small");
      const files = workspace();
      files.sqlite(bulky);
      const pipeline = files.pipeline(url);
      const full = await rowhaul(["run", pipeline], { cwd: files.folder });
      expect(full.stderr).toContain("TARGET_DISK_FULL");
      expect(full.exit).toBe(3);
      expect(await ask(url, "SELECT to_regclass('public.big1')")).toBeNull();
      execFileSync("mount", ["-o", "remount,size=96m", small]);
      const again = await rowhaul(["run", pipeline], { cwd: files.folder });
      expect(again.exit).toBe(0);
      expect(await ask(url, "SELECT count(*)::int FROM big1")).toBe(20_000);
      await ask(server.url, "DROP DATABASE crowded WITH (FORCE)");
      await ask(server.url, "DROP TABLESPACE small");
    } finally {
      execFileSync("umount", ["-l", small]);
    }
  });

  it("is well, but the disk beside the pipeline is full: 2, nothing half is left, and with more room it runs", async ({
    skip,
  }) => {
    const files = workspace();
    files.sqlite(bulky);
    const small = files.path("small");
    mkdirSync(small);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", small], { stdio: "ignore" });
    } catch {
      return skip("a small file system cannot be mounted here");
    }
    try {
      const url = await database("local");
      files.write(
        "small/p.yaml",
        `name: app\nsource: { kind: sqlite, path: ../app.db }\ntarget: { kind: postgres, url: "${url}" }\n`,
      );
      const refused = await rowhaul(["run", "p.yaml"], { cwd: small });
      expect(refused.stderr).toContain("TARGET_DISK");
      expect(refused.exit).toBe(2);
      files.write("small/p.yaml", `${files.read("small/p.yaml")}preflight: { disk: warn }\n`);
      const full = await rowhaul(["run", "p.yaml"], { cwd: small });
      expect(full.stderr).toContain("LOCAL_DISK");
      expect(full.exit).toBe(2);
      const left = Object.keys(files.hashes()).filter((name) => name.includes("snapshot"));
      expect(left).toEqual([]);
      expect(await ask(url, "SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'rowhaul%'")).toBe(0);
      execFileSync("mount", ["-o", "remount,size=96m", small]);
      expect((await rowhaul(["run", "p.yaml"], { cwd: small })).exit).toBe(0);
      expect(await ask(url, "SELECT count(*)::int FROM big2")).toBe(20_000);
    } finally {
      execFileSync("umount", ["-l", small]);
    }
  });

  it("has roles that an API speaks for: nothing happens without a word about row security", async () => {
    const url = await database("api");
    await ask(url, "CREATE ROLE anon");
    const space = workspace();
    space.sqlite(shop);
    const refused = await rowhaul(["run", space.pipeline(url)], { cwd: space.folder });
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain("TARGET_ROW_SECURITY");
    expect(refused.stderr).toContain("visible to anon");
    const target = (rowSecurity: string) => `target: { kind: postgres, url: "${url}", rowSecurity: ${rowSecurity} }`;
    const decided = await rowhaul(["run", space.pipeline(url, target("enable"))], { cwd: space.folder });
    expect(decided.exit).toBe(0);
    expect(await ask(url, "SELECT relrowsecurity FROM pg_class WHERE relname = 'orders'")).toBe(true);
    await ask(url, "DROP ROLE anon");
  });

  async function database(name: string, more = ""): Promise<string> {
    await ask(server.url, `CREATE DATABASE ${name} TEMPLATE template0 ${more}`);
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  }
});

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: "array" });
    return (rows as unknown[][])[0]?.[0];
  } finally {
    await client.end();
  }
}

describe("an embedded server whose settings are refused once it runs", () => {
  /** Processes whose command line names the folder. */
  const processesOf = (folder: string): string[] =>
    readdirSync("/proc").filter((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(folder);
      } catch {
        return false;
      }
    });

  it("leaves no process: neither one that stays, nor one for a rehearsal", async ({ skip }) => {
    if (!existsSync("/proc/self/cmdline")) return skip("processes are not seen here");
    const space = workspace();
    space.sqlite(shop);
    space.pipeline("", "target: { kind: embedded }");
    mkdirSync(space.path("tmp"));
    chmodSync(space.path("tmp"), 0o777);
    const directory = embeddedDirectory(space.folder);
    const env = { TMPDIR: space.path("tmp") };
    try {
      // What would be left is seen.
      expect((await rowhaul(["up", "."], { cwd: space.folder, env })).exit).toBe(0);
      expect(processesOf(directory)).not.toEqual([]);
      expect((await rowhaul(["down", "."], { cwd: space.folder, env })).exit).toBe(0);
      for (const args of [
        ["copy", "app.db", "embedded", "--yes"],
        ["run", "pipeline.yaml"],
        ["rehearse", "pipeline.yaml"],
      ]) {
        const result = await rowhaul(args, { cwd: space.folder, env: { ...env, PGSSLMODE: "nonsense" } });
        expect([result.exit, result.stderr]).toEqual([1, expect.stringContaining("sslmode=nonsense is not known")]);
        expect(result.stderr).toContain("Starting the embedded PostgreSQL");
        expect([...processesOf(directory), ...processesOf(space.path("tmp"))]).toEqual([]);
      }
      expect(readdirSync(space.path("tmp")).filter((name) => !name.startsWith("node-compile-cache"))).toEqual([]);
    } finally {
      await removeEmbedded(directory);
    }
  });
});
