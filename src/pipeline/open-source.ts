/** A pipeline's source as the phases' port: the one place that knows every kind of store to read from. */

import type { Source } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { tableSelector } from "../plan/selection.ts";
import { sqliteSource } from "../sources/sqlite/source.ts";
import { requireSqlite } from "../sqlite/native.ts";
import { selectionOf } from "./selection.ts";

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
      return jsonSource(source.path, source, proveJsonSnapshot);
    }
    case "export": {
      const { exportSource } = await import("../sources/export/source.ts");
      return exportSource(source.path);
    }
    case "postgres": {
      const { postgresSource } = await import("../sources/postgres/source.ts");
      return postgresSource(source.url, {
        schema: source.schema,
        tables: tableSelector(selectionOf(settings)),
        where: conditions(settings),
        root: settings.root,
      });
    }
  }
}

function conditions({ tables }: Settings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tables ?? {}).flatMap(([name, { where }]) => (where === null ? [] : [[name, where]])),
  );
}
