/**
 * The folders of runs hold copies of production data: they must be folders of the user's own. A link could lead what is
 * written, and the rights that are set, anywhere; another user's folder could be read or exchanged by that user.
 */
import { lstatSync, type Stats } from "node:fs";
import { RowhaulError } from "../core/messages/errors.ts";

/** Throws LOCAL_DISK for what is there and is neither ours nor a folder. */
export function refuseForeign(path: string): void {
  const found = entryAt(path);
  if (found === undefined) return;
  if (found.isSymbolicLink())
    throw foreign(`${path} is a symbolic link`, "Remove the link, or move the folder that it leads to here.");
  if (!found.isDirectory()) throw foreign(`${path} is no folder`, `Move ${path} away.`);
  const own = process.geteuid?.();
  if (own !== undefined && found.uid !== own)
    throw foreign(
      `${path} belongs to another user (uid ${found.uid}; this one is ${own})`,
      `Run as that user; or move ${path} away, and the next run begins anew.`,
    );
}

/** Undefined where nothing is, or nothing can be: whoever makes the folder is told. */
function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function foreign(what: string, hint: string): RowhaulError {
  return new RowhaulError("LOCAL_DISK", `${what}: what a run keeps, a copy of the data among it, is not put there.`, {
    hint,
  });
}
