/** What is asked of many tables, several to a statement: with thousands of small ones a question each is most of the work. */
import type { Target, TargetRow } from "./target-reader.ts";

/** Tables to a statement: each is locked until the transaction ends, and a server has room for some thousands of locks. */
export const tablesTogether = 50;

export function* portions<T>(all: readonly T[], size: number = tablesTogether): Generator<T[]> {
  for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size);
}

/**
 * `ask` makes of an item a SELECT of one row, without parameters. Returns the answers in the items' order; none where the
 * statement fails for one of them, which a question by itself then shows.
 */
export async function askTogether<T>(
  target: Target,
  items: readonly T[],
  ask: (item: T) => string,
): Promise<(TargetRow | undefined)[]> {
  if (items.length === 0) return [];
  const sql = items.map((item, i) => `SELECT ${i} AS i, a.* FROM (${ask(item)}) a`).join(" UNION ALL ");
  const rows = (await target.attempt(sql, [])) ?? [];
  const byItem = new Map(rows.map(([i, ...row]) => [Number(i), row]));
  return items.map((_, i) => byItem.get(i));
}
