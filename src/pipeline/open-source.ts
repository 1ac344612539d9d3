/** A pipeline's source as the phases' port: the one place that knows every kind of store to read from. */

import type { Source } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { tableSelector } from "../plan/selection.ts";
import { exportSource } from "../sources/export/source.ts";
import { jsonSource } from "../sources/json/source.ts";
import { postgresSource } from "../sources/postgres/source.ts";
import { openSnapshot, sqliteSource } from "../sources/sqlite/source.ts";
import { requireSqlite } from "../sqlite/native.ts";
import { proveJsonSnapshot } from "../validators/snapshot/json-file.ts";

export function openSource(settings: Settings): Source {
  const { source } = settings;
  // Whatever the store is, its snapshot is a SQLite file.
  requireSqlite();
  switch (source.kind) {
    case "sqlite":
      return sqliteSource(source.path);
    case "json":
      return jsonSource(source.path, openSnapshot, source, proveJsonSnapshot);
    case "export":
      return exportSource(source.path, openSnapshot);
    case "postgres":
      return postgresSource(
        source.url,
        { schema: source.schema, tables: tableSelector(settings), where: conditions(settings), root: settings.root },
        openSnapshot,
      );
  }
}

/** A server selects its rows itself, in its own SQL; what it hands over is not selected from again. */
export function settingsAfterSource(settings: Settings): Settings {
  if (settings.source.kind !== "postgres") return settings;
  const tables = Object.entries(settings.tables ?? {}).map(
    ([name, table]) => [name, { ...table, where: null }] as const,
  );
  return { ...settings, root: null, tables: settings.tables === null ? null : Object.fromEntries(tables) };
}

function conditions({ tables }: Settings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tables ?? {}).flatMap(([name, { where }]) => (where === null ? [] : [[name, where]])),
  );
}
