/** The file beside the snapshot that holds ready-made vectors of full-text tables (src/search/copy). */

import type { TablePlan } from "../../core/plan/plan.ts";
import type { UnitPart } from "../../core/plan/unit.ts";
import { quoteName } from "../../core/quote.ts";
import type { TokenPositions } from "../../core/schema/full-text.ts";
import type { Sqlite } from "../../sqlite/open.ts";

/** Attaches it as `copied`; the number under which it has the table. */
export function attachCopy(db: Sqlite, table: TablePlan, copied: string): number {
  db.prepare("ATTACH ? AS copied").run(copied);
  return Number(db.prepare("SELECT i FROM copied.meta WHERE name = ?").pluck().get(table.source));
}

/** Where the tokens stand of rows that are beyond tsvector's limits, in batches; only of rows that are selected. */
export function* readPositions(
  db: Sqlite,
  table: TablePlan,
  part: UnitPart,
  copied: string,
): Generator<TokenPositions[]> {
  const number = attachCopy(db, table, copied);
  const conditions = [part.from === null ? "" : "AND id >= ?", part.to === null ? "" : "AND id < ?"];
  const bounds = [part.from, part.to].filter((bound) => bound !== null).map(BigInt);
  const rows = `SELECT rowid FROM ${quoteName(table.relation ?? table.source)}${table.where === null ? "" : ` WHERE (${table.where}\n)`}`;
  const sql = `SELECT CAST(id AS TEXT) AS rowid, lexeme, col AS "column", pos AS positions
    FROM copied.position_${number} WHERE id IN (${rows}) ${conditions.join(" ")}`;
  const statement = db.prepare(sql).safeIntegers(false);
  let batch: TokenPositions[] = [];
  for (const row of statement.iterate(...bounds) as IterableIterator<TokenPositions>) {
    batch.push(row);
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

const batchSize = 2000;
