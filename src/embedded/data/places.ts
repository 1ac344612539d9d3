/** Where embedded servers and their binaries are kept. */
import { createHash } from "node:crypto";
import { accessSync, constants, realpathSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { isRoot } from "../programs/account.ts";

/** The lasting place of a project's embedded server. The same project always gets the same one; nothing is created. */
export function embeddedDirectory(projectDirectory: string): string {
  const project = realPath(resolve(projectDirectory));
  const hash = createHash("sha256").update(project).digest("hex").slice(0, 12);
  const name = basename(project)
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, 40);
  return join(statePlace(), "embedded", `${name}-${hash}`);
}

/**
 * For root it is a place that other accounts can reach, because the server runs as one of them: /var/lib,
 * as /var/tmp is swept on many systems; /var/tmp where the former is read-only.
 */
export function statePlace(): string {
  if (isRoot()) return isWritable("/var/lib") ? "/var/lib/rowhaul" : "/var/tmp/rowhaul-embedded";
  if (process.platform === "win32") {
    return join(process.env.LOCALAPPDATA || join(homedir(), "AppData", "Local"), "rowhaul");
  }
  if (process.env.XDG_STATE_HOME) return join(process.env.XDG_STATE_HOME, "rowhaul");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "rowhaul");
  return join(homedir(), ".local", "state", "rowhaul");
}

/** Parents for temporary servers, the first choice first. Root's own TMPDIR may be closed to the server's account. */
export function temporaryPlaces(): string[] {
  const places = isRoot() ? [tmpdir(), "/tmp", "/var/tmp"] : [tmpdir()];
  return [...new Set(places.map(realPath))];
}

export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
