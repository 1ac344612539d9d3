import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { sqliteSource } from "../../src/sources/sqlite/source.ts";
import { freshPath } from "../support/scratch-database.ts";
import { sharedData } from "../support/shared-data.ts";
import { catalogOf, cellsOf, query, roundTrip, signal } from "./round-trip.ts";

const files = ["sqlite", "sqlite-wal"].flatMap((name) => {
  const folder = sharedData(name);
  return folder === null
    ? []
    : readdirSync(folder)
        .filter((file) => /\.(sqlite|db)$/.test(file))
        .map((file) => join(folder, file));
});

describe.skipIf(files.length === 0)("real databases there and back", () => {
  it.each(files.map((file) => [basename(file), file] as const))("%s", { timeout: 30_000 }, async (name, file) => {
    const { path } = await sqliteSource(file).snapshot(freshPath(name), () => {}, signal);
    const { imported, info } = await roundTrip(path, { gzip: name.length % 2 === 0 });
    const catalog = catalogOf(path);
    expect(catalogOf(imported)).toEqual(catalog);
    expect(info.proof).toMatchObject({ validator: "snapshot", passed: true, differences: 0 });
    for (const table of catalog.tables) {
      const [before, after] = [cellsOf(path, table), cellsOf(imported, table)];
      expect(after.length, table.name).toBe(before.length);
      const different = before.findIndex((row, i) => row !== after[i]);
      expect(before[different], table.name).toEqual(after[different]);
    }
    expect(query(imported, "PRAGMA integrity_check")).toEqual([["ok"]]);
    for (const { name } of catalog.virtualTables) expect(hits(imported, name), name).toEqual(hits(path, name));
  });
});

/** Ranked, so that the statistics of the index count as well. */
function hits(path: string, table: string): unknown[] {
  const found = ["lord OR waters", "dog OR text1"].flatMap((words) =>
    query(
      path,
      `SELECT rowid, printf('%!.17g', bm25("${table}")) FROM "${table}" WHERE "${table}" MATCH ? ORDER BY rank, rowid LIMIT 50`,
      words,
    ),
  );
  expect(found.length).toBeGreaterThan(0);
  return found;
}
