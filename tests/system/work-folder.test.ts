import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeWorkFolder } from "../../src/system/work-folder.ts";

test("each has its own, and a removal takes no other along", () => {
  const place = mkdtempSync(join(tmpdir(), "rowhaul-work-"));
  const [one, other] = [makeWorkFolder(join(place, "out")), makeWorkFolder(join(place, "out"))];
  expect(statSync(one.path).mode & 0o777).toBe(0o700);
  one.remove();
  expect(readdirSync(place)).toEqual([other.path.slice(place.length + 1)]);
});

test("what a killed process left goes, and nothing else", () => {
  const place = mkdtempSync(join(tmpdir(), "rowhaul-work-"));
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const make = (name: string, owner: object | null): void => {
    mkdirSync(join(place, name));
    if (owner !== null) writeFileSync(join(place, name, "owner.json"), JSON.stringify(owner));
  };
  make(".out.rowhaul-killed", { pid, started: null, host: hostname() });
  make(".out.rowhaul-others", { pid, started: null, host: "elsewhere" });
  make(".out.rowhaul-alived", { pid: process.pid, started: null, host: hostname() });
  make(".out.rowhaul-making", null);
  make(".out.rowhaul", null);
  make(".out.rowhaul-of-an-application", null);
  for (const name of [".out.rowhaul", ".out.rowhaul-of-an-application"]) utimesSync(join(place, name), 0, 0);
  makeWorkFolder(join(place, "out")).remove();
  expect(readdirSync(place).sort()).toEqual([
    ".out.rowhaul-alived",
    ".out.rowhaul-making",
    ".out.rowhaul-of-an-application",
    ".out.rowhaul-others",
  ]);
});
