import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readPostmasterFile, runningPostmaster } from "../../../src/embedded/server/postmaster.ts";
import { scratchFolder } from "../scratch.ts";

const data = join(scratchFolder(), "data");
beforeAll(() => mkdirSync(data));
afterAll(() => rmSync(data, { recursive: true }));

it("reads the server's pid file", () => {
  writeFileSync(join(data, "postmaster.pid"), `4711\n${data}\n1700000000\n5433\n\n127.0.0.1\n  123   4\nready   \n`);
  expect(readPostmasterFile(data)).toEqual({ pid: 4711, port: 5433, status: "ready" });
});

it.each([
  ["half a file", "4711\n", { pid: 4711, port: null, status: "" }],
  ["an empty file", "", null],
  ["a standalone backend", "-4711\n/data\n", { pid: 4711, port: null, status: "" }],
  ["a file of nonsense", "postgres\n", null],
])("makes of %s what it can", (_, text, expected) => {
  writeFileSync(join(data, "postmaster.pid"), text);
  expect(readPostmasterFile(data)).toEqual(expected);
});

it("takes no other program for the server, though its pid be in the file", () => {
  writeFileSync(join(data, "postmaster.pid"), `${process.pid}\n${data}\n1700000000\n5433\n\n127.0.0.1\n\nready   \n`);
  expect(runningPostmaster(data)).toBeNull();
});
