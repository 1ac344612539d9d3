/**
 * What somebody else wrote, a view or a pipeline's condition, may take SQLite for ever, and a process that waits for
 * SQLite hears neither Ctrl-C nor the clock. So each is carried out once in a process of its own, which an abort ends,
 * before anything here asks for it.
 */
import type { ProfileRequest } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import type { View } from "../core/schema/catalog.ts";
import { selection } from "../sqlite/open.ts";
import { runSqliteProgram } from "../system/program/run-program.ts";

/** Rejects with the signal's reason. An error in a statement is not reported here: whoever needs it names it. */
export async function tryQueries(
  path: string,
  requests: readonly ProfileRequest[],
  views: readonly View[],
  signal: AbortSignal,
): Promise<void> {
  const statements = [
    ...requests.flatMap(({ table, where }) =>
      where === null
        ? []
        : [`SELECT count(*) FROM ${quoteName(table.relation ?? table.name)} WHERE ${selection(where)}`],
    ),
    ...views.map(({ name }) => `SELECT count(*) FROM ${quoteName(name)}`),
  ];
  if (statements.length === 0) return;
  const program = new URL("./programs/try-statements.ts", import.meta.url);
  await runSqliteProgram<typeof import("./programs/try-statements.ts")>(program, { path, statements }, signal);
}
