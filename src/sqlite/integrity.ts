/** Whether a SQLite file is whole. */
import { runSqliteProgram } from "../system/program/run-program.ts";

/**
 * The first lines of PRAGMA integrity_check that mean damage; NOT NULL and CHECK violations are data. Reads the whole
 * file, beside this process. Throws what SQLite says of a file that it cannot check, with its code.
 */
export async function damageOf(path: string, signal: AbortSignal | undefined): Promise<string[]> {
  const lines = await runSqliteProgram<typeof import("./programs/integrity-lines.mjs")>(
    new URL("./programs/integrity-lines.mjs", import.meta.url),
    { path },
    signal,
  );
  return lines.filter(
    (line) =>
      line !== "ok" &&
      !/^(NULL value in|CHECK constraint failed in|(NUMERIC|TEXT) value in|non-unique entry)/.test(line),
  );
}
