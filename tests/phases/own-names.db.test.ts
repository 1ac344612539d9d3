/** A table of the source is data, whatever it is called and whatever stands in it. */
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { relations, value, workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, useDatabase } from "../support/database.ts";

const db = useDatabase();

const believed = JSON.stringify({
  encoding: "UTF-8",
  userVersion: 0,
  applicationId: 0,
  tables: ["p", "c"].map((name) => ({
    name,
    sql: "",
    columns: [],
    primaryKey: null,
    foreignKeys: [{ name: null, columns: ["id"], parent: "p", onDelete: "CASCADE; CREATE TABLE owned (); --" }],
  })),
  views: [],
  triggers: [],
  virtualTables: [],
  internal: [],
});

it("arrives as a table, from a SQLite file, also through transforms, and from PostgreSQL and JSON", async () => {
  const space = workspace();
  const done = async (...args: readonly string[]): Promise<void> => {
    const result = await rowhaul(args, { cwd: space.folder });
    expect([args, result.exit, result.exit === 0 ? "" : result.all]).toEqual([args, 0, ""]);
  };
  space.sqlite(
    `CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);
     CREATE TABLE beside (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO beside VALUES (7, 'x');
     CREATE TABLE rowhaul_catalog (catalog TEXT); INSERT INTO rowhaul_catalog VALUES ('${believed}');
     CREATE TABLE "rowhaul 1" (id INTEGER PRIMARY KEY REFERENCES p (id)); INSERT INTO "rowhaul 1" VALUES (1);`,
  );
  const all = ["beside", "p", "rowhaul 1", "rowhaul_catalog"];
  await done("copy", "app.db", db.url, "--accept-all");
  expect(await relations(db.pool)).toEqual(expect.arrayContaining(all));
  expect(await relations(db.pool)).not.toContain("owned");
  expect(await value(db.pool, "SELECT catalog FROM rowhaul_catalog")).toBe(believed);

  const other = await freshDatabase();
  try {
    space.pipeline(other.url, "tables: { '*': {}, beside: { transform: [{ trim: v }] } }", "accept: []");
    await done("run", "pipeline.yaml");
    expect(await value(other.pool, "SELECT catalog FROM rowhaul_catalog")).toBe(believed);
  } finally {
    await other.drop();
  }

  await done("copy", db.url, "back.db");
  writeFileSync(
    space.path("rows.json"),
    '{"rowhaul_catalog": [{"catalog": "{}"}], "rowhaul 1": [{"id": 2}, {"id": "a"}]}',
  );
  await done("copy", "rows.json", "json.db");
  expect(await value(db.pool, 'SELECT count(*)::int FROM "rowhaul 1"')).toBe(1);
});
