/** Who a process is, and what can be known of it from where this one runs. */
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { expect, it } from "vitest";
import { fateOf, fateOfText, hasDied, processText, readProcessText, thisProcess } from "../../src/system/process.ts";

const self = thisProcess();
const gone = { ...self, pid: spawnSync(process.execPath, ["-e", ""]).pid };

it("names the start of the machine and the place where its pid counts", () => {
  expect(self).toMatchObject({ pid: process.pid, host: hostname() });
  if (process.platform !== "linux") return;
  expect(self.boot).toMatch(/^[0-9a-f-]{36}$/);
  expect(self.pids).toMatch(/^\d+$/);
  expect(self.started).toMatch(/^\d+$/);
});

it.each([
  ["this one", self, "alive"],
  ["one that has ended", gone, "dead"],
  ["another one that had our pid", { ...self, started: "1" }, "dead"],
  ["one of another host", { ...gone, host: "elsewhere" }, "unknown"],
  ["one of another container of the same name", { ...gone, pids: "4026531999" }, "unknown"],
  ["one of before the machine was started anew", { ...gone, boot: "00000000-0000-0000-0000-000000000000" }, "unknown"],
  ["one that says less of itself than the system does", { ...gone, boot: null, pids: null }, "unknown"],
  ["one that an earlier version wrote down", { pid: gone.pid, started: null, host: hostname() }, "dead"],
] as const)("%s is %s", (_, identity, fate) => {
  expect(fateOf(identity)).toBe(process.platform === "linux" || fate !== "unknown" ? fate : expect.any(String));
  const text = processText(identity);
  if ("boot" in identity) expect(readProcessText(text)).toEqual({ ...identity });
  expect(fateOfText(text)).toBe(fateOf(readProcessText(text) ?? self));
});

it.each([
  ["host:12", { host: "host", pid: 12, started: null }],
  ["host:12:345", { host: "host", pid: 12, started: "345" }],
  ["a:b:12:345", { host: "a:b", pid: 12, started: "345" }],
  ["host\t12\t345", { host: "host", pid: 12, started: "345" }],
  ["host:12:345:01f3-aa:402", { host: "host", pid: 12, started: "345", boot: "01f3-aa", pids: "402" }],
  ["host:12:::", { host: "host", pid: 12, started: null, boot: null, pids: null }],
  ["nobody", null],
])("%s is read as it was written", (text, identity) => {
  expect(readProcessText(text)).toEqual(identity);
  expect(hasDied(text)).toBe(false);
});
