/** An export of rowhaul's as a source: its rows go into a snapshot file, with the catalog of the manifest. */
import { resolve } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Source } from "../../core/ports.ts";
import { readManifest } from "../../exports/read-manifest.ts";
import { isSnapshot } from "../../snapshot/catalog/kept-catalog.ts";
import { openSnapshot } from "../../snapshot/frozen.ts";
import { fingerprints } from "./fingerprint.ts";
import { proveImport } from "./proof.ts";
import { importExport } from "./snapshot.ts";

export function exportSource(folder: string): Source {
  const path = resolve(folder);
  const fingerprintOf = fingerprints();
  const fingerprint = async (): Promise<string> => fingerprintOf(path, readManifest(path));
  return {
    shown: folder,
    file: null,
    async check() {
      return readManifest(path).manifest.lost.map(
        ({ object, reason }) => `The export is without ${object}: ${reason}.`,
      );
    },
    async relations() {
      const { tables, virtualTables, views } = readManifest(path).manifest.catalog;
      return [...tables, ...virtualTables, ...views].map(({ name }) => name);
    },
    bytes: async () => readManifest(path).manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0),
    fingerprint,
    async snapshot(destination, progress, signal) {
      const opened = readManifest(path);
      const before = await fingerprintOf(path, opened);
      const takenAt = new Date().toISOString();
      const written = await importExport(path, opened.manifest, destination, { progress, signal });
      const proof = await proveImport(written.path, opened.manifest, signal);
      return { ...written, fingerprint: before, takenAt, proof };
    },
    verify: isSnapshot,
    open: (snapshot) => openSnapshot(snapshot, folder, "written"),
    // Exported files are not normally written to; checkUnchanged notices if they were.
    checkLockable: () => {},
    lock: async () => ({ release: async () => {} }),
    async checkUnchanged(snapshot) {
      if ((await fingerprint()) !== snapshot.fingerprint)
        throw new RowhaulError("SOURCE_CHANGED", `The export ${folder} was changed since it was read.`);
    },
  };
}
