/** A SQLite file as the phases' source. */

import { statSync } from "node:fs";
import type { Source } from "../../core/ports.ts";
import { withFullText } from "../../search/catalog.ts";
import { isSnapshot } from "../../snapshot/catalog/kept-catalog.ts";
import { readCatalog } from "../../snapshot/catalog/read-file-catalog.ts";
import { openSnapshot } from "../../snapshot/frozen.ts";
import { fingerprint } from "../../sqlite/fingerprint.ts";
import { openSqlite, readHeader, sourceError } from "../../sqlite/open.ts";
import { checkJournal } from "./journal.ts";
import { checkLockable, checkUnchanged, lockSource } from "./lock.ts";
import { takeSnapshot } from "./snapshot.ts";
import { checkWal } from "./wal.ts";

export function sqliteSource(path: string): Source {
  return {
    shown: path,
    file: path,
    async check() {
      readHeader(path);
      checkJournal(path);
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
    verify: isSnapshot,
    open: (snapshot) => openSnapshot(snapshot, path),
    checkLockable: () => checkLockable(path),
    async lock() {
      const lock = lockSource(path);
      return { release: async () => lock.release() };
    },
    checkUnchanged: (snapshot, signal) => checkUnchanged(path, snapshot.fingerprint, snapshot.path, signal),
  };
}
