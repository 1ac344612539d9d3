/** `compare`, `export` and `import` as the command line has them: statuses, wrong places, and nothing left behind. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relations, schemas, shop, type Workspace, workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
let space: Workspace;

beforeAll(async () => {
  space = workspace();
  space.sqlite(shop);
  for (const [folder, ...options] of [["plain"], ["zipped", "--gzip"]] as const) {
    const made = await cli("export", "app.db", folder, ...options);
    expect(made.exit).toBe(0);
  }
});

const cli = (...args: string[]) => rowhaul(args, { cwd: space.folder });

const scratch = () => readdirSync(tmpdir()).filter((name) => /^rowhaul-(compare|rehearsal|init)-/.test(name));
const before = scratch();
afterAll(() => {
  // Other tests have theirs; none of those here may stay.
  expect(scratch().filter((name) => !before.includes(name)).length).toBeLessThanOrEqual(3);
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

type Wrong = readonly [name: string, make: () => string, code: string, says: RegExp];

/** Each is refused with status 2, by `import` into either target and by `compare`. */
const wrongPlaces: readonly Wrong[] = [
  ["a file that is not there", () => "no.json", "SOURCE_NOT_FOUND", /no\.json/],
  ["a database that is not there", () => "no.db", "SOURCE_NOT_FOUND", /no\.db/],
  ["an empty folder", () => (mkdirSync(space.path("empty")), "empty"), "EXPORT_INVALID", /manifest\.json/],
  [
    "a folder of something else",
    () => {
      mkdirSync(space.path("else"));
      writeFileSync(space.path("else/notes.txt"), "hello");
      return "else";
    },
    "EXPORT_INVALID",
    /manifest\.json/,
  ],
  ["an empty file", () => (writeFileSync(space.path("empty.json"), ""), "empty.json"), "SOURCE_JSON", /empty/],
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
        const text = gunzipSync(readFileSync(path("orders.ndjson.gz"))).toString().replace("note 7", "note 8");
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
    const there = () => readdirSync(space.folder).filter((name) => name !== ".rowhaul").sort();
    const files = there();
    for (const args of [
      ["import", place, database.url, "--yes"],
      ["import", place, "new.db", "--yes"],
      ["compare", place, "app.db"],
      ["export", place, "again"],
    ]) {
      const result = await cli(...args);
      const told = `${args[0]} ${result.all}`;
      expect(told).toContain(code === "SOURCE_NOT_FOUND" && args[0] === "import" ? "There is no file" : code);
      expect(told).toMatch(says);
      expect(told).not.toMatch(/ {4}at |ENOENT|EISDIR|undefined/);
      expect(result.exit).toBe(2);
      expect(there()).toEqual(files);
    }
    expect(await relations(database.pool)).toEqual([]);
    expect((await schemas(database.pool)).filter((name) => name !== "rowhaul")).toEqual(["public"]);
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
    const hash = () => createHash("sha256").update(readFileSync(space.path("twice/orders.ndjson"))).digest("hex");
    expect((await cli("export", "app.db", "twice")).exit).toBe(0);
    const first = hash();
    expect((await cli("export", "app.db", "twice")).all).toContain("EXPORT_EXISTS");
    expect((await cli("export", "app.db", "twice", "--overwrite")).exit).toBe(0);
    expect(hash()).toBe(first);
    expect(existsSync(space.path("twice.part"))).toBe(false);
  });
});
