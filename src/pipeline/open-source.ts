/** A pipeline's source as the phases' port: the one place that knows every kind of store to read from. */

import type { Source } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { tableSelector } from "../plan/selection.ts";
import { openSnapshot, sqliteSource } from "../sources/sqlite/source.ts";
import { requireSqlite } from "../sqlite/native.ts";

export async function openSource(settings: Settings): Promise<Source> {
  const { source } = settings;
  // Whatever the store is, its snapshot is a SQLite file.
  requireSqlite();
  switch (source.kind) {
    case "sqlite":
      return sqliteSource(source.path);
    case "json": {
      const { jsonSource } = await import("../sources/json/source.ts");
      const { proveJsonSnapshot } = await import("../validators/snapshot/json-file.ts");
      return jsonSource(source.path, openSnapshot, source, proveJsonSnapshot);
    }
    case "export": {
      const { exportSource } = await import("../sources/export/source.ts");
      return exportSource(source.path, openSnapshot);
    }
    case "postgres": {
      const { postgresSource } = await import("../sources/postgres/source.ts");
      return postgresSource(
        source.url,
        { schema: source.schema, tables: tableSelector(settings), where: conditions(settings), root: settings.root },
        openSnapshot,
      );
    }
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
