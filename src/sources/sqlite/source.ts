/** A SQLite file as the phases' source. */

import { statSync } from "node:fs";
import type { Sample } from "../../core/plan/profile.ts";
import type { FrozenSource, ProfileRequest, Source } from "../../core/ports.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { withFullText } from "../../search/catalog.ts";
import { readCatalog } from "../../snapshot/catalog/read-file-catalog.ts";
import { checkIntegrity, findOrphans } from "../../snapshot/checks.ts";
import { countPointing } from "../../snapshot/fit/count-pointing.ts";
import { fitTables } from "../../snapshot/fit/fit-tables.ts";
import { profileTables } from "../../snapshot/profile/profile.ts";
import { readPositions } from "../../snapshot/rows/copied-vectors.ts";
import { readRows } from "../../snapshot/rows/read-rows.ts";
import { fingerprint } from "../../sqlite/fingerprint.ts";
import { openSqlite, readHeader, type Sqlite, sourceError } from "../../sqlite/open.ts";
import { sha256OfFile } from "../../system/file-digest.ts";
import { checkLockable, checkUnchanged, lockSource } from "./lock.ts";
import { takeSnapshot } from "./snapshot.ts";
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
    async relations() {
      const db = openSqlite(path);
      try {
        const { tables, views } = withFullText(readCatalog(db), () => true);
        return [...tables, ...views].map(({ name }) => name);
      } catch (thrown) {
        throw sourceError(path, thrown);
      } finally {
        db.close();
      }
    },
    bytes: async () => statSync(path).size,
    fingerprint: async () => fingerprint(path),
    snapshot: (destination, progress, signal) => takeSnapshot(path, destination, progress, signal),
    async verify(snapshot) {
      try {
        return (await sha256OfFile(snapshot.path)) === snapshot.sha256;
      } catch {
        return false;
      }
    },
    open: (snapshot) => openSnapshot(snapshot, path),
    checkLockable: () => checkLockable(path),
    async lock() {
      const lock = lockSource(path);
      return { release: async () => lock.release() };
    },
    checkUnchanged: (snapshot, signal) => checkUnchanged(path, snapshot.fingerprint, snapshot.path, signal),
  };
}

/** A snapshot, whatever it was taken of. `shown`: the source, for messages about what the snapshot holds of it. */
export function openSnapshot(path: string, shown: string): FrozenSource {
  const db = openSqlite(path);
  return {
    path,
    checkIntegrity: (signal) => checkIntegrity(path, shown, signal),
    catalog() {
      try {
        return readCatalog(db);
      } catch (thrown) {
        throw sourceError(shown, thrown);
      }
    },
    orphans: (requests) => orphans(db, requests),
    async profile(catalog, requests, hooks) {
      try {
        return await profileTables(db, catalog, requests, hooks);
      } catch (thrown) {
        throw isSqliteError(thrown) ? sourceError(shown, thrown) : thrown;
      }
    },
    async fit(catalog, requests, edges, answers, hooks) {
      try {
        const fits = await fitTables(db, catalog, requests, answers, hooks);
        return countPointing(db, fits, requests, edges);
      } catch (thrown) {
        throw isSqliteError(thrown) ? sourceError(shown, thrown) : thrown;
      }
    },
    *rows(table, part, catalog: Catalog, copied) {
      const own = openSqlite(path);
      try {
        yield* readRows(own, table, part, batchRows, catalog.encoding, copied);
      } finally {
        own.close();
      }
    },
    *positions(table, part, copied) {
      const own = openSqlite(path);
      try {
        yield* readPositions(own, table, part, copied);
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

function orphans(db: Sqlite, requests: readonly ProfileRequest[]): Map<string, { count: number; samples: Sample[] }> {
  const found = new Map<string, { count: number; samples: Sample[] }>();
  for (const request of requests) {
    for (const [position, key] of request.table.foreignKeys.entries()) {
      const parent = requests.find((one) => sameName(one.table.name, key.parent));
      const orphans = findOrphans(db, request, key, parent?.where ?? null);
      if (orphans.count > 0) found.set(`${request.table.name}\0${position}`, orphans);
    }
  }
  return found;
}
