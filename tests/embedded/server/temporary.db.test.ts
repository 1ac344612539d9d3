import { existsSync } from "node:fs";
import pg from "pg";
import { afterAll, expect, it } from "vitest";
import { embeddedStatus, removeEmbedded, startEmbedded } from "../../../src/embedded/index.ts";
import { isAlive } from "../../../src/system/process.ts";
import { runChild, until } from "../child.ts";
import { scratchFolder } from "../scratch.ts";

const scratch = scratchFolder();
// temporary servers of this file only, so that other test files do not remove its orphans
const before = process.env.TMPDIR;
process.env.TMPDIR = scratch;
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
});

const start = `const server = await startEmbedded({ directory: "temporary" });
  say({ pid: server.pid, directory: server.directory });`;

it("is quick rather than crash-proof, and leaves nothing", async () => {
  const server = await startEmbedded({ directory: "temporary", database: "mine" });
  expect(server.directory.startsWith(scratch)).toBe(true);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query(
    "SELECT current_database() AS name, current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages",
  );
  await client.end();
  expect(rows).toEqual([{ name: "mine", fsync: "off", pages: "off" }]);
  await server.stop();
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  expect(existsSync(server.directory)).toBe(false);
});

it("leaves nothing when it does not start", async () => {
  const start = startEmbedded({ directory: "temporary", settings: { no_such_setting: "1" } });
  await expect(start).rejects.toMatchObject({ code: "EMBEDDED_FAILED" });
});

it("is stopped and removed by the next start when its process was killed", async () => {
  const child = runChild(`${start} forever();`);
  const orphan = await child.line;
  child.process.kill("SIGKILL");
  await child.exit;
  expect(isAlive(Number(orphan.pid))).toBe(true);

  const server = await startEmbedded({ directory: "temporary" });
  expect(isAlive(Number(orphan.pid))).toBe(false);
  expect(existsSync(String(orphan.directory))).toBe(false);
  expect((await embeddedStatus(server.directory)).running).toBe(true);
  await server.stop();
});

it("is left alone by other processes while its own lives", async () => {
  const child = runChild(
    `${start} process.once("SIGTERM", () => server.stop().then(() => process.exit(5))); forever();`,
  );
  const other = await child.line;
  const server = await startEmbedded({ directory: "temporary" });
  await server.stop();
  expect(isAlive(Number(other.pid))).toBe(true);
  child.process.kill("SIGTERM");
  expect(await child.exit).toEqual({ code: 5, signal: null });
  expect(isAlive(Number(other.pid))).toBe(false);
});

it.each([
  ["process.exit(7)", 7],
  ["process.exitCode = 4; await server.stop()", 4],
  ["throw new Error('unforeseen')", 1],
  ["await server.stop()", 0],
])("does not change the exit status of `%s`, and leaves nothing", async (end, status) => {
  const child = runChild(`${start} ${end};`);
  const server = await child.line;
  expect(await child.exit).toEqual({ code: status, signal: null });
  expect(isAlive(Number(server.pid))).toBe(false);
  expect(existsSync(String(server.directory))).toBe(false);
});

it("a lasting server outlives Ctrl-C at the terminal, kill -9, and is adopted afterwards", async () => {
  const directory = `${scratch}/lasting`;
  const code = `const server = await startEmbedded({ directory: ${JSON.stringify(directory)} });
    say({ pid: server.pid, already: server.alreadyRunning }); forever();`;
  try {
    const first = runChild(code);
    const { pid } = await first.line;
    process.kill(-Number(first.process.pid), "SIGINT");
    expect(await first.exit).toEqual({ code: null, signal: "SIGINT" });

    const second = runChild(code);
    expect(await second.line).toEqual({ pid, already: true });
    process.kill(-Number(second.process.pid), "SIGKILL");
    await second.exit;

    const server = await startEmbedded({ directory });
    expect(server).toMatchObject({ pid, alreadyRunning: true });
    await server.stop();
    await until(() => !isAlive(Number(pid)), "the server is gone");
  } finally {
    await removeEmbedded(directory);
  }
});
