/** Whether the snapshot is whole, and a copy of it whose indexes are made anew. */
import { copyFileSync, statSync } from "node:fs";
import { RowhaulError } from "../core/messages/errors.ts";
import { shellWord } from "../core/messages/shell-word.ts";
import type { StaleIndex } from "../core/ports.ts";
import { foundIn, type Integrity } from "../sqlite/integrity.ts";
import { recoverHint, sourceError } from "../sqlite/open.ts";
import { runHereOrBeside } from "../system/program/run-program.ts";
import { checkFile } from "./check-file.ts";
import { largeFile } from "./orphans.ts";
import { rebuildIndexes } from "./rebuild-indexes.ts";

/**
 * Throws SOURCE_CORRUPT with the first lines of what is damaged. Reads the whole file, beside the profile. Returns the
 * indexes that do not agree with their tables.
 */
export async function checkIntegrity(path: string, shown: string, signal: AbortSignal): Promise<readonly StaleIndex[]> {
  let found: Integrity;
  try {
    const program = new URL("./programs/check-file.ts", import.meta.url);
    const large = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= largeFile;
    found = foundIn(await runHereOrBeside(checkFile, program, { path }, { large, signal }));
  } catch (thrown) {
    signal.throwIfAborted();
    throw sourceError(shown, thrown);
  }
  const { damage, stale } = found;
  if (damage.length > 0)
    throw new RowhaulError("SOURCE_CORRUPT", `${shown} is damaged: ${damage[0]}.`, {
      details: damage.slice(1, 6),
      hint: fullTextHint(shown, damage) ?? recoverHint(shown),
    });
  return stale;
}

/**
 * A copy at `to` with these indexes made anew: SQLite may answer from an index instead of its table. Throws
 * SOURCE_CORRUPT where that cannot be.
 */
export async function withIndexesAnew(
  path: string,
  to: string,
  shown: string,
  stale: readonly StaleIndex[],
  signal: AbortSignal,
): Promise<void> {
  copyFileSync(path, to);
  const program = new URL("./programs/rebuild-indexes.ts", import.meta.url);
  const large = statSync(path).size >= largeFile;
  // A check gives only so many lines, so there may be others behind them.
  for (let left = stale, round = 0; left.length > 0; round++) {
    const failed = await runHereOrBeside(
      rebuildIndexes,
      program,
      { path: to, remedies: left.map(({ remedy }) => remedy) },
      { large, signal },
    );
    if (failed !== null || round === mostRounds)
      throw new RowhaulError("SOURCE_CORRUPT", `${shown}: ${left[0]?.line}, and it cannot be made anew.`, {
        details: failed === null ? [] : [`${failed.remedy}: ${failed.message}`],
        hint: `Correct the rows that it names, then \`${sqlite(shown, failed?.remedy ?? left[0]?.remedy ?? "REINDEX")}\`.`,
      });
    left = await checkIntegrity(to, shown, signal);
  }
}

const mostRounds = 50;

/** The command that mends the source's own index. */
export function sqlite(path: string, sql: string): string {
  return `sqlite3 ${shellWord(path)} ${shellWord(sql)}`;
}

/** Where nothing but a full-text index is wrong, it can be made anew of its texts. */
function fullTextHint(shown: string, damage: readonly string[]): string | null {
  const tables = damage.map((line) => /^malformed inverted index for FTS5 table (?:main\.)?(.+)$/s.exec(line)?.[1]);
  const [table] = tables;
  if (table === undefined || tables.includes(undefined)) return null;
  const name = `"${table.replaceAll('"', '""')}"`;
  const rebuild = sqlite(shown, `INSERT INTO ${name}(${name}) VALUES('rebuild')`);
  return `Its index is not that of its texts; make it anew: \`${rebuild}\`. If that fails: ${recoverHint(shown)}`;
}
