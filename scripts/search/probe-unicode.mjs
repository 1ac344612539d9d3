/**
 * Writes src/search/unicode/: what the installed better-sqlite3's unicode61 does with every code point.
 * `node scripts/search/probe-unicode.mjs [--check]`; with --check nothing is written, and a difference exits 1.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { probeUnicode } from "./probe.mjs";
import { unicodeFiles } from "./unicode-files.mjs";

const folder = new URL("../../src/search/unicode/", import.meta.url);

const files = unicodeFiles(probeUnicode());
for (const [name, text] of Object.entries(files)) {
  const path = fileURLToPath(new URL(name, folder));
  const same = existsSync(path) && readFileSync(path, "utf8") === text;
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (!same) {
    console.error(
      `src/search/unicode/${name} is not what this SQLite does. Try: node scripts/search/probe-unicode.mjs`,
    );
    process.exitCode = 1;
  }
}
