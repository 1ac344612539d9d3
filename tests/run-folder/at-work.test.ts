/** Who is at work on a folder of runs, as its file says. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { claimFolder } from "../../src/run-folder/at-work.ts";
import { codeOf, errorOf, freshPath } from "../support/scratch-database.ts";

function folderWith(text: string): { readonly folder: string; readonly path: string } {
  const folder = freshPath("app-1");
  mkdirSync(folder);
  const path = join(folder, "at-work.json");
  writeFileSync(path, text);
  return { folder, path };
}

it("a claim says its version, and goes away when it is released", async () => {
  const folder = freshPath("app-1");
  const claim = claimFolder(folder);
  const path = join(folder, "at-work.json");
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ version: 1, pid: process.pid, host: hostname() });
  expect(await codeOf(() => claimFolder(folder))).toBe("RUN_IN_PROGRESS");
  claim.release();
  expect(existsSync(path)).toBe(false);
});

it.each([
  ["is half written", '{"pid":12'],
  ["names a process that has ended", JSON.stringify({ pid: 2 ** 30, started: "1", host: hostname() })],
])("a claim that %s is taken over", (_, text) => {
  const { folder, path } = folderWith(text);
  const claim = claimFolder(folder);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  claim.release();
});

it.each([
  ["of a newer rowhaul", '{"version":2,"pid":"a"}', "STATE_NEWER"],
  ["of another shape", '{"pid":"a"}', "RUN_FILE_DAMAGED"],
  ["from before there were versions, on another machine", '{"pid":1,"started":null,"host":"else"}', "RUN_IN_PROGRESS"],
])("a claim %s stands", async (_, text, code) => {
  const { folder, path } = folderWith(text);
  const error = await errorOf(() => claimFolder(folder));
  expect([error.code, `${error.message} ${error.hint}`]).toEqual([code, expect.stringContaining(path)]);
  expect(readFileSync(path, "utf8")).toBe(text);
});
