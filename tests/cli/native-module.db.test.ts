/**
 * A copy of the command line whose node_modules has a better-sqlite3 that cannot be loaded: the error is about the
 * installation, names the command that mends it, and accuses no database.
 */
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { CliResult } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { compiledPath, installWithoutSqlite, putCompiled, runInstalled } from "./installation.ts";
import { schemas, shop, type Workspace, workspace } from "./workspace.ts";

const database = useDatabase();
let space: Workspace;

beforeAll(() => {
  space = workspace();
  installWithoutSqlite(space);
  space.write("work/rows.json", '[{"id":1}]');
  space.sqlite(shop, "work/app.db");
});

async function broken(part: Buffer | null, ...args: readonly string[]): Promise<CliResult> {
  if (part !== null) putCompiled(space, part);
  return runInstalled(space, "work", args);
}

async function blamesTheInstallation(result: CliResult, says: string, hint: string): Promise<void> {
  expect(result.stderr).toContain("Error NATIVE_MODULE: better-sqlite3's compiled part, which reads SQLite files,");
  expect(result.stderr).toContain(says);
  expect(result.stderr).toContain(`Try: cd ${space.folder} && npm rebuild better-sqlite3`);
  expect(result.stderr).toContain(hint);
  expect(result.all).not.toMatch(/app\.db|SOURCE_|defect/);
  expect(result.exit).toBe(2);
  expect(await schemas(database.pool)).toEqual(["public"]);
}

describe("a compiled part that is", () => {
  it("not there, since install scripts were blocked: whatever is read, and wherever to", async () => {
    for (const args of [
      ["copy", "app.db", database.url],
      ["copy", "rows.json", "other.db"],
      ["copy", database.url, "other.db"],
      ["import", "rows.json", database.url],
      ["export", "app.db", "folder"],
      ["compare", "app.db", database.url],
      ["init", "app.db"],
      ["copy", "app.db", "embedded"],
    ])
      await blamesTheInstallation(await broken(null, ...args), "install scripts are blocked", "--ignore-scripts=false");
    expect(readdirSync(space.path("work")).sort()).toEqual(["app.db", "rows.json"]);
  });

  it("told under --json by its code", async () => {
    const result = await broken(null, "copy", "app.db", database.url, "--json");
    const [error] = result.stdout.split("\n").map((line) => (line === "" ? null : JSON.parse(line)));
    expect(error).toMatchObject({ type: "error", code: "NATIVE_MODULE", hint: expect.stringContaining("npm rebuild") });
  });

  it("another file", async () => {
    const result = await broken(Buffer.from("no library"), "copy", "app.db", database.url);
    await blamesTheInstallation(result, "cannot be loaded on this system", "install anew");
  });

  // The version stands in the name of a function and in a structure; both are changed as another Node's would be.
  it.runIf(process.platform === "linux")("of another version of Node", async () => {
    const mine = process.versions.modules;
    const other = "9".repeat(mine.length);
    const part = readFileSync(compiledPath);
    const name = Buffer.from(`node_register_module_v${mine}\0`);
    for (let at = part.indexOf(name); at >= 0; at = part.indexOf(name, at + 1))
      part.write(`node_register_module_v${other}`, at, "latin1");
    const version = Buffer.alloc(16);
    version.writeInt32LE(Number(mine), 0);
    for (let at = part.indexOf(version); at >= 0; at = part.indexOf(version, at + 1))
      part.writeInt32LE(Number(other), at);
    const result = await broken(part, "copy", "app.db", database.url);
    await blamesTheInstallation(
      result,
      `was built for another version of Node than this one (${process.version})`,
      "run rowhaul by the Node it was installed with",
    );
  });

  it("whole again: the same command does its work", async () => {
    const result = await broken(readFileSync(compiledPath), "copy", "app.db", "other.db");
    expect(result.exit).toBe(0);
  });
});
