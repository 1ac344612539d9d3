/**
 * The folder of an export comes into being at once: everything is written beside
 * it and renamed when it is whole. What is not an export of ours is never removed.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cleanedUp } from "../core/messages/clean-up.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { diskError, onDisk } from "../system/disk-error.ts";
import { renameDurably, syncFolder } from "../system/durable-file.ts";
import { makeWorkFolder, wayMaker } from "../system/work-folder.ts";
import { exportFormat, manifestName } from "./manifest.ts";

export type ExportFolder = {
  /** Where to write. */
  readonly path: string;
  /** Makes it durable under its name; what an earlier export left there goes. */
  finish(): void;
  abandon(): void;
};

/** Throws EXPORT_EXISTS, LOCAL_DISK. */
export function exportFolder(folder: string, overwrite: boolean): ExportFolder {
  // Earlier versions had these names for every export; killed at the wrong moment, the second is all there is.
  if (!existsSync(folder) && hasManifest(`${folder}.old`))
    onDisk(`the export ${folder}`, () => renameDurably(`${folder}.old`, folder));
  const work = onDisk(`the export ${folder}`, () => {
    mkdirSync(dirname(folder), { recursive: true });
    return makeWorkFolder(folder);
  });
  try {
    refuseOccupied(folder, overwrite);
    for (const left of [`${folder}.part`, `${folder}.old`]) removeLeftover(left);
  } catch (thrown) {
    throw cleanedUp(thrown, work.remove);
  }
  const part = join(work.path, "part");
  onDisk(`the export ${folder}`, () => mkdirSync(part, { mode: 0o700 }));
  return {
    path: part,
    finish() {
      onDisk(`the export ${folder}`, () => {
        syncFolder(part);
        for (let attempt = 0; attempt < 10; attempt++) {
          refuseOccupied(folder, overwrite);
          if (takesPlace(part, folder, wayMaker(work, attempt), attempt === 9)) break;
        }
        work.remove();
      });
    },
    abandon: work.remove,
  };
}

/** False when another export was quicker, and it is to be tried again. What stood at `to` goes to `old`. */
function takesPlace(part: string, to: string, old: string, isLast: boolean): boolean {
  try {
    if (existsSync(to)) renameSync(to, old);
    renameDurably(part, to);
    return true;
  } catch (thrown) {
    cleanedUp(thrown, () => {
      if (existsSync(old) && !existsSync(to)) renameSync(old, to);
    });
    const code = String((thrown as { code?: unknown }).code);
    if (isLast || !existsSync(part) || !/^(ENOENT|EEXIST|ENOTEMPTY)$/.test(code)) throw thrown;
    return false;
  }
}

/** Errors of the file system, as LOCAL_DISK; those of SQLite are of the snapshot that is read. */
export function exportError(folder: string, thrown: unknown): unknown {
  const isSqlite = String((thrown as { code?: unknown } | null)?.code).startsWith("SQLITE_");
  return isSqlite ? thrown : diskError(`the export ${folder}`, thrown);
}

function refuseOccupied(folder: string, overwrite: boolean): void {
  const found = entries(folder);
  if (found === null || found.length === 0) return;
  const strangers = found.filter((name) => !isOurs(folder, name));
  if (!hasManifest(folder) || strangers.length > 0)
    throw new RowhaulError("EXPORT_EXISTS", `${folder} is there and is not an export of rowhaul's alone.`, {
      details: strangers.slice(0, 5).map((name) => `It holds ${name}.`),
      hint: "Choose another folder.",
    });
  if (!overwrite)
    throw new RowhaulError("EXPORT_EXISTS", `${folder} already holds an export.`, {
      hint: "Choose another folder, or pass --overwrite (`overwrite: true` in the library) to replace it.",
    });
}

/** Of a run that was killed. */
function removeLeftover(path: string): void {
  const found = entries(path);
  if (found === null) return;
  if (!found.every((name) => isOurs(path, name)))
    throw new RowhaulError("EXPORT_EXISTS", `${path} is in the way and holds more than an unfinished export.`, {
      hint: `Move ${path} away, or choose another folder.`,
    });
  rmSync(path, { recursive: true });
}

/** Null when there is nothing. */
function entries(path: string): string[] | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (!stat.isDirectory()) throw new RowhaulError("EXPORT_EXISTS", `${path} is there and is not a folder.`);
  return readdirSync(path);
}

function isOurs(folder: string, name: string): boolean {
  return (name === manifestName || /\.ndjson(\.gz)?$/.test(name)) && lstatSync(join(folder, name)).isFile();
}

function hasManifest(folder: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, manifestName), "utf8")) as { format?: unknown } | null;
    return manifest?.format === exportFormat;
  } catch {
    return false;
  }
}
