/** Rows that violate a CHECK of their own table, found in this process: SQLite lets them in when told to ignore checks. */
import type { Sample } from "../core/plan/profile.ts";
import type { ProfileRequest } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import { openSqlite, type Sqlite, selection } from "../sqlite/open.ts";
import { Samples } from "./profile/samples.ts";

/** By `table NUL position of the check`. */
export type BrokenChecks = ReadonlyMap<string, { readonly count: number; readonly samples: readonly Sample[] }>;

export type BrokenChecksOrder = { readonly path: string; readonly requests: readonly ProfileRequest[] };

export function findBrokenChecks({ path, requests }: BrokenChecksOrder): BrokenChecks {
  const found = new Map<string, { count: number; samples: Sample[] }>();
  const db = openSqlite(path);
  try {
    for (const request of requests)
      for (const [position, { expression }] of request.table.checks.entries()) {
        const broken = findBroken(db, request, expression);
        if (broken !== null && broken.count > 0) found.set(`${request.table.name}\0${position}`, broken);
      }
  } finally {
    db.close();
  }
  return found;
}

/** For the sample alone: a word of the expression, whatever quotes it has. */
function isNamed(column: string, expression: string): boolean {
  const at = expression.toLowerCase().indexOf(column.toLowerCase());
  const around = `${expression[at - 1] ?? " "}${expression[at + column.length] ?? " "}`;
  return at >= 0 && !/\w/.test(around);
}

/** Null where the snapshot cannot say: the check calls a function of the application's, or is in another SQL. */
function findBroken(
  db: Sqlite,
  { table, where }: ProfileRequest,
  expression: string,
): { count: number; samples: Sample[] } | null {
  const broken = `NOT coalesce((${expression}\n), 1)`;
  const among = where === null ? "" : `${selection(where)} AND `;
  try {
    const count = Number(
      db
        .prepare(`SELECT count(*) FROM ${quoteName(table.name)} WHERE ${among}${broken}`)
        .pluck()
        .get(),
    );
    if (count === 0) return null;
    const column = table.columns.find(({ name }) => isNamed(name, expression)) ?? table.columns[0];
    return { count, samples: column === undefined ? [] : new Samples(db, table, where).find(column.name, broken) };
  } catch (thrown) {
    if (/no such|syntax error|unrecognized token|wrong number of arguments/.test((thrown as Error).message))
      return null;
    throw thrown;
  }
}
