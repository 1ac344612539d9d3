/**
 * A temporary folder beside its final place, and so on the same disk. Each process has its own, so that two
 * may work on one place at the same time; leftovers of a killed process are removed by the next one.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fateOf, type ProcessIdentity, thisProcess } from "./process.ts";

export type WorkFolder = { readonly path: string; remove(): void };

/** 0700. The folder of `path` must be there. Throws what the file system throws. */
export function makeWorkFolder(path: string): WorkFolder {
  removeLeftovers(path);
  const folder = mkdtempSync(join(dirname(path), `${prefixOf(path)}-`));
  writeFileSync(join(folder, ownerFile), JSON.stringify(thisProcess()), { mode: 0o600 });
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
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
  const prefix = prefixOf(path);
  const isOurs = (name: string): boolean =>
    name.startsWith(prefix) && /^(-[A-Za-z0-9]{6})?$/.test(name.slice(prefix.length));
  for (const name of readdirSync(dirname(path)).filter(isOurs)) {
    const folder = join(dirname(path), name);
    if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
  }
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
