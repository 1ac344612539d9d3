/** A copy of the command line whose node_modules lacks a package, or has a better-sqlite3 without its compiled part. */
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CliResult, cliPath, startProgram } from "../support/cli.ts";
import type { Workspace } from "./workspace.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sqlite = dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json"));
const compiled = "build/Release/better_sqlite3.node";

/** The compiled part as it should be. */
export const compiledPath = join(sqlite, compiled);

/** Its node_modules has every package but this one. */
export function installWithout(space: Workspace, left: string): void {
  cpSync(dirname(dirname(cliPath)), space.path("dist"), { recursive: true });
  cpSync(join(root, "package.json"), space.path("package.json"));
  mkdirSync(space.path("node_modules"));
  for (const name of readdirSync(dirname(sqlite)))
    if (name !== left) symlinkSync(join(dirname(sqlite), name), space.path(`node_modules/${name}`));
}

export function installWithoutSqlite(space: Workspace): void {
  installWithout(space, "better-sqlite3");
  for (const part of ["package.json", "lib"])
    cpSync(join(sqlite, part), space.path(`node_modules/better-sqlite3/${part}`), { recursive: true });
}

export function putCompiled(space: Workspace, part: Buffer): void {
  const path = space.path(`node_modules/better-sqlite3/${compiled}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, part);
}

/** Runs that installation's command line in a folder of the workspace. */
export function runInstalled(space: Workspace, folder: string, args: readonly string[]): Promise<CliResult> {
  return startProgram(process.execPath, [space.path("dist/cli/main.js"), ...args], { cwd: space.path(folder) }).ended;
}
