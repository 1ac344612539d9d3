/**
 * The package lists its symbolic links in a file, since npm packs none, and
 * makes them in a postinstall script, which an install may have skipped.
 */
import { lstatSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Whether every link is there now. `native` is the folder that holds the list. */
export function restoreLinks(native: string): boolean {
  let complete = true;
  for (const { source, target } of listedLinks(native)) {
    const link = join(native, relative("native", target));
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // another process may have made it just now
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) complete = false;
    }
  }
  return complete;
}

/** Paths in the list begin with `native/`, whatever the folder is called now. */
function listedLinks(native: string): { source: string; target: string }[] {
  let text: string;
  try {
    text = readFileSync(join(native, "pg-symlinks.json"), "utf8");
  } catch {
    return [];
  }
  return JSON.parse(text) as { source: string; target: string }[];
}
