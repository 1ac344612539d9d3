/** A shop with an application, a pipeline with environments, and a database of its own for one test. */
import { chmodSync } from "node:fs";
import { type CliOptions, type CliResult, cliPath, type Running, rowhaul, startProgram } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { shop, workspace } from "./workspace.ts";

export type Place = {
  readonly database: TestDatabase;
  readonly space: ReturnType<typeof workspace>;
  /** The database's name, as `confirm: name` wants it. */
  readonly name: string;
  /** `rowhaul <command> pipeline.yaml …`. */
  readonly cli: (command: string, ...args: readonly string[]) => Promise<CliResult>;
  /** The same on a pseudo-terminal. */
  readonly terminal: (args: string, options?: CliOptions) => Running;
  /** Writes the pipeline anew with these lines under `environments:`, and others below. */
  readonly set: (environments: readonly string[], ...others: readonly string[]) => void;
};

export async function inPlace(
  environments: readonly string[],
  work: (place: Place) => Promise<void>,
  ...others: readonly string[]
): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  space.sqlite(shop);
  const set = (lines: readonly string[], ...more: readonly string[]): void => {
    space.pipeline(database.url, "environments:", ...lines.map((line) => `  ${line}`), ...more);
  };
  set(environments, ...others);
  try {
    await work({
      database,
      space,
      set,
      name: new URL(database.url).pathname.slice(1),
      cli: (command, ...args) => rowhaul([command, "pipeline.yaml", ...args], { cwd: space.folder }),
      terminal: (args, options = {}) =>
        startProgram("/usr/bin/script", ["-qec", `${process.execPath} ${cliPath} ${args}`, "/dev/null"], {
          cwd: space.folder,
          ...options,
          env: { TERM: "xterm-256color", COLUMNS: "140", ...options.env },
        }),
    });
  } finally {
    await database.drop();
  }
}

/** A program that a pipeline may call, as a file of the workspace. */
export function script({ space }: Place, name: string, text: string): string {
  const path = space.write(name, text);
  chmodSync(path, 0o755);
  return path;
}
