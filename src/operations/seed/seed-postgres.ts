/** Seeds a PostgreSQL schema, over a connection that is in a transaction. */

import { qualified, quoteName } from "../../core/quote.ts";
import type { SeedTarget } from "./seed.ts";
import type { SeedCell } from "./seed-cells.ts";

/** Without values, the text may be several statements. */
export type PostgresQuery = (
  text: string,
  values?: readonly SeedCell[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

export function postgresSeed(schema: string, query: PostgresQuery): SeedTarget {
  const named = (table: string): string => qualified(schema, table);
  return {
    async execute(sql) {
      await query("SELECT set_config('search_path', $1, true)", [quoteName(schema)]);
      await query(sql);
    },
    async insert(table, columns, rows) {
      // Keys of the seed are kept, also where the table makes its own.
      const places = rows.map((row, r) => `(${row.map((_, c) => `$${r * columns.length + c + 1}`).join(", ")})`);
      await query(
        `INSERT INTO ${named(table)} (${columns.map(quoteName).join(", ")}) OVERRIDING SYSTEM VALUE VALUES ${places.join(", ")}`,
        rows.flat(),
      );
    },
    async filled(table) {
      const sequences = await query(
        `SELECT column_name, pg_get_serial_sequence($1, column_name) AS sequence FROM information_schema.columns
          WHERE table_schema = $2 AND table_name = $3 AND pg_get_serial_sequence($1, column_name) IS NOT NULL`,
        [named(table), schema, table],
      );
      for (const { column_name: column, sequence } of sequences)
        await query(
          `SELECT setval($1::regclass, greatest(max(${quoteName(String(column))})::bigint, nextval($1::regclass) - 1, 1)) FROM ${named(table)}`,
          [String(sequence)],
        );
    },
  };
}
