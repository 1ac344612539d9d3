/** `compare`, `export` and `import` as the command line has them: statuses, wrong places, and nothing left behind. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { relations, schemas, shop, type Workspace, workspace } from "../cli/workspace.ts";
import { library } from "../library/built.ts";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";

const { compare, copySettings, exportData, run } = library;
const database = useDatabase();
let space: Workspace;

beforeAll(async () => {
  space = workspace();
  space.sqlite(shop);
  mkdirSync(space.path("tmp"));
  for (const [folder, ...options] of [["plain"], ["zipped", "--gzip"]] as const) {
    const made = await cli("export", "app.db", folder, ...options);
    expect(made.exit).toBe(0);
  }
});

/** What it makes for itself while it runs is in a folder of its own, which must be empty in the end. */
const cli = (...args: string[]) => rowhaul(args, { cwd: space.folder, env: { TMPDIR: space.path("tmp") } });

afterEach(() => {
  expect(readdirSync(space.path("tmp"))).toEqual([]);
});

/** A copy of an export, spoilt. */
function spoilt(from: string, name: string, spoil: (path: (file: string) => string) => void): string {
  mkdirSync(space.path(name));
  for (const file of readdirSync(space.path(from)))
    writeFileSync(space.path(`${name}/${file}`), readFileSync(space.path(`${from}/${file}`)));
  spoil((file) => space.path(`${name}/${file}`));
  return name;
}

const replaced = (path: string, from: string, to: string): void =>
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));

describe("compare", () => {
  it("0 when nothing differs, 4 when something does, which is named", async () => {
    const same = await cli("compare", "app.db", "plain");
    expect(same.stdout).toContain("2 tables equal (240 rows)");
    expect(same.exit).toBe(0);
    space.sqlite(shop, "other.db");
    space.sqlite("UPDATE orders SET note = 'changed' WHERE id = 7; DELETE FROM orders WHERE id = 9", "other.db");
    for (const side of ["app.db", "plain", "zipped"]) {
      const differs = await cli("compare", side, "other.db");
      expect(differs.stdout).toMatch(/missing in b: id=9/);
      expect(differs.stdout).toMatch(/id=7 note:\s+a text "note 7"\s+b text "changed"/);
      expect(differs.exit).toBe(4);
    }
    const lines = (await cli("compare", "plain", "other.db", "--json")).stdout.trim().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "result", exit: 4, outcome: "2 differences" });
  });
});

function folderOf(name: string, file?: string): string {
  mkdirSync(space.path(name));
  if (file !== undefined) fileOf(`${name}/${file}`, "hello");
  return name;
}

function fileOf(name: string, text: string): string {
  writeFileSync(space.path(name), text);
  return name;
}

type Wrong = readonly [name: string, make: () => string, code: string, says: RegExp];

/** Each is refused with status 2, by `import` into either target, `compare` and `export`. */
const wrongPlaces: readonly Wrong[] = [
  ["a file that is not there", () => "no.json", "SOURCE_NOT_FOUND", /no\.json/],
  ["a database that is not there", () => "no.db", "SOURCE_NOT_FOUND", /no\.db/],
  ["an empty folder", () => folderOf("empty"), "EXPORT_INVALID", /manifest\.json/],
  ["a folder of something else", () => folderOf("else", "notes.txt"), "EXPORT_INVALID", /manifest\.json/],
  ["an empty file", () => fileOf("empty.json", ""), "SOURCE_EMPTY", /empty\.json/],
  [
    "a changed byte",
    () => spoilt("plain", "changed", (path) => replaced(path("orders.ndjson"), '"note 7"', '"note 8"')),
    "EXPORT_INVALID",
    /orders\.ndjson/,
  ],
  [
    "a changed byte in gzip",
    () =>
      spoilt("zipped", "changed-gz", (path) => {
        const text = gunzipSync(readFileSync(path("orders.ndjson.gz")))
          .toString()
          .replace("note 7", "note 8");
        writeFileSync(path("orders.ndjson.gz"), gzipSync(text));
      }),
    "EXPORT_INVALID",
    /orders\.ndjson\.gz/,
  ],
  [
    "gzip that ends in the middle",
    () => spoilt("zipped", "cut-gz", (path) => truncateSync(path("orders.ndjson.gz"), 300)),
    "SOURCE_TRUNCATED",
    /orders\.ndjson\.gz/,
  ],
  [
    "a file that ends in the middle",
    () => spoilt("plain", "cut", (path) => truncateSync(path("orders.ndjson"), 3000)),
    "SOURCE_TRUNCATED",
    /orders\.ndjson/,
  ],
  [
    "a manifest of another version",
    () => spoilt("plain", "version", (path) => replaced(path("manifest.json"), '"version": 1', '"version": 2')),
    "EXPORT_INVALID",
    /version/,
  ],
  [
    "a manifest that is no JSON",
    () => spoilt("plain", "no-json", (path) => writeFileSync(path("manifest.json"), "{")),
    "EXPORT_INVALID",
    /manifest\.json/,
  ],
];

