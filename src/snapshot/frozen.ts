/** The snapshot, opened: one SQLite file, whatever it was taken of. */
import type { FrozenSource } from "../core/ports.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import { openSqlite, type Sqlite, sourceError } from "../sqlite/open.ts";
import { brokenChecksIn } from "./broken-checks.ts";
import { keptCatalog, snapshotCatalog } from "./catalog/kept-catalog.ts";
import { countPointing } from "./fit/count-pointing.ts";
import { fitTables } from "./fit/fit-tables.ts";
import { checkIntegrity, withIndexesAnew } from "./integrity.ts";
import { orphansIn } from "./orphans.ts";
import { withPages } from "./pages/page-file.ts";
import { profileTables } from "./profile/profile.ts";
import { readPositions } from "./rows/copied-vectors.ts";
import { readRows } from "./rows/read-rows.ts";
import { type Readers, storedRows } from "./rows/stored-rows.ts";
import { tryQueries } from "./try-queries.ts";

/** Rows handed on at once. */
const batchRows = 500;

/**
 * The caller closes it. `shown`: the source, for messages about what the snapshot holds of it. `written`: by rowhaul
 * itself, row by row, so that the file's own schema says nothing; without it, the file may be a database's copy.
 */
export function openSnapshot(path: string, shown: string, written: "written" | null = null): FrozenSource {
  const db = openSqlite(path);
  const readers = openReaders(path);
  return {
    path,
    checkIntegrity: (signal) => checkIntegrity(path, shown, signal),
    withIndexesAnew: (to, stale, signal) => withIndexesAnew(path, to, shown, stale, signal),
    catalog() {
      try {
        return written === null ? snapshotCatalog(db, path) : keptCatalog(path);
      } catch (thrown) {
        throw sourceError(shown, thrown);
      }
    },
    orphans: (requests, signal) => orphansIn(path, requests, signal),
    tryQueries: (catalog, requests, signal) =>
      // Another server's views and expressions cannot be asked here.
      catalog.dialect === "postgres"
        ? tryQueries(path, requests, { views: [], generated: false }, signal)
        : tryQueries(path, requests, { views: catalog.views, generated: true }, signal),
    brokenChecks: (requests, signal) => brokenChecksIn(path, requests, signal),
    async profile(catalog, requests, hooks) {
      try {
        return await withPages(path, (pages) => profileTables(db, pages, catalog, requests, hooks));
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
      const own = readers.take();
      let ended = false;
      try {
        yield* readRows(own, table, part, batchRows, catalog.encoding, copied);
        ended = true;
      } finally {
        // One that reads beside a copied index has that attached, and one that was broken off may still be busy.
        if (ended && table.fullText === undefined) readers.giveBack(own);
        else own.close();
      }
    },
    stored: (table, part, catalog) => storedRows(path, readers, table, part, catalog),
    *positions(table, part, copied) {
      const own = openSqlite(path);
      try {
        yield* readPositions(own, table, part, copied);
      } finally {
        own.close();
      }
    },
    close() {
      readers.close();
      db.close();
    },
  };
}

/** Connections for rows, kept for the next table: opening one makes SQLite parse the whole schema. */
function openReaders(path: string): Readers & { close(): void } {
  let idle: Sqlite[] | null = [];
  return {
    take: () => idle?.pop() ?? openSqlite(path),
    giveBack(reader) {
      // Rows may still be on their way when the snapshot is closed.
      if (idle === null) reader.close();
      else idle.push(reader);
    },
    close() {
      for (const reader of idle ?? []) reader.close();
      idle = null;
    },
  };
}

function isSqliteError(thrown: unknown): boolean {
  return String((thrown as { code?: string } | null)?.code).startsWith("SQLITE_");
}
