/** What is made of a file that only its owner may read, nobody else may read. */
import { chmodSync, lstatSync, readdirSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { shop, workspace } from "./workspace.ts";

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

it.each([
  ["600", 0o600],
  ["640", 0o640],
])("a source of mode %s makes a target of no more", async (text, rights) => {
  const space = workspace();
  const source = space.sqlite(shop);
  chmodSync(source, rights);
  expect((await rowhaul(["copy", "app.db", "x.db"], { cwd: space.folder })).exit).toBe(0);
  expect([mode(space.path("x.db")), mode(space.path("x.db.rowhaul"))]).toEqual([text, "600"]);
  const db = new Database(space.path("x.db"));
  db.pragma("journal_mode = WAL");
  db.exec("DELETE FROM orders WHERE id = 1");
  for (const name of readdirSync(space.folder).filter((one) => one.startsWith("x.db-")))
    expect([name, mode(space.path(name))]).toEqual([name, text]);
  db.close();
  expect((await rowhaul(["export", "app.db", "out"], { cwd: space.folder })).exit).toBe(0);
  expect(mode(space.path("out"))).toBe("700");
  for (const name of readdirSync(space.path("out"))) expect(mode(join(space.path("out"), name))).toBe("600");
  expect((await rowhaul(["import", "out", "y.db"], { cwd: space.folder })).exit).toBe(0);
  expect(mode(space.path("y.db"))).toBe("600");
});

it("a .rowhaul, or the state of a target, that is a link is refused by name, and nothing behind it is touched", async () => {
  const space = workspace();
  const other = workspace();
  space.sqlite(shop);
  other.sqlite(shop, "theirs.db");
  const before = [other.hashes(), mode(other.folder), mode(other.path("theirs.db"))];
  for (const [link, to, code] of [
    [".rowhaul", other.folder, "LOCAL_DISK"],
    ["x.db.rowhaul", other.path("theirs.db"), "TARGET_FILE"],
  ] as const) {
    symlinkSync(to, space.path(link));
    const result = await rowhaul(["copy", "app.db", "x.db"], { cwd: space.folder });
    expect([result.exit, result.stderr]).toEqual([2, expect.stringContaining(`Error ${code}: `)]);
    expect(result.stderr).toContain(`${space.path(link)} is a symbolic link`);
    expect([other.hashes(), mode(other.folder), mode(other.path("theirs.db"))]).toEqual(before);
    expect(lstatSync(space.path("x.db"), { throwIfNoEntry: false })).toBeUndefined();
    unlinkSync(space.path(link));
  }
});
