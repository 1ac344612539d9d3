/**
 * What somebody else wrote, a view or a pipeline's condition, may take SQLite for ever, and a process that waits for
 * SQLite hears neither Ctrl-C nor the clock. So each is carried out once in a process of its own, which an abort ends,
 * before anything here asks for it. What is calculated on the way is watched.
 */
import type { Overflows, ProfileRequest } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import type { View } from "../core/schema/catalog.ts";
import { selection } from "../sqlite/open.ts";
import { runSqliteProgram } from "../system/program/run-program.ts";
import { watchedExpression, watchedView } from "./watched-arithmetic.ts";

/** A SELECT of watched columns; `id` as the planner's trials have it. */
export type Watched = { readonly id: string; readonly sql: string };

/**
 * Returns what no number of PostgreSQL holds, by object. Rejects with the signal's reason. An error in a statement is
 * not reported here: whoever needs it names it.
 */
export async function tryQueries(
  path: string,
  requests: readonly ProfileRequest[],
  { views, generated }: { readonly views: readonly View[]; readonly generated: boolean },
  signal: AbortSignal,
): Promise<Overflows> {
  const statements = [
    ...requests.flatMap(({ table, where }) =>
      where === null
        ? []
        : [`SELECT count(*) FROM ${quoteName(table.relation ?? table.name)} WHERE ${selection(where)}`],
    ),
    ...views.map(({ name }) => `SELECT count(*) FROM ${quoteName(name)}`),
  ];
  // Over fewer rows than the source has, a view may calculate less.
  const whole = requests.every(({ where }) => where === null);
  const watched = [
    ...(generated ? requests.flatMap(watchedColumns) : []),
    ...(whole ? views.flatMap(watchedRows) : []),
  ];
  if (statements.length + watched.length === 0) return new Map();
  const program = new URL("./programs/try-statements.ts", import.meta.url);
  return runSqliteProgram<typeof import("./programs/try-statements.ts")>(
    program,
    { path, statements, watched },
    signal,
  );
}

function watchedColumns({ table, where }: ProfileRequest): Watched[] {
  return table.columns.flatMap(({ name, generated }) => {
    const expression = generated === null ? null : watchedExpression(generated.expression);
    if (expression === null) return [];
    const among = where === null ? "" : ` WHERE ${selection(where)}`;
    return [
      { id: `generated:${table.name}.${name}`, sql: `SELECT (${expression}\n) FROM ${quoteName(table.name)}${among}` },
    ];
  });
}

function watchedRows({ name, sql }: View): Watched[] {
  const select = watchedView(sql);
  return select === null ? [] : [{ id: `view:${name}`, sql: select }];
}
