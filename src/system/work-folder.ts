/**
 * A temporary folder beside its final place, and so on the same disk. Each process has its own, so that two
 * may work on one place at the same time; leftovers of a killed process are removed by the next one. What stood at the
 * place is moved in here to make way: as long as nothing else stands there it is all there is, and goes back.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { renameDurably } from "./durable-file.ts";
import { fateOf, type ProcessIdentity, thisProcess } from "./process.ts";

export type WorkFolder = { readonly path: string; remove(): void };

/** 0700. The folder of `path` must be there. Throws what the file system throws. */
export function makeWorkFolder(path: string): WorkFolder {
  removeLeftovers(path);
  const folder = mkdtempSync(join(dirname(path), `${prefixOf(path)}-`));
  writeFileSync(join(folder, ownerFile), JSON.stringify(thisProcess()), { mode: 0o600 });
  return { path: folder, remove: () => removeWorkFolder(folder, path) };
}

/** Where in a work folder something that makes way goes; the later one has the higher number. */
export function wayMaker(work: WorkFolder, nth: number): string {
  return join(work.path, `old-${nth}`);
}

/** What stood at a path until a process was killed that was putting something else there; null where something stands there. */
export function madeWay(path: string): string | null {
  if (existsSync(path) || !existsSync(dirname(path))) return null;
  return workFoldersOf(path).flatMap((folder) => lastThatMadeWay(folder) ?? [])[0] ?? null;
}

/** Throws when something that made way cannot go back: then it stays where it is. */
function removeWorkFolder(folder: string, path: string): void {
  const old = existsSync(path) ? null : lastThatMadeWay(folder);
  if (old !== null) renameDurably(old, path);
  rmSync(folder, { recursive: true, force: true });
}

function lastThatMadeWay(folder: string): string | null {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^old-\d+$/.test(name)) : [];
  const [last] = names.sort((a, b) => Number(b.slice(4)) - Number(a.slice(4)));
  return last === undefined ? null : join(folder, last);
}

const ownerFile = "owner.json";

/** After this time a folder without an owner is not one that is just being made. */
const youngMs = 60_000;

/** After this time without a change, the folder of a process of another container is nobody's. */
const oldMs = 24 * 3_600_000;

function lastChange(folder: string): number {
  return Math.max(
    ...[".", ...readdirSync(folder)].map(
      (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    ),
  );
}

function prefixOf(path: string): string {
  return `.${basename(path)}.rowhaul`;
}

function removeLeftovers(path: string): void {
  for (const folder of workFoldersOf(path)) if (isAbandoned(folder)) removeWorkFolder(folder, path);
}

function workFoldersOf(path: string): string[] {
  const prefix = prefixOf(path);
  const isOurs = (name: string): boolean =>
    name.startsWith(prefix) && /^(-[A-Za-z0-9]{6})?$/.test(name.slice(prefix.length));
  return readdirSync(dirname(path))
    .filter(isOurs)
    .map((name) => join(dirname(path), name));
}

function isAbandoned(folder: string): boolean {
  try {
    const fate = fateOf(JSON.parse(readFileSync(join(folder, ownerFile), "utf8")) as ProcessIdentity);
    return fate === "dead" || (fate === "unknown" && Date.now() - lastChange(folder) > oldMs);
  } catch {
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    return made !== undefined && Date.now() - made > youngMs;
  }
}
