/** Runs in a process of its own. */
import type { Overflow } from "../../core/ports.ts";
import { openSqlite, type Sqlite } from "../../sqlite/open.ts";
import type { Watched } from "../try-queries.ts";
import { watchArithmetic } from "../watched-arithmetic.ts";

export default function tryStatements({
  path,
  statements,
  watched,
}: {
  readonly path: string;
  readonly statements: readonly string[];
  readonly watched: readonly Watched[];
}): Map<string, Overflow> {
  const db = openSqlite(path);
  try {
    for (const statement of statements) attempt(() => db.prepare(statement).get());
    const arithmetic = watchArithmetic(db);
    const overflows = new Map<string, Overflow>();
    for (const { id, sql } of watched) {
      attempt(() => calculate(db, sql));
      const found = arithmetic.counted();
      if (found !== null) overflows.set(id, found);
    }
    return overflows;
  } finally {
    db.close();
  }
}

/** Every column of every row, inside SQLite. */
function calculate(db: Sqlite, select: string): void {
  const columns = db
    .prepare(select)
    .columns()
    .map((_, i) => `c${i}`);
  db.prepare(
    `WITH v(${columns.join(", ")}) AS (${select}\n) SELECT ${columns.map((one) => `count(${one})`).join(", ")} FROM v`,
  ).get();
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // Whoever needs it names what is wrong with it.
  }
}
