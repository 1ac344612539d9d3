/** Takes a snapshot of a text of JSON and reads it back. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { SnapshotInfo } from "../../../src/core/ports.ts";
import type { Catalog } from "../../../src/core/schema/catalog.ts";
import type { JsonSourceSettings } from "../../../src/sources/json/settings.ts";
import { jsonSource } from "../../../src/sources/json/source.ts";
import { proveJsonSnapshot } from "../../../src/validators/snapshot/json-file.ts";

export const plainSettings: JsonSourceSettings = { table: null, key: {}, duplicateKeys: "refuse", missing: "refuse" };

export type Taken = {
  readonly info: SnapshotInfo;
  readonly catalog: Catalog;
  /** All rows of a table in the order of the file, integers as bigint. */
  rows(table: string): unknown[][];
  /** `name declared/pgType` of each column. */
  types(table: string): string[];
};

export async function takeText(
  text: string | Buffer,
  settings: Partial<JsonSourceSettings> = {},
  name = "t.json",
): Promise<Taken> {
  const folder = mkdtempSync(join(tmpdir(), "rowhaul-json-"));
  try {
    const path = join(folder, name);
    writeFileSync(path, text);
    return await takeFile(path, settings, join(folder, "snapshot.db"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function takeFile(
  path: string,
  settings: Partial<JsonSourceSettings>,
  destination: string,
): Promise<Taken> {
  const source = jsonSource(path, { ...plainSettings, ...settings }, proveJsonSnapshot);
  const info = await source.snapshot(destination, () => {}, new AbortController().signal);
  const frozen = source.open(destination);
  const catalog = frozen.catalog();
  await frozen.checkIntegrity(new AbortController().signal);
  frozen.close();
  const db = new Database(destination, { readonly: true });
  const tables = new Map(
    catalog.tables.map((table) => [
      table.name,
      db
        .prepare(
          `SELECT ${table.columns.map((column) => `"${column.name.replaceAll('"', '""')}"`).join(", ")} FROM "${table.name.replaceAll('"', '""')}" ORDER BY ${table.rowidName}`,
        )
        .raw(true)
        .safeIntegers(true)
        .all() as unknown[][],
    ]),
  );
  db.close();
  return {
    info,
    catalog,
    rows: (table) => tables.get(table) ?? [],
    types: (name) =>
      catalog.tables
        .find((table) => table.name === name)
        ?.columns.map((one) => `${one.name} ${one.declaredType}${one.pgType === undefined ? "" : `/${one.pgType}`}`) ??
      [],
  };
}
