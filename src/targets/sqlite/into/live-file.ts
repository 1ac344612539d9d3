/** Reads the existing file before the plan is made, and how the source's rows fit into it. Nothing is written. */

import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";
import type { ProfileHooks } from "../../../core/ports.ts";
import { quoteName } from "../../../core/quote.ts";
import type { Catalog } from "../../../core/schema/catalog.ts";
import type { FileFit, FileRequest, FileSchema } from "../../../core/schema/file-schema.ts";
import { Samples } from "../../../snapshot/profile/samples.ts";
import { openSqlite } from "../../../sqlite/open.ts";
import type { Sqlite } from "../state/state.ts";
import { isThere } from "../switch/files.ts";
import { fitColumn } from "./fit-columns.ts";
import { fitKeys } from "./fit-keys.ts";
import { readFileSchema } from "./read-schema.ts";

/** Null where no file is, or none that holds anything: it is made like a fresh one. */
export function readLiveFile(path: string): FileSchema | null {
  if (!isThere(path)) return null;
  return withFile(path, (db) => {
    const schema = readFileSchema(db);
    return schema.tables.length + schema.views.length + schema.virtual.length === 0 ? null : schema;
  });
}

/** By source table. `snapshot`: the file that the rows come from. */
export async function fitFile(
  path: string,
  requests: readonly FileRequest[],
  snapshot: string,
  hooks: ProfileHooks,
): Promise<ReadonlyMap<string, FileFit>> {
  const fits = new Map<string, FileFit>();
  if (requests.length === 0) return fits;
  const source = openSqlite(snapshot);
  const live = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const encoding = String(source.pragma("encoding", { simple: true })) as Catalog["encoding"];
    for (const [i, request] of requests.entries()) {
      const { table, where, target, columns, missing } = request;
      const found = columns.map((column) => [column.source, fitColumn(source, encoding, request, column)] as const);
      const hasRows = live.prepare(`SELECT 1 FROM main.${quoteName(target)} LIMIT 1`).get() !== undefined;
      const changing = new Set(found.flatMap(([name, problems]) => (problems.length === 0 ? [] : [name])));
      const samples = new Samples(source, table, where);
      fits.set(table.name, {
        columns: Object.fromEntries(found),
        ...(await fitKeys(live, source, encoding, request, { hasRows, changing, hooks })),
        missing: Object.fromEntries(
          missing.map((name) => [name, samples.find(name, `${quoteName(name)} IS NOT NULL`)]),
        ),
      });
      hooks.progress(table.name, i + 1, requests.length);
      await setImmediate();
      hooks.signal.throwIfAborted();
    }
    return fits;
  } finally {
    live.close();
    source.close();
  }
}

function withFile<T>(path: string, use: (db: Sqlite) => T): T {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    return use(db);
  } finally {
    db.close();
  }
}