describe.each(wrongPlaces)("%s", (_, make, code, says) => {
  it("is refused in words, and nothing is left behind", async () => {
    const place = make();
    const there = () =>
      readdirSync(space.folder)
        .filter((name) => name !== ".rowhaul")
        .sort();
    const files = there();
    const result = await cli("import", place, database.url, "--yes");
    const output = result.all;
    expect(output).toContain(code);
    expect(output).toMatch(says);
    expect(output).not.toMatch(/ {4}at |ENOENT|EISDIR|undefined/);
    expect(result.exit).toBe(2);
    const path = space.path(place);
    const more = { folder: space.folder };
    for (const work of [
      () => run(copySettings(path, space.path("new.db"), more)),
      () => compare(path, space.path("app.db")),
      () => compare(space.path("app.db"), path),
      () => exportData(copySettings(path, "embedded"), space.path("again")),
    ])
      await expect(work()).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
    expect(there()).toEqual(files);
    expect(await relations(database.pool)).toEqual([]);
    expect((await schemas(database.pool)).filter((name) => name !== "rowhaul")).toEqual(["public"]);
  });
});

describe("compare with PostgreSQL", () => {
  it("names a schema that is not there", async () => {
    const result = await cli("compare", "app.db", database.url, "--schema", "nowhere");
    expect(result.stderr).toContain('SOURCE_NOT_FOUND: The source database has no schema "nowhere"');
    expect(result.exit).toBe(2);
  });
});

describe("export", () => {
  it("never replaces what is not an export", async () => {
    mkdirSync(space.path("precious"));
    space.write("precious/photo.jpg", "…");
    for (const options of [[], ["--overwrite"]]) {
      const result = await cli("export", "app.db", "precious", ...options);
      expect(result.all).toContain("EXPORT_EXISTS");
      expect(result.exit).toBe(2);
      expect(readdirSync(space.path("precious"))).toEqual(["photo.jpg"]);
    }
  });

  it("replaces one of its own only when told to, with the same bytes", async () => {
    const hash = () =>
      createHash("sha256")
        .update(readFileSync(space.path("twice/orders.ndjson")))
        .digest("hex");
    expect((await cli("export", "app.db", "twice")).exit).toBe(0);
    const first = hash();
    expect((await cli("export", "app.db", "twice")).all).toContain("EXPORT_EXISTS");
    expect((await cli("export", "app.db", "twice", "--overwrite")).exit).toBe(0);
    expect(hash()).toBe(first);
    expect(existsSync(space.path("twice.part"))).toBe(false);
  });

  it("that is interrupted leaves nothing", async () => {
    const files = readdirSync(space.folder).sort();
    for (const phase of ["snapshot", "load"]) {
      const stop = new AbortController();
      const work = exportData(copySettings(space.path("app.db"), "embedded"), space.path("stopped"), {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === "progress" && event.phase === phase) stop.abort(new Error("stopped"));
        },
      });
      await expect(work).rejects.toThrow("stopped");
      expect(readdirSync(space.folder).sort()).toEqual(files);
    }
  });
});
