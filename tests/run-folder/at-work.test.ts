/** Who is at work on a folder of runs, as its file says. */
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
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

/** Whoever is at work would have given a sign since. */
function age(path: string, seconds = 121): void {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(path, then, then);
}

it.each([
  ["is half written", '{"pid":12'],
  ["names a process that has ended", JSON.stringify({ pid: 2 ** 30, started: "1", host: hostname() })],
])("a claim that %s is taken over", (_, text) => {
  const { folder, path } = folderWith(text);
  age(path);
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

const spoilt = {
  "of another shape": (path: string) => writeFileSync(path, '{"pid":"a"}'),
  "a list": (path: string) => writeFileSync(path, "[]"),
  "a folder": (path: string) => {
    rmSync(path);
    mkdirSync(join(path, "deeper"), { recursive: true });
  },
} as const;

it.each(Object.entries(spoilt))(
  "a damaged claim, %s, is taken over on demand once nobody gives signs",
  async (_, spoil) => {
    const { folder, path } = folderWith("{}");
    spoil(path);
    const demanded = (): unknown => claimFolder(folder, { overDamaged: true });
    age(path, 100);
    const error = await errorOf(demanded);
    expect([error.code, error.hint]).toEqual(["RUN_IN_PROGRESS", expect.stringContaining(`remove ${path}`)]);
    age(path);
    expect(await codeOf(() => claimFolder(folder))).toBe("RUN_FILE_DAMAGED");
    const claim = claimFolder(folder, { overDamaged: true });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
    expect(await codeOf(demanded)).toBe("RUN_IN_PROGRESS");
    claim.release();
    expect(existsSync(path)).toBe(false);
  },
);

it("a claim that is damaged under its holder keeps everybody out as long as the holder gives signs", async () => {
  const folder = freshPath("app-1");
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const claim = claimFolder(folder);
  try {
    const path = join(folder, "at-work.json");
    for (const text of ["", "{}", '{"pid":'] as const) {
      writeFileSync(path, text);
      age(path);
      vi.advanceTimersByTime(10_000);
      for (const overDamaged of [false, true])
        expect(["RUN_IN_PROGRESS", "RUN_FILE_DAMAGED"]).toContain(
          await codeOf(() => claimFolder(folder, { overDamaged })),
        );
    }
  } finally {
    claim.release();
    vi.useRealTimers();
  }
});
