import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeEmbedded } from "../../../src/embedded/server/remove.ts";
import { scratchFolder } from "../scratch.ts";

const scratch = scratchFolder();

it("removes what is the server's and nothing else", async () => {
  const directory = join(scratch, "server");
  mkdirSync(join(directory, "data"), { recursive: true });
  for (const name of ["state.json", "server.log", "password-12", "notes.txt", "data.csv"]) {
    writeFileSync(join(directory, name), "");
  }
  expect(await removeEmbedded(directory)).toBe(true);
  expect(readdirSync(directory).sort()).toEqual(["data.csv", "notes.txt"]);
  rmSync(directory, { recursive: true });
});

it("removes the directory when it is empty then, and says when there was nothing", async () => {
  const directory = join(scratch, "server");
  mkdirSync(join(directory, "data"), { recursive: true });
  expect(await removeEmbedded(directory)).toBe(true);
  expect(existsSync(directory)).toBe(false);
  expect(await removeEmbedded(directory)).toBe(false);
});
