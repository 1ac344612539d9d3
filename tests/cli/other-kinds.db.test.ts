/** What is given and is not what it was taken for: each is called what it is, with what to do next. */
import { mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, useDatabase } from "../support/database.ts";
import { schemas, shop, type Workspace, workspace } from "./workspace.ts";

const database = useDatabase();
let space: Workspace;
let before: Record<string, string>;

beforeAll(() => {
  space = workspace();
  const bytes = (name: string, content: Buffer): void => writeFileSync(space.path(name), content);
  space.write("people.csv", "id,name\n1,Ann\n2,Bob\n");
  space.write("words.json", "hello world\n");
  space.write("cut.json", '[{"id":1},{"id"');
  space.write("csv.json", "id,name\n1,Ann\n");
  space.write("rows.db", '[{"id":1}]');
  space.write("dump.sql", "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n");
  bytes("custom.dump", Buffer.from("PGDMP\x01\x0e\x00\x04\x08\x01", "latin1"));
  bytes("book.xlsx", Buffer.from("PK\x03\x04\x14\0\0\0[Content_Types].xmlxl/workbook.xml", "latin1"));
  bytes("app.db.gz", gzipSync(Buffer.from("SQLite format 3\0")));
  bytes("packed.json.gz", gzipSync("hello"));
  bytes("secret.db", Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 167 + 1) % 251)));
  space.write("empty.db", "");
  space.write("empty.json", "");
  space.write("folder/notes.txt", "x");
  mkdirSync(space.path("none"));
  space.write("data/rows.ndjson", '{"id":1}\n');
  space.write("pgdata/PG_VERSION", "18\n");
  space.sqlite(shop);
  space.sqlite(shop, "named.json");
  before = space.hashes();
});

async function refusal(
  args: readonly string[],
  exit: number,
  code: string,
  says: string,
  todo: string,
): Promise<string> {
  const result = await rowhaul(args, { cwd: space.folder });
  const flat = result.stderr.replaceAll(/\s+/g, " ");
  expect(flat).toContain(`Error ${code}: `);
  expect(flat).toContain(says);
  expect(flat).toMatch(/ Try: /);
  expect(flat.slice(flat.lastIndexOf("Try: "))).toContain(todo);
  expect(result.exit).toBe(exit);
  expect(space.hashes()).toEqual(before);
  return result.all;
}

const sources: [string, string, string, string][] = [
  [
    "people.csv",
    "SOURCE_NOT_SQLITE",
    "people.csv is a CSV file, and no SQLite database.",
    ".import --csv people.csv rows",
  ],
  ["rows.db", "SOURCE_NOT_SQLITE", "rows.db is JSON, and no SQLite database.", "ends in .json"],
  ["dump.sql", "SOURCE_NOT_SQLITE", "dump.sql is a PostgreSQL dump in SQL, and no SQLite", "psql -d app -f dump.sql"],
  ["custom.dump", "SOURCE_NOT_SQLITE", "(pg_dump's custom format), and no SQLite", "pg_restore -d app custom.dump"],
  ["book.xlsx", "SOURCE_NOT_SQLITE", "book.xlsx is an Excel workbook, and no SQLite", "Save each sheet as CSV"],
  ["app.db.gz", "SOURCE_NOT_SQLITE", "app.db.gz is packed by gzip, and no SQLite", "gunzip -k app.db.gz"],
  ["secret.db", "SOURCE_NOT_SQLITE", "is not a SQLite database, or it is encrypted.", "Decrypt it first"],
  ["empty.db", "SOURCE_EMPTY", "empty.db is an empty file (0 bytes).", "Check the path"],
  ["empty.json", "SOURCE_EMPTY", "empty.json is empty.", "Check the path"],
  ["words.json", "SOURCE_JSON", "line 1, byte 0: a row must be an object, and this is no value of JSON", "the line"],
  ["cut.json", "SOURCE_TRUNCATED", "cut.json ends in the middle", "Copy or export it again"],
  ["csv.json", "SOURCE_JSON", "csv.json is a text file that looks like CSV, and no JSON.", ".import --csv"],
  ["named.json", "SOURCE_JSON", "named.json is a SQLite database, and no JSON.", "ends in .db"],
  ["packed.json.gz", "SOURCE_JSON", "this is no value of JSON", "the line"],
  [
    "folder",
    "EXPORT_INVALID",
    "folder is a folder, and no export of rowhaul's",
    "Give a file, a URL, or a folder that",
  ],
  ["none", "EXPORT_INVALID", "none is an empty folder, and no export of rowhaul's", "Give a file, a URL"],
  ["data", "EXPORT_INVALID", "data is a folder, and no export of rowhaul's", "Give the file in it: "],
  [
    "pgdata",
    "EXPORT_INVALID",
    "pgdata is the data directory of a PostgreSQL server",
    "Start that server, and give its URL",
  ],
  ["ap.db", "SOURCE_NOT_FOUND", "There is no file at ", "Did you mean "],
  ["word.json", "SOURCE_NOT_FOUND", "There is no file at ", "Did you mean "],
  ["elsewhere/app.db", "SOURCE_NOT_FOUND", "There is no file at ", "Check the path"],
];

