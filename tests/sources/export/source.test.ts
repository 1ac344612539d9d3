import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { RowhaulError } from "../../../src/core/messages/errors.ts";
import type { Manifest } from "../../../src/exports/manifest.ts";
import { readLines } from "../../../src/exports/read-lines.ts";
import { proveImport } from "../../../src/sources/export/proof.ts";
import { exportSource } from "../../../src/sources/export/source.ts";
import { exportAll, importFrom, signal } from "../../exports/round-trip.ts";
import { codeOf, errorOf, freshPath, makeDatabase } from "../../support/scratch-database.ts";

const path = makeDatabase(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')",
);
const fresh = async (gzip = false): Promise<string> => (await exportAll(path, { gzip })).folder;

function change(folder: string, with_: (manifest: Record<string, unknown> & Manifest) => object): void {
  const file = join(folder, "manifest.json");
  writeFileSync(
    file,
    JSON.stringify(with_(JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown> & Manifest)),
  );
}

/** What an import of the changed folder says; nothing may be left of it. */
async function refused(folder: string): Promise<RowhaulError> {
  const destination = freshPath("imported.db");
  const error = await errorOf(() => exportSource(folder).snapshot(destination, () => {}, signal));
  expect([existsSync(destination), existsSync(`${destination}.part`)]).toEqual([false, false]);
  return error;
}

function messageOf(error: RowhaulError): string {
  return [error.code, error.message, ...error.details].join(" | ");
}

