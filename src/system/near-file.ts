/** For a path that does not exist: a similar name beside it that was probably meant. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nearest } from "../core/messages/nearest.ts";

/** A hint; null when nothing is near. */
export function nearFileHint(path: string): string | null {
  try {
    const found = nearest(basename(path), readdirSync(dirname(path)));
    return found === null ? null : `Did you mean ${join(dirname(path), found)}?`;
  } catch {
    return null;
  }
}
