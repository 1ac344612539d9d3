import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { layoutOf } from "../../../src/embedded/data/layout.ts";
import { withLock } from "../../../src/embedded/server/lock.ts";
import { thisProcess } from "../../../src/system/process.ts";
import { scratchFolder } from "../scratch.ts";

const layout = layoutOf(scratchFolder());
afterEach(() => rmSync(layout.lock, { force: true }));

it("lets one in at a time and leaves no file", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside++;
    most = Math.max(most, inside);
    await sleep(5);
    inside--;
  };
  await Promise.all([1, 2, 3, 4].map(() => withLock(layout, work)));
  expect(most).toBe(1);
  expect(readdirSync(layout.directory)).toEqual([]);
});

it("is released when the work fails", async () => {
  await expect(withLock(layout, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(layout.lock)).toBe(false);
});

it.each([
  ["of a process that has ended", { pid: 2 ** 22 + 1, started: null, host: hostname() }],
  ["of another process that had our pid", { ...thisProcess(), started: "1" }],
])("takes over the lock %s", async (_, owner) => {
  writeFileSync(layout.lock, JSON.stringify(owner));
  const held = await withLock(layout, async () => JSON.parse(readFileSync(layout.lock, "utf8")));
  expect(held).toEqual(thisProcess());
});

it("waits for the lock of a process on another host", async () => {
  writeFileSync(layout.lock, JSON.stringify({ pid: 2 ** 22 + 1, started: null, host: "elsewhere" }));
  let entered = false;
  const waiting = withLock(layout, async () => {
    entered = true;
  });
  await sleep(200);
  expect(entered).toBe(false);
  rmSync(join(layout.lock));
  await waiting;
  expect(entered).toBe(true);
});
