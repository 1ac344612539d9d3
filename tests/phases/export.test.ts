import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copySettings, exportData, type RowhaulError } from "../../src/index.ts";
import { makeDatabase } from "../support/scratch-database.ts";

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
