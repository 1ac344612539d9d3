/** A folder with a source, a database, and somebody who types what is printed. */
import { expect } from "vitest";
import { type ErrorCode, errorCodes } from "../../src/core/messages/error-codes.ts";
import { value, type Workspace, workspace } from "../cli/workspace.ts";
import { type CliResult, type Running, rowhaul, startProgram, startRowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type Printed, printedBy } from "./printed.ts";

export type Place = {
  readonly space: Workspace;
  readonly database: TestDatabase;
  /** The database's URL without its password, which the environment has, as somebody would set it. */
  readonly shown: string;
  /** Writes pipeline.yaml for app.db, or with a `source:` or `target:` of its own. */
  pipeline(...lines: readonly string[]): void;
  /** Adds lines to pipeline.yaml, as they stand. */
  add(lines: string): void;
  /** Starts a command and leaves it running. */
  start(...args: readonly string[]): Running;
  /** Must end with exit status 0. */
  ends(...args: readonly string[]): Promise<CliResult>;
  /** Must end with this error, and its exit status. */
  refused(code: ErrorCode, ...args: readonly string[]): Promise<Printed>;
  /** A printed command, in a shell, exactly as it stands. */
  type(command: string): Promise<CliResult>;
  /** The same; must end with exit status 0. */
  follow(command: string): Promise<CliResult>;
  value(sql: string): Promise<unknown>;
  /** Statements, as an administrator. */
  sql(...statements: readonly string[]): Promise<void>;
  /** Codes that were met on the way. */
  readonly met: Set<ErrorCode>;
};

export const shop = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), total REAL);
  INSERT INTO customers VALUES (1, 'Ada'), (2, 'Grace');
  INSERT INTO orders VALUES (1, 1, 1.5), (2, 2, 2.5), (3, 2, 3.5);`;

export async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  const url = new URL(database.url);
  const env = { PGPASSWORD: decodeURIComponent(url.password), DATABASE_URL: database.url };
  url.password = "";
  const met = new Set<ErrorCode>();
  const options = { cwd: space.folder, env };
  const type = (command: string): Promise<CliResult> => startProgram("/bin/sh", ["-c", command], options).ended;
  const well = (result: CliResult): CliResult => {
    expect([result.exit, result.stderr]).toEqual([0, expect.not.stringMatching(/^Error /m)]);
    return result;
  };
  try {
    await work({
      space,
      database,
      shown: url.href,
      met,
      pipeline(...lines) {
        const has = (key: string): boolean => lines.some((line) => line.startsWith(`${key}:`));
        const given = [
          "name: app",
          ...(has("source") ? [] : ["source: { kind: sqlite, path: app.db }"]),
          ...(has("target") ? [] : ['target: { kind: postgres, url: "${DATABASE_URL}" }']),
          ...lines,
        ];
        space.write("pipeline.yaml", `${given.join("\n")}\n`);
      },
      add: (lines) => void space.write("pipeline.yaml", `${space.read("pipeline.yaml")}${lines}`),
      start: (...args) => startRowhaul(args, options),
      ends: async (...args) => well(await rowhaul(args, options)),
      async refused(code, ...args) {
        const result = await rowhaul(args, options);
        const printed = printedBy(result);
        expect([printed.code, result.exit], result.all).toEqual([code, errorCodes[code].exit]);
        // What stands for something that only the caller knows must be filled in.
        expect(printed.hint).not.toMatch(/<(pipeline|command|folder)>/);
        met.add(code);
        return printed;
      },
      type,
      follow: async (command) => well(await type(command)),
      value: (sql) => value(database.pool, sql),
      async sql(...statements) {
        for (const statement of statements) await database.pool.query(statement);
      },
    });
  } finally {
    await database.drop();
  }
}
