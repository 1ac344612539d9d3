/**
 * Seed data: put into the target after the cutover. A .sql file is executed as it
 * is; of an export folder the rows are inserted. The caller holds the transaction,
 * so that a seed goes in whole or not at all.
 */
import { readFileSync, statSync } from "node:fs";
import { plural } from "../../core/messages/count.ts";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { isExport, readLines, readManifest } from "../../exports/export-folder.ts";
import { type SeedCell, seedCell, splitMembers } from "./seed-cells.ts";

export type SeedTarget = {
  /** Several statements as one text. */
  execute(sql: string): Promise<void>;
  insert(table: string, columns: readonly string[], rows: readonly (readonly SeedCell[])[]): Promise<void>;
  /** Called once a table when its rows are in, such as for its sequences. */
  filled(table: string): Promise<void>;
};

/** Returns one sentence. Throws SEED_FAILED. */
export async function insertSeed(path: string, target: SeedTarget, signal: AbortSignal): Promise<string> {
  try {
    if (!statSync(path).isDirectory()) {
      await target.execute(script(path));
      return `${path} was executed`;
    }
    return await insertExport(path, target, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof RowhaulError && thrown.code === "SEED_FAILED") throw thrown;
    throw new RowhaulError("SEED_FAILED", `The seed ${path} could not be put in: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

/** Checks the seed before anything is loaded, as far as that is possible without the target. Throws SEED_FAILED. */
export function checkSeed(path: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (thrown) {
    throw failed(path, "it is not there", thrown);
  }
  if (!isFolder) script(path);
  else if (isExport(path)) readManifest(path);
  else throw failed(path, "it is no export of rowhaul's: it has no manifest.json");
}

function script(path: string): string {
  const text = readFileSync(path, "utf8");
  // psql's own commands and its inline data are no SQL: a server would call them a syntax error somewhere.
  const line = text.split("\n").findIndex((one) => /^\\[a-z!.]|^COPY\b.*\bFROM stdin\b/i.test(one));
  if (line !== -1)
    throw failed(path, `line ${line + 1} is for psql, not SQL; write the rows as INSERT (\`pg_dump --inserts\`)`);
  const own = withoutBodies(text)
    .split("\n")
    .findIndex((one) => /^\s*(BEGIN|START|COMMIT|ROLLBACK|ABORT)(\s+(WORK|TRANSACTION))?\s*;/i.test(one));
  if (own !== -1)
    throw failed(
      path,
      `line ${own + 1} begins or ends a transaction; a seed goes in as one, whole or not at all: leave such lines out`,
    );
  return text;
}

/** Of a procedure's own body, between dollar signs, only the lines are kept. */
function withoutBodies(sql: string): string {
  return sql.replace(/(\$\w*\$)[\s\S]*?\1/g, (body) => body.replace(/[^\n]/g, ""));
}

/** Rows of one INSERT: few enough for the 65,535 parameters that PostgreSQL takes, with room for wide tables. */
function rowsAtOnce(columns: number): number {
  return Math.max(1, Math.min(500, Math.floor(30_000 / Math.max(1, columns))));
}

async function insertExport(folder: string, target: SeedTarget, signal: AbortSignal): Promise<string> {
  // The rows of a full-text index follow from its table's.
  const tables = readManifest(folder).tables.filter((table) => table.of === undefined);
  for (const table of tables) {
    const columns = table.columns.map(({ name }) => name);
    await readLines(
      folder,
      table,
      async (lines) => {
        const size = rowsAtOnce(columns.length);
        for (let at = 0; at < lines.length; at += size) {
          const rows = lines.slice(at, at + size).map((line) => rowOf(line, columns));
          await target.insert(table.table, columns, rows);
        }
      },
      signal,
    );
    await target.filled(table.table);
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${plural(rows, "row")} of ${plural(tables.length, "table")} were put in from ${folder}`;
}

function rowOf(line: string, columns: readonly string[]): SeedCell[] {
  const members = new Map(splitMembers(line));
  return columns.map((column) => seedCell(members.get(column) ?? "null"));
}

function failed(path: string, why: string, cause?: unknown): RowhaulError {
  return new RowhaulError("SEED_FAILED", `The seed ${path} cannot be used: ${why}.`, { cause });
}
