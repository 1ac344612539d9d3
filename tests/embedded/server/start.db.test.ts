import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterEach, expect, it } from "vitest";
import { RowhaulError } from "../../../src/core/messages/errors.ts";
import { embeddedStatus, removeEmbedded, startEmbedded, stopEmbedded } from "../../../src/embedded/index.ts";
import { serverAccount } from "../../../src/embedded/programs/account.ts";
import { isAlive } from "../../../src/system/process.ts";
import { runChild, until } from "../child.ts";
import { scratchFolder } from "../scratch.ts";

const scratch = scratchFolder();
const directory = join(scratch, "server");

afterEach(async () => {
  await removeEmbedded(directory);
  expect(existsSync(directory)).toBe(false);
});

it("starts again on the same port, with the same password and the same data", async () => {
  const first = await startEmbedded({ directory });
  expect(first).toMatchObject({
    host: "127.0.0.1",
    user: "postgres",
    database: "rowhaul",
    alreadyRunning: false,
    directory,
  });
  expect(first.version).toMatch(/^18\./);
  await query(first.url, "CREATE TABLE kept AS SELECT 42 AS n");
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  expect(await embeddedStatus(directory)).toEqual({ running: false, pid: null, port: first.port, url: null });

  const second = await startEmbedded({ directory });
  expect(second.url).toBe(first.url);
  expect(second.alreadyRunning).toBe(false);
  expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 42 }]);
  expect(await embeddedStatus(directory)).toEqual({
    running: true,
    pid: second.pid,
    port: second.port,
    url: second.url,
  });
});

it("adopts a running server, and creates the database asked for", async () => {
  const first = await startEmbedded({ directory });
  const second = await startEmbedded({ directory, database: 'other "name"' });
  expect(second).toMatchObject({ alreadyRunning: true, pid: first.pid, port: first.port, database: 'other "name"' });
  expect(await query(second.url, "SELECT current_database() AS name")).toEqual([{ name: 'other "name"' }]);
  await second.stop();
  expect(isAlive(first.pid)).toBe(false);
  await first.stop();
  expect(await stopEmbedded(directory)).toBe(false);
});

it("runs with safe settings, over which the caller's win", async () => {
  const server = await startEmbedded({ directory, settings: { work_mem: "7MB" } });
  const names = [
    "fsync",
    "full_page_writes",
    "jit",
    "listen_addresses",
    "max_wal_size",
    "unix_socket_directories",
    "work_mem",
  ];
  const rows = await query(
    server.url,
    `SELECT name, current_setting(name) AS value FROM unnest('{${names}}'::text[]) AS name`,
  );
  expect(Object.fromEntries(rows.map((row) => [row.name, row.value]))).toEqual({
    fsync: "on",
    full_page_writes: "on",
    jit: "off",
    listen_addresses: "127.0.0.1",
    max_wal_size: "4GB",
    unix_socket_directories: "",
    work_mem: "7MB",
  });
});

it("keeps the password to files that only the caller can read", async () => {
  const server = await startEmbedded({ directory });
  expect(statSync(join(directory, "state.json")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(directory, "server.log"), "utf8")).not.toContain(server.password);
  if (process.platform === "linux") {
    const read = (name: string) => readFileSync(`/proc/${server.pid}/${name}`, "utf8");
    expect(read("cmdline") + read("environ")).not.toContain(server.password);
    expect(read("environ")).not.toContain("HOME=");
  }
  const wrong = new URL(server.url);
  wrong.password = "wrong";
  await expect(query(wrong.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
});

it("takes over after a crash, even when the pid in the file is somebody else's by now", async () => {
  const first = await startEmbedded({ directory });
  await query(first.url, "CREATE TABLE kept AS SELECT 42 AS n");
  const stranger = spawn("sleep", ["60"], { ...serverAccount(join(directory, "data")), stdio: "ignore" });
  try {
    process.kill(first.pid, "SIGKILL");
    await until(() => !isAlive(first.pid), "the server is gone");
    const file = join(directory, "data", "postmaster.pid");
    const [, ...rest] = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, [stranger.pid, ...rest].join("\n"));
    expect((await embeddedStatus(directory)).running).toBe(false);

    const second = await startEmbedded({ directory });
    expect(second).toMatchObject({ alreadyRunning: false, port: first.port });
    expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 42 }]);
    expect(stranger.exitCode).toBeNull();
  } finally {
    stranger.kill();
  }
});

it("chooses another port for good when the kept one is taken, but not for one that was asked for", async () => {
  const first = await startEmbedded({ directory });
  await first.stop();
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(first.port, "127.0.0.1", resolve));
  try {
    await expect(startEmbedded({ directory, port: first.port })).rejects.toMatchObject({
      code: "EMBEDDED_FAILED",
      message: `Port ${first.port} is in use by another program.`,
    });
    const second = await startEmbedded({ directory });
    expect(second.port).not.toBe(first.port);
    await second.stop();
    const third = await startEmbedded({ directory });
    expect(third.port).toBe(second.port);
  } finally {
    await new Promise((resolve) => squatter.close(resolve));
  }
});

it("is started once when several processes ask at the same time", async () => {
  const code = `const server = await startEmbedded({ directory: ${JSON.stringify(directory)} });
    say({ pid: server.pid, already: server.alreadyRunning, url: server.url });`;
  const children = [runChild(code), runChild(code), runChild(code)];
  const lines = await Promise.all(children.map((child) => child.line));
  expect(lines.map((line) => line.already).sort()).toEqual([false, true, true]);
  expect(new Set(lines.map((line) => line.pid)).size).toBe(1);
  expect(new Set(lines.map((line) => line.url)).size).toBe(1);
  expect(await Promise.all(children.map((child) => child.exit))).toEqual(Array(3).fill({ code: 0, signal: null }));
});

it("says what the server said when it does not start, and starts when the cause is gone", async () => {
  const failure = await startEmbedded({ directory, settings: { shared_buffers: "plenty" } }).catch((error) => error);
  expect(failure).toBeInstanceOf(RowhaulError);
  expect(failure.code).toBe("EMBEDDED_FAILED");
  expect(failure.details.join("\n")).toContain('invalid value for parameter "shared_buffers": "plenty"');
  expect((await startEmbedded({ directory })).alreadyRunning).toBe(false);
});

it("does not touch data that is not its own", async () => {
  mkdirSync(join(directory, "data"), { recursive: true });
  writeFileSync(join(directory, "data", "notes.txt"), "mine");
  await expect(startEmbedded({ directory })).rejects.toMatchObject({
    code: "EMBEDDED_FAILED",
    message: `${directory}/data is not a PostgreSQL data directory.`,
  });
  expect(readFileSync(join(directory, "data", "notes.txt"), "utf8")).toBe("mine");
});

it("asks for the state file when only the data is left", async () => {
  await (await startEmbedded({ directory })).stop();
  rmSync(join(directory, "state.json"));
  await expect(startEmbedded({ directory })).rejects.toMatchObject({
    message: `${directory}/data has data, but ${directory}/state.json with its password is missing.`,
  });
});

it("begins anew when an earlier start was killed during initdb", async () => {
  mkdirSync(join(directory, "data.new-1"), { recursive: true });
  writeFileSync(join(directory, "password-1"), "old");
  execFileSync("chmod", ["711", directory]);
  const server = await startEmbedded({ directory });
  expect(await query(server.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  expect(existsSync(join(directory, "data.new-1")) || existsSync(join(directory, "password-1"))).toBe(false);
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
