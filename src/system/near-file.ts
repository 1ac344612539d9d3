/** For a path that does not exist: what stood there, or a similar name beside it that was probably meant. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nearest } from "../core/messages/nearest.ts";
import { shellWord } from "../core/messages/shell-word.ts";
import { madeWay } from "./work-folder.ts";

/** A hint; null when nothing is near. */
export function nearFileHint(path: string): string | null {
  try {
    const whole = madeWay(path);
    // Whoever was replacing it was killed; the next export to this place puts it back by itself.
    if (whole !== null) return `What stood there is whole, in ${whole}: mv ${shellWord(whole)} ${shellWord(path)}`;
    const found = nearest(basename(path), readdirSync(dirname(path)));
    return found === null ? null : `Did you mean ${join(dirname(path), found)}?`;
  } catch {
    return null;
  }
}
