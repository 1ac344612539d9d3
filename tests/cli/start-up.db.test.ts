/** What a command loads: help and mistakes cost no package, and a copy none that it does not use. Told by V8's coverage. */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type CliResult, rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";
import { shop, workspace } from "./workspace.ts";

const database = useDatabase();
const space = workspace();

type Loaded = { readonly result: CliResult; readonly packages: readonly string[]; readonly ownBytes: number };

let runs = 0;

async function loadedBy(...args: readonly string[]): Promise<Loaded> {
  const folder = space.path(`coverage-${runs++}`);
  mkdirSync(folder);
  const result = await rowhaul(args, { cwd: space.folder, env: { NODE_V8_COVERAGE: folder } });
  const urls = readdirSync(folder).flatMap((file) => {
    const { result: scripts } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as { result: { url: string }[] };
    return scripts.map(({ url }) => url).filter((url) => url.startsWith("file:"));
  });
  const paths = [...new Set(urls)].map((url) => fileURLToPath(url));
  const packages = paths.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  const own = paths.filter((path) => !path.includes("node_modules"));
  return {
    result,
    packages: [...new Set(packages)].sort(),
    ownBytes: own.reduce((sum, path) => sum + statSync(path).size, 0),
  };
}

it.each([["--version"], ["--help"], ["help"], ["help", "copy"], ["run", "--help"]])(
  "%s %s loads no package, and little of rowhaul",
  async (...args) => {
    const { result, packages, ownBytes } = await loadedBy(...args.filter((arg) => arg !== undefined));
    expect(result.exit).toBe(0);
    expect(packages).toEqual([]);
    expect(ownBytes).toBeGreaterThan(10_000);
    expect(ownBytes).toBeLessThan(120_000);
  },
);

it.each([
  ["coppy", "There is no command"],
  ["copy", "needs <source> <postgres-url | embedded | file.db>"],
  ["copy --dry-rum a b", "Did you mean --dry-run?"],
])("nor does the mistake `%s`", async (line, says) => {
  const { result, packages, ownBytes } = await loadedBy(...line.split(" "));
  expect(result.exit).toBe(1);
  expect(result.stderr).toContain(says);
  expect(packages).toEqual([]);
  expect(ownBytes).toBeLessThan(120_000);
});

it("a copy loads what reads its source and writes its target", async () => {
  space.sqlite(shop, "app.db");
  const file = await loadedBy("copy", "app.db", "other.db");
  expect(file.result.exit).toBe(0);
  expect(file.packages).toEqual(["better-sqlite3", "bindings", "file-uri-to-path", "p-limit", "yocto-queue"]);
  const server = await loadedBy("copy", "app.db", database.url);
  expect(server.result.exit).toBe(0);
  expect(server.packages).toContain("pg");
  for (const name of ["zod", "yaml", "@swc/wasm-typescript", "cli-progress"])
    expect(server.packages).not.toContain(name);
});