describe("files that were changed", () => {
  it("are named with the line", async () => {
    const folder = await fresh();
    const file = join(folder, "t.ndjson");
    writeFileSync(file, readFileSync(file, "utf8").replace('"two"', "[two]"));
    expect(messageOf(await refused(folder))).toContain(`EXPORT_INVALID | ${file}, line 2: v is`);
  });

  it("are seen by their SHA-256 where every line is understood", async () => {
    const folder = await fresh();
    const file = join(folder, "t.ndjson");
    writeFileSync(file, readFileSync(file, "utf8").replace('"two"', '"owt"'));
    expect(messageOf(await refused(folder))).toMatch(/EXPORT_INVALID .* its SHA-256 is another/);
  });

  it("are seen when a key is there twice", async () => {
    const folder = await fresh();
    const file = join(folder, "t.ndjson");
    writeFileSync(file, readFileSync(file, "utf8").replace('"id":3', '"id":2'));
    expect(messageOf(await refused(folder))).toMatch(/line 3: the row's key is there already/);
  });

  it("are longer or no UTF-8", async () => {
    const longer = await fresh();
    const file = join(longer, "t.ndjson");
    writeFileSync(file, `${readFileSync(file, "utf8")}{"id":4,"v":"x"}\n`);
    expect(messageOf(await refused(longer))).toMatch(/EXPORT_INVALID .* is longer/);
    for (const text of ["x".repeat(1000), `{}\n${"x".repeat(1000)}`, `${"x".repeat(1000)}\n`]) {
      writeFileSync(file, text);
      const error = await errorOf(() => readLines(file, 10_000, signal, () => {}, 999));
      const line = text.startsWith("{}") ? 2 : 1;
      expect(messageOf(error)).toBe(
        `EXPORT_INVALID | ${file}, line ${line}, is longer than 999 bytes, which no row of an export is.`,
      );
    }
    const broken = await fresh();
    writeFileSync(join(broken, "t.ndjson"), Buffer.from('{"id":1,"v":"\xff"}\n', "latin1"));
    expect(messageOf(await refused(broken))).toMatch(/EXPORT_INVALID .* UTF-8/);
  });
});

describe("files that are cut short", () => {
  it("in a line, between lines, to nothing", async () => {
    const whole = readFileSync(join(await fresh(), "t.ndjson"), "utf8");
    for (const length of [whole.length - 3, whole.indexOf("\n") + 1, 0]) {
      const folder = await fresh();
      truncateSync(join(folder, "t.ndjson"), length);
      expect((await refused(folder)).code).toBe("SOURCE_TRUNCATED");
    }
  });

  it("in gzip, at any byte of it", async () => {
    const folder = await fresh(true);
    const file = join(folder, "t.ndjson.gz");
    const whole = readFileSync(file);
    expect(gunzipSync(whole).toString()).toContain('{"id":2,"v":"two"}\n');
    for (const length of [0, 5, whole.length - 9, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      expect((await refused(folder)).code, `${length} bytes`).toBe("SOURCE_TRUNCATED");
    }
    writeFileSync(file, gzipSync('{"id":1,"v":"one"}\n'));
    expect((await refused(folder)).code).toBe("SOURCE_TRUNCATED");
    writeFileSync(file, "no gzip at all");
    expect((await refused(folder)).code).toBe("EXPORT_INVALID");
  });
});

describe("folders and manifests", () => {
  const check = (folder: string): Promise<unknown> => exportSource(folder).check();

  it.each<[string, (folder: string) => void, string]>([
    ["a file is missing", (folder) => rmSync(join(folder, "t.ndjson")), "t.ndjson is missing"],
    ["a file is too many", (folder) => writeFileSync(join(folder, "u.ndjson"), ""), "u.ndjson is not in the manifest"],
    ["no manifest", (folder) => rmSync(join(folder, "manifest.json")), "holds no manifest.json"],
    ["no JSON", (folder) => writeFileSync(join(folder, "manifest.json"), "{"), "is no JSON"],
    ["another format", (folder) => writeFileSync(join(folder, "manifest.json"), "[]"), "not the manifest of an export"],
    ["a later version", (folder) => change(folder, (m) => ({ ...m, version: 2 })), "has version 2"],
    ["an unknown member", (folder) => change(folder, (m) => ({ ...m, more: 1 })), "more"],
    [
      "a path out of the folder",
      (folder) => change(folder, (m) => ({ ...m, tables: m.tables.map((t) => ({ ...t, file: "../t.ndjson" })) })),
      "tables.0.file",
    ],
    [
      "another column",
      (folder) =>
        change(folder, (m) => ({
          ...m,
          tables: m.tables.map((t) => ({
            ...t,
            columns: [
              { name: "id", type: "" },
              { name: "w", type: "" },
            ],
          })),
        })),
      "columns of t: w is not in the catalog",
    ],
    ["a table without file", (folder) => change(folder, (m) => ({ ...m, tables: [] })), "the table t has no file"],
    [
      "a name of SQLite's own",
      (folder) =>
        change(folder, (m) => ({
          ...m,
          tables: m.tables.map((table) => ({ ...table, table: "sqlite_t" })),
          catalog: { ...m.catalog, tables: m.catalog.tables.map((table) => ({ ...table, name: "sqlite_t" })) },
        })),
      "the name sqlite_t belongs to SQLite",
    ],
    [
      "no catalog",
      (folder) => change(folder, (m) => ({ ...m, catalog: { ...m.catalog, encoding: "x" } })),
      "catalog.encoding",
    ],
  ])("%s", async (_, damage, message) => {
    const folder = await fresh();
    damage(folder);
    const error = await errorOf(() => check(folder));
    expect(error.code).toBe("EXPORT_INVALID");
    expect(messageOf(error)).toContain(message);
  });

  it("are not there", async () => {
    expect(await codeOf(() => check(freshPath("nothing")))).toBe("SOURCE_NOT_FOUND");
  });

  it("run no SQL but that of a table", async () => {
    const other = makeDatabase("CREATE VIRTUAL TABLE f USING fts5(t); INSERT INTO f VALUES ('x')");
    for (const sql of [
      "ATTACH 'x' AS y",
      "CREATE VIRTUAL TABLE g USING fts5(t)",
      "CREATE VIRTUAL TABLE f USING fts5(t); SELECT 1",
    ]) {
      const { folder } = await exportAll(other);
      change(folder, (m) => ({
        ...m,
        catalog: { ...m.catalog, virtualTables: m.catalog.virtualTables.map((v) => ({ ...v, sql })) },
      }));
      expect((await refused(folder)).code).toBe("EXPORT_INVALID");
    }
  });
});

describe("where it is written", () => {
  it("is the owner's alone and holds nothing else", async () => {
    const folder = await fresh();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777])).toEqual([
      ["manifest.json", 0o600],
      ["t.ndjson", 0o600],
    ]);
    expect(readdirSync(dirname(folder)).filter((name) => name.endsWith(".part") || name.endsWith(".old"))).toEqual([]);
  });

  it("is never replaced unless it is an export and that is wanted", async () => {
    const folder = await fresh();
    expect(await codeOf(() => exportAll(path, { folder }))).toBe("EXPORT_EXISTS");
    const { tables } = await exportAll(path, { folder, overwrite: true, gzip: true });
    expect(tables[0]?.rows).toBe(3);
    expect(readdirSync(folder)).toEqual(["manifest.json", "t.ndjson.gz"]);
    writeFileSync(join(folder, "letters.txt"), "mine");
    expect(messageOf(await errorOf(() => exportAll(path, { folder, overwrite: true })))).toContain("letters.txt");
    const other = freshPath("folder");
    mkdirSync(other);
    await exportAll(path, { folder: other });
    const file = freshPath("file");
    writeFileSync(file, "mine");
    expect(await codeOf(() => exportAll(path, { folder: file, overwrite: true }))).toBe("EXPORT_EXISTS");
  });

  it("is as before when the writing stops", async () => {
    const folder = await fresh();
    const before = readFileSync(join(folder, "manifest.json"), "utf8");
    const stop = new AbortController();
    const request = { folder, overwrite: true, signal: stop.signal, progress: () => stop.abort() };
    await expect(exportAll(path, request)).rejects.toMatchObject({ name: "AbortError" });
    expect(readFileSync(join(folder, "manifest.json"), "utf8")).toBe(before);
    expect(existsSync(`${folder}.part`)).toBe(false);
  });

  it("may hold what a killed export left beside it, but nothing of others", async () => {
    const folder = freshPath("export");
    mkdirSync(`${folder}.part`);
    writeFileSync(join(`${folder}.part`, "t.ndjson"), "");
    await exportAll(path, { folder });
    mkdirSync(`${folder}.part`);
    writeFileSync(join(`${folder}.part`, "mine.txt"), "");
    expect(await codeOf(() => exportAll(path, { folder, overwrite: true }))).toBe("EXPORT_EXISTS");
  });
});

describe("proof and fingerprint", () => {
  it("see a single cell that is another", async () => {
    const folder = await fresh();
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
    const info = await importFrom(folder);
    expect(info.proof).toMatchObject({ passed: true, checked: { rows: 3, cells: 6 } });
    chmodSync(info.path, 0o600);
    const db = new Database(info.path);
    db.exec("UPDATE t SET v = CAST(v AS BLOB) WHERE id = 2");
    db.close();
    expect(await proveImport(info.path, manifest, signal)).toMatchObject({ passed: false, differences: 1 });
  });

  it("see a changed folder", async () => {
    const folder = await fresh();
    const source = exportSource(folder);
    const info = await source.snapshot(freshPath("imported.db"), () => {}, signal);
    expect(await source.verify(info)).toBe(true);
    await source.checkUnchanged(info, signal);
    expect(await source.fingerprint()).toBe(info.fingerprint);
    expect(await exportSource(folder).fingerprint()).toBe(info.fingerprint);
    writeFileSync(join(folder, "t.ndjson"), "");
    expect(await codeOf(() => source.checkUnchanged(info, signal))).toBe("SOURCE_CHANGED");
  });
});
