import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appendDurably, putInPlace, renameDurably, syncFolder, writeDurably } from "../../src/system/durable-file.ts";

const fresh = (): string => mkdtempSync(join(tmpdir(), "rowhaul-durable-"));
const mode = (path: string): number => statSync(path).mode & 0o777;

test("a file is written whole, for its owner only, and leaves nothing beside it", () => {
  const folder = fresh();
  const path = join(folder, "a.json");
  writeFileSync(`${path}.part`, "left by a crash, and longer than what comes", { mode: 0o644 });
  writeDurably(path, "one");
  writeDurably(path, Buffer.from("zwölf"));
  expect([readFileSync(path, "utf8"), mode(path), readdirSync(folder)]).toEqual(["zwölf", 0o600, ["a.json"]]);
});

test("what cannot be put in place leaves the old one, and no part of the new one", () => {
  const folder = fresh();
  const path = join(folder, "a.json");
  mkdirSync(join(path, "full"), { recursive: true });
  expect(() => writeDurably(path, "new")).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect([readdirSync(folder), readdirSync(path)]).toEqual([["a.json"], ["full"]]);
});

test("lines are appended", () => {
  const path = join(fresh(), "journal");
  for (const line of ["one\n", "two\n"]) appendDurably(path, line);
  expect([readFileSync(path, "utf8"), mode(path)]).toEqual(["one\ntwo\n", 0o600]);
});

test("a file or folder made by others takes its name, in place of an older file", () => {
  const folder = fresh();
  writeFileSync(join(folder, "a"), "old");
  writeFileSync(join(folder, "a.part"), "new");
  putInPlace(join(folder, "a.part"), join(folder, "a"));
  mkdirSync(join(folder, "b.part"));
  renameDurably(join(folder, "b.part"), join(folder, "b"));
  syncFolder(folder);
  expect([readdirSync(folder), readFileSync(join(folder, "a"), "utf8")]).toEqual([["a", "b"], "new"]);
});
