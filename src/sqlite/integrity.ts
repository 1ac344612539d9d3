/** Whether a SQLite file is whole. */
import { statSync } from "node:fs";
import { runHereOrBeside } from "../system/program/run-program.ts";
import integrityLines from "./programs/integrity-lines.mjs";

/** In bytes: read in less time than a process takes to start. */
const smallFile = 8 << 20;

/**
 * The first lines of PRAGMA integrity_check that mean damage; NOT NULL and CHECK violations are data. Reads the whole
 * file, a large one beside this process. Throws what SQLite says of a file that it cannot check, with its code.
 */
export async function damageOf(path: string, signal: AbortSignal | undefined): Promise<string[]> {
  const large = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= smallFile;
  const program = new URL("./programs/integrity-lines.mjs", import.meta.url);
  const lines = await runHereOrBeside(integrityLines, program, { path }, { large, signal });
  return lines.filter(
    (line) =>
      line !== "ok" &&
      !/^(NULL value in|CHECK constraint failed in|(NUMERIC|TEXT) value in|non-unique entry)/.test(line),
  );
}
