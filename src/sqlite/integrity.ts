/** Whether a SQLite file is whole. */
import { statSync } from "node:fs";
import type { StaleIndex } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import { runHereOrBeside } from "../system/program/run-program.ts";
import integrityLines from "./programs/integrity-lines.mjs";

/** In bytes: read in less time than a process takes to start. */
const smallFile = 8 << 20;

export type Integrity = {
  /** The first lines that mean damage. */
  readonly damage: readonly string[];
  /** Indexes that do not agree with their tables, whose rows are whole: one line of each. */
  readonly stale: readonly StaleIndex[];
};

/**
 * What PRAGMA integrity_check finds; NOT NULL and CHECK violations are data. Reads the whole file, a large one beside
 * this process. Throws what SQLite says of a file that it cannot check, with its code.
 */
export async function integrityOf(path: string, signal: AbortSignal | undefined): Promise<Integrity> {
  const large = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= smallFile;
  const program = new URL("./programs/integrity-lines.mjs", import.meta.url);
  return foundIn(await runHereOrBeside(integrityLines, program, { path }, { large, signal }));
}

/** Lines of the check, taken apart. */
export function foundIn(lines: readonly string[]): Integrity {
  const damage: string[] = [];
  const stale = new Map<string, StaleIndex>();
  for (const line of lines) {
    if (line === "ok" || isData.test(line)) continue;
    const remedy = remedyOf(line);
    if (remedy === null) damage.push(line);
    else if (!stale.has(remedy)) stale.set(remedy, { line, remedy });
  }
  return { damage, stale: [...stale.values()] };
}

const isData = /^(NULL value in|CHECK constraint failed in|(NUMERIC|TEXT) value in|non-unique entry)/;

/** An index's entries that are missing, too many, or of other values: as by an SQLite that wrote a REAL's text otherwise. */
const ofIndex =
  /^(?:row \d+ missing from index|wrong # of entries in index|row \d+ values differ from index|rowid not at end-of-record for row \d+ of index) (.+)$/s;
/** Of FTS5 the index itself goes to the target, so one that is not that of its texts is damage. */
const ofFullText = /^malformed inverted index for FTS[34] table (?:main\.)?(.+)$/s;

function remedyOf(line: string): string | null {
  const index = ofIndex.exec(line)?.[1];
  if (index !== undefined) return `REINDEX ${quoteName(index)}`;
  const table = ofFullText.exec(line)?.[1];
  return table === undefined ? null : `INSERT INTO ${quoteName(table)}(${quoteName(table)}) VALUES('rebuild')`;
}
