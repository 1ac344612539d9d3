/** An application with two settings files and a health check, to be switched by a cutover. */
import Database from "better-sqlite3";
import { expect } from "vitest";
import { relations, schemas, shop, value, workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

export type Space = ReturnType<typeof workspace>;

export const env = "# settings\nDATABASE_URL=sqlite:app.db # old\nOTHER=1\n";
export const config = '{\n  "client": "sqlite",\n  "pool": { "max": 3 }\n}\n';

/** An application with two settings files; `check` decides about its health. */
export async function inApplication(
  work: (
    database: TestDatabase,
    space: Space,
    app: { set: (check: string) => void; moved: () => boolean },
  ) => Promise<void>,
): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  space.sqlite(shop);
  space.write("app/.env", env);
  space.write("app/config.json", config);
  const set = (check: string): void => {
    space.write("app/check.sh", check);
    space.pipeline(
      database.url,
      "cutover:",
      '  - { file: app/.env, set: { DATABASE_URL: "${target.url}" } }',
      '  - { file: app/config.json, set: { client: postgres, connection: "${target.url}" } }',
      '  - { check: "sh check.sh", in: app, timeout: 20 }',
    );
  };
  set("exit 0");
  try {
    await work(database, space, { set, moved: () => space.read("app/.env").includes(database.url) });
  } finally {
    await database.drop();
  }
}

export const cli = (space: Space, command: string, ...args: string[]) =>
  rowhaul([command, "pipeline.yaml", ...args], { cwd: space.folder });

/** As it was before any cutover: target, files, source. */
export async function expectUntouched(database: TestDatabase, space: Space): Promise<void> {
  expect(await relations(database.pool)).toEqual([]);
  expect(space.read("app/.env")).toBe(env);
  expect(space.read("app/config.json")).toBe(config);
  const db = new Database(space.path("app.db"));
  expect(db.prepare("UPDATE customers SET name = name WHERE id = 1").run().changes).toBe(1);
  db.close();
}

/** `kept`: staging schemas of runs that were rolled back. */
export async function expectMoved(database: TestDatabase, space: Space, kept = 0): Promise<void> {
  expect(space.read("app/.env")).toBe(env.replace("sqlite:app.db", database.url));
  expect(JSON.parse(space.read("app/config.json"))).toEqual({
    client: "postgres",
    pool: { max: 3 },
    connection: database.url,
  });
  expect(
    await value(
      database.pool,
      "SELECT concat_ws(' ', (SELECT count(*) FROM customers), (SELECT count(*) FROM orders), (SELECT sum(id) FROM orders))",
    ),
  ).toBe("40 200 20100");
  const [first, second, ...staging] = await schemas(database.pool);
  expect([first, second, staging.length]).toEqual(["public", "rowhaul", kept]);
}
