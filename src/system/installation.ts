/** Where rowhaul's packages are installed. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { shellWord } from "../core/messages/shell-word.ts";

/** `cd … && `, to put before an npm command: npm must run in the folder whose node_modules holds them. */
export function inInstallation(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve("better-sqlite3/package.json");
    const folder = dirname(dirname(dirname(manifest)));
    if (folder === process.cwd()) return "";
    return `cd ${shellWord(folder)} && `;
  } catch {
    return "";
  }
}
