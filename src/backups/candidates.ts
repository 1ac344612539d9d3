/** Files that may be backups: what stands in a folder, or what patterns name. Newest first. */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { BackupSettings } from "../core/environment.ts";

export type Candidate = { readonly path: string; readonly writtenAt: Date };

/** `base`: the pipeline's folder. `source`: is never its own backup; null when the source is no file. */
export function backupCandidates(settings: BackupSettings, base: string, source: string | null): Candidate[] {
  const paths =
    settings.folder === null
      ? settings.files.flatMap((pattern) => matching(resolve(base, pattern)))
      : entries(resolve(base, settings.folder)).filter((path) => isBackupLike(path));
  const live = source === null ? null : identity(source);
  return paths
    .filter((path) => live === null || identity(path) !== live)
    .map((path) => ({ path, writtenAt: statSync(path).mtime }))
    .sort((a, b) => b.writtenAt.getTime() - a.writtenAt.getTime());
}

function entries(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter(
      (path) => !/(-wal|-shm|-journal|\.part|\.sha256|\.md5|\.log|\.catalog\.json)$/.test(path) && existsSync(path),
    );
}

/** Folders only when they are backups themselves. */
function isBackupLike(path: string): boolean {
  if (!statSync(path).isDirectory()) return !basename(path).startsWith(".");
  return existsSync(join(path, "manifest.json")) || existsSync(join(path, "toc.dat"));
}

function matching(pattern: string): string[] {
  const name = basename(pattern);
  if (!name.includes("*")) return existsSync(pattern) ? [pattern] : [];
  const wanted = name.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const expression = new RegExp(`^${wanted.join(".*")}$`, "s");
  return entries(dirname(pattern)).filter((path) => expression.test(basename(path)));
}

/** The same file under another name, or by a link, is no copy. */
function identity(path: string): string | null {
  if (!existsSync(path)) return null;
  const { dev, ino } = statSync(realpathSync(path), { bigint: true });
  return `${dev}:${ino}`;
}
