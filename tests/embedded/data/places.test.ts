import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { embeddedDirectory, statePlace } from "../../../src/embedded/data/places.ts";
import { scratchFolder } from "../scratch.ts";

const scratch = scratchFolder();
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("names a project's place by its folder and its whole path", () => {
  const [one, two] = [embeddedDirectory("/a/my project"), embeddedDirectory("/b/my project")];
  expect(one).toMatch(/\/embedded\/my-project-[0-9a-f]{12}$/);
  expect(one).not.toBe(two);
  expect(embeddedDirectory("/a/x/../my project/")).toBe(one);
});

it("gives a project the same place however it is reached", () => {
  mkdirSync(join(scratch, "project"));
  symlinkSync(join(scratch, "project"), join(scratch, "link"));
  expect(embeddedDirectory(join(scratch, "link"))).toBe(embeddedDirectory(join(scratch, "project")));
  rmSync(join(scratch, "link"));
  rmSync(join(scratch, "project"), { recursive: true });
});

it("is outside root's home for root, whatever the environment says", () => {
  vi.spyOn(process, "getuid").mockReturnValue(0);
  vi.stubEnv("XDG_STATE_HOME", "/root/state");
  expect(statePlace()).toMatch(/^\/var\/(lib\/rowhaul|tmp\/rowhaul-embedded)$/);
});

it("follows XDG_STATE_HOME for an ordinary user", () => {
  vi.spyOn(process, "getuid").mockReturnValue(1000);
  vi.stubEnv("XDG_STATE_HOME", "/elsewhere");
  expect(statePlace()).toBe("/elsewhere/rowhaul");
});