describe("a source", () => {
  it.each(sources)("%s", async (source, code, says, todo) => {
    await refusal(["export", source, "written"], 2, code, says, todo);
  });

  it("leaves the target as it is", async () => {
    const [source, code, says, todo] = sources[0] ?? ["", "", "", ""];
    await refusal(["copy", source, database.url, "--yes"], 2, code, says, todo);
    expect(await schemas(database.pool)).toEqual(["public"]);
  });

  it.each([
    [
      "sqlite:///app.db",
      "The URL begins with sqlite: which rowhaul does not take; a file is given by its path.",
      "the path alone",
    ],
    ["file:///srv/app.db", "The URL begins with file:", "the path alone"],
    ["mysql://me:pw@h/d", "and no MySQL.", "pgloader"],
    ["mongodb://me:pw@h/d", "and no MongoDB.", "mongoexport"],
    ["https://h/app.db", "rowhaul reads no files over a network.", "Download the file"],
  ])("%s", async (source, says, todo) => {
    for (const args of [
      ["copy", source, "new.db"],
      ["compare", source, "app.db"],
      ["init", source],
      ["copy", "app.db", source],
    ]) {
      const all = await refusal(args, 1, "USAGE", says, todo);
      expect(all).not.toContain("target");
      expect(all).not.toContain("pw@");
    }
  });
});

describe("a target", () => {
  it.each([
    ["people.csv", "people.csv is a CSV file, and no SQLite database; nothing is written over it.", "another path"],
    ["words.json", "words.json is a text file, and no SQLite database; nothing is written over it.", "another path"],
    ["secret.db", "secret.db is no SQLite database, or an encrypted one; nothing is written over it.", "another path"],
    ["folder", "folder is a folder, and a SQLite target is a file.", "Name a file in it, such as "],
    ["elsewhere/new.db", "There is no folder ", "Check the path"],
  ])("%s", async (target, says, todo) => {
    await refusal(["copy", "app.db", target], 2, "TARGET_FILE", says, todo);
  });
});

describe("arguments the wrong way round", () => {
  it("an empty server first, a full file second", async () => {
    const url = new URL(database.url);
    url.password = "";
    const says = "(schema public) holds no tables to move.";
    const all = await refusal(["copy", database.url, "app.db"], 2, "SOURCE_EMPTY", says, "meant the other way round?");
    expect(all.replaceAll(/\s+/g, " ")).toContain(` copy app.db ${url.href}\``);
    expect(all).not.toContain("empty file");
  });

  it("a server without tables in that schema, and a file that is not there: no word of a file", async () => {
    const other = await freshDatabase();
    try {
      await other.pool.query("CREATE SCHEMA app; CREATE TABLE app.t (id int)");
      await refusal(
        ["copy", other.url, "new.db"],
        2,
        "SOURCE_EMPTY",
        "holds no tables to move.",
        "there are tables in app.",
      );
      await other.pool.query("DROP SCHEMA app CASCADE");
      await refusal(
        ["export", other.url, "written"],
        2,
        "SOURCE_EMPTY",
        "holds no tables to move.",
        "it has no tables in any schema",
      );
    } finally {
      await other.drop();
    }
  });

  it("a target first, an export second", async () => {
    const own = workspace();
    own.sqlite(shop);
    await rowhaul(["export", "app.db", "backup"], { cwd: own.folder });
    const result = await rowhaul(["import", "app.db", "backup"], { cwd: own.folder });
    expect([result.exit, result.stderr]).toEqual([
      2,
      expect.stringContaining("backup is a folder, and a SQLite target is a file."),
    ]);
    expect(result.stderr).toContain("Try: It holds an export: the source is named first, the target second.");
  });
});

describe("a pipeline file", () => {
  it.each([
    ["people.csv", "people.csv is a CSV file, and no pipeline file."],
    ["book.xlsx", "book.xlsx is an Excel workbook, and no pipeline file."],
    ["app.db", "app.db is a SQLite database, and no pipeline file."],
    ["custom.dump", "(pg_dump's custom format), and no pipeline file."],
  ])("%s", async (file, says) => {
    await refusal(["plan", file], 1, "PIPELINE_INVALID", says, "init");
  });

  it("a folder", async () => {
    await refusal(["plan", "folder"], 1, "PIPELINE_NOT_FOUND", "folder is a folder, and no pipeline file.", "init");
  });
});
