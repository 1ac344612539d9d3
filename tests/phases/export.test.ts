import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { compare, copySettings, exportData, type RowhaulError } from "../../src/index.ts";
import { thisProcess } from "../../src/system/process.ts";
import { errorOf, makeDatabase } from "../support/scratch-database.ts";

const place = (): string => mkdtempSync(join(tmpdir(), "rowhaul-exports-"));
const store = (value: number) =>
  copySettings(makeDatabase(`CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, ${value})`), "");
const valueIn = (folder: string): unknown => JSON.parse(readFileSync(join(folder, "t.ndjson"), "utf8")).v;

test("of two exports to one folder at once the second is refused, and the first stands whole", async () => {
  const folder = join(place(), "out");
  const ends = await Promise.allSettled([1, 2].map((value) => exportData(store(value), folder)));
  const refused = ends.flatMap((end) => (end.status === "rejected" ? [(end.reason as RowhaulError).code] : []));
  expect(refused).toEqual(["EXPORT_EXISTS"]);
  expect(valueIn(folder)).toBe(ends[0]?.status === "fulfilled" ? 1 : 2);
  expect(readdirSync(join(folder, ".."))).toEqual(["out"]);
});

test("two that may replace what is there both succeed, and one of them stands whole", async () => {
  const folder = join(place(), "o u t.d");
  await exportData(store(0), folder);
  await Promise.all([1, 2].map((value) => exportData(store(value), folder, { overwrite: true })));
  expect([1, 2]).toContain(valueIn(folder));
  expect(readdirSync(folder)).toEqual(["manifest.json", "t.ndjson"]);
  expect(readdirSync(join(folder, ".."))).toEqual(["o u t.d"]);
});

/** As a process leaves it that is killed when the old export has made way, and the new one is not in its place yet. */
async function killedBetween(): Promise<{ readonly folder: string; readonly left: string }> {
  const folder = join(place(), "out");
  await exportData(store(7), folder);
  const left = join(folder, "..", ".out.rowhaul-Killed");
  mkdirSync(join(left, "part"), { recursive: true });
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(join(left, "owner.json"), JSON.stringify({ ...thisProcess(), pid }));
  renameSync(folder, join(left, "old-0"));
  return { folder, left };
}

test("the only export, which made way for one that never came, goes back with the next command", async () => {
  const { folder } = await killedBetween();
  expect((await errorOf(() => exportData(store(1), folder))).code).toBe("EXPORT_EXISTS");
  expect(valueIn(folder)).toBe(7);
  expect(readdirSync(join(folder, ".."))).toEqual(["out"]);
  await exportData(store(2), folder, { overwrite: true });
  expect(valueIn(folder)).toBe(2);
});

test("it stands whole somewhere after two interruptions, too", async () => {
  const { folder, left } = await killedBetween();
  // Put back, and made to make way again by a second one that was killed.
  const again = left.replace("Killed", "Second");
  await exportData(store(1), folder).catch(() => {});
  mkdirSync(again);
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(join(again, "owner.json"), JSON.stringify({ ...thisProcess(), pid }));
  renameSync(folder, join(again, "old-3"));
  await exportData(store(2), folder, { overwrite: true });
  expect(valueIn(folder)).toBe(2);
  expect(readdirSync(join(folder, ".."))).toEqual(["out"]);
});

test("an export that fails to take its place leaves the old one there", async () => {
  const { folder, left } = await killedBetween();
  const whole = join(left, "old-0");
  // Another export took the place meanwhile: what made way for it is nobody's any more.
  cpSync(whole, folder, { recursive: true });
  await exportData(store(3), folder, { overwrite: true });
  expect([valueIn(folder), readdirSync(join(folder, ".."))]).toEqual([3, ["out"]]);
});

test("whoever reads it meanwhile is told where it is", async () => {
  const { folder, left } = await killedBetween();
  const other = makeDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
  const error = await errorOf(() => compare(folder, other));
  expect([error.code, error.hint]).toEqual([
    "SOURCE_NOT_FOUND",
    expect.stringContaining(`mv ${join(left, "old-0")} ${folder}`),
  ]);
});

test("what an earlier version moved away is put back as well", async () => {
  const folder = join(place(), "out");
  await exportData(store(7), folder);
  renameSync(folder, `${folder}.old`);
  expect((await errorOf(() => exportData(store(1), folder))).code).toBe("EXPORT_EXISTS");
  expect([valueIn(folder), readdirSync(join(folder, ".."))]).toEqual([7, ["out"]]);
  rmSync(folder, { recursive: true });
});

test("a file whose pages are damaged is refused, and one whose index disagrees with its rows is told of", async () => {
  const path = makeDatabase(
    "CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE INDEX by_v ON t (v) WHERE v > 100; INSERT INTO t VALUES (1, 7)",
  );
  const db = new Database(path).unsafeMode();
  // The index lacks the row that it should have now.
  db.exec(
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX by_v ON t (v)' WHERE name = 'by_v'",
  );
  db.close();
  const folder = join(place(), "out");
  const warnings: string[] = [];
  await exportData(copySettings(path, ""), folder, {
    onEvent: (event) => {
      if (event.type === "notice" && event.level === "warning") warnings.push(event.message);
    },
  });
  expect(valueIn(folder)).toBe(7);
  expect(warnings).toEqual([expect.stringMatching(/index by_v.*REINDEX/)]);
  const bytes = readFileSync(path);
  // The count of cells on the table's page.
  bytes.writeUInt16BE(0xffff, bytes.readUInt16BE(16) + 3);
  writeFileSync(path, bytes);
  const other = join(place(), "out");
  expect((await errorOf(() => exportData(copySettings(path, ""), other))).code).toBe("SOURCE_CORRUPT");
  expect(existsSync(other)).toBe(false);
});
