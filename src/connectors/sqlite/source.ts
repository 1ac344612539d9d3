/** A SQLite file as the phases' source. */
import { statSync } from "node:fs";
import type { Catalog, Table } from "../../core/catalog.ts";
import type { FrozenSource, Source } from "../../core/ports.ts";
import type { Sample } from "../../core/profile.ts";
import { readCatalog } from "./catalog.ts";
import { checkIntegrity, findOrphans } from "./checks.ts";
import { fingerprint } from "./fingerprint.ts";
import { checkUnchanged, lockSource } from "./lock.ts";
import { openSqlite, quoteName, readHeader, type Sqlite, sourceError } from "./open.ts";
import { profileTables } from "./profile/profile.ts";
import { Samples } from "./profile/samples.ts";
import { readRows } from "./rows.ts";
import { sha256, takeSnapshot } from "./snapshot.ts";
import { checkWal } from "./wal.ts";

/** Rows handed on at once. */
const batchRows = 500;

export function sqliteSource(path: string): Source {
  return {
    shown: path,
    async check() {
      readHeader(path);
      const warning = await checkWal(path);
      return warning === null ? [] : [warning];
    },
    bytes: () => statSync(path).size,
    fingerprint: () => fingerprint(path),
    snapshot: (destination, progress, signal) => takeSnapshot(path, destination, progress, signal),
    async verify(snapshot) {
      try {
        return (await sha256(snapshot.path)) === snapshot.sha256;
      } catch {
        return false;
      }
    },
    open: (snapshot) => frozen(snapshot),
    lock: () => lockSource(path),
    checkUnchanged: (snapshot, signal) => checkUnchanged(path, snapshot.fingerprint, snapshot.path, signal),
  };
}

function frozen(path: string): FrozenSource {
  const db = openSqlite(path);
  return {
    checkIntegrity: () => checkIntegrity(path),
    catalog() {
      try {
        return readCatalog(db);
      } catch (thrown) {
        throw sourceError(path, thrown);
      }
    },
    orphans: (tables) => orphans(db, tables),
    async profile(catalog, requests, hooks) {
      try {
        return await profileTables(db, catalog, requests, hooks);
      } catch (thrown) {
        throw isSqliteError(thrown) ? sourceError(path, thrown) : thrown;
      }
    },
    *rows(table, part, catalog: Catalog) {
      const own = openSqlite(path);
      try {
        yield* readRows(own, table, part, batchRows, catalog.encoding);
      } finally {
        own.close();
      }
    },
    close: () => db.close(),
  };
}

function isSqliteError(thrown: unknown): boolean {
  return String((thrown as { code?: string } | null)?.code).startsWith("SQLITE_");
}

/** `foreign_key_check` numbers keys as `foreign_key_list` does: backwards from the order they are written in. */
function orphans(db: Sqlite, tables: readonly Table[]): Map<string, { count: number; samples: Sample[] }> {
  const found = new Map<string, { count: number; samples: Sample[] }>();
  for (const [key, { count, rowids }] of findOrphans(
    db,
    tables.map((table) => table.name),
  )) {
    const [name = "", id = "0"] = key.split("\0");
    const table = tables.find((candidate) => candidate.name === name);
    if (table === undefined) continue;
    const position = table.foreignKeys.length - 1 - Number(id);
    const column = table.foreignKeys[position]?.columns[0] ?? "";
    const samples = rowids.flatMap((rowid) =>
      new Samples(db, table, null).find(column, `${table.rowidName ?? quoteName(column)} = ?`, rowid).slice(0, 1),
    );
    found.set(`${name}\0${position}`, { count, samples });
  }
  return found;
}
