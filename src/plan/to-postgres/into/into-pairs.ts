/** Which tables go into the application's own, which are made beside them, and which stay behind. */

import { plural } from "../../../core/messages/count.ts";
import type { Table } from "../../../core/schema/catalog.ts";
import type { Planning } from "../../context.ts";
import { pairInto } from "./full-text-pairs.ts";
import { isEmpty, mayGoInto, type TablePair } from "./match-tables.ts";

export function intoPairs(tables: readonly Table[], { input }: Planning): Map<Table, TablePair> {
  const schema = input.into?.schema;
  if (schema === undefined || isEmpty(schema)) return new Map();
  return new Map(
    tables.flatMap((table) => {
      const pair = mayGoInto(table) ? pairInto(table, input, schema, input.catalog) : null;
      return pair === null ? [] : [[table, pair] as const];
    }),
  );
}

/** Asks about a table that the application's schema lacks; true when it stays behind, as accepted. */
export function isLeft(table: Table, pairs: ReadonlyMap<Table, TablePair>, planning: Planning): boolean {
  const { into, profile } = planning.input;
  if (into === undefined || isEmpty(into.schema) || pairs.has(table) || !mayGoInto(table)) return false;
  const rows = profile.tables[table.name]?.selected ?? 0;
  const policy = planning.hazards.meet({
    code: "TABLE_MISSING",
    at: table.name,
    count: rows,
    message: `schema ${into.schema.schema} has no table ${table.name}, for ${plural(rows, "row")}`,
  });
  if (policy !== "leave") return false;
  planning.leftOut.push({
    object: `table ${table.name}`,
    reason: `the target has no such table; ${plural(rows, "row")} stay behind, as accepted`,
    rows,
  });
  return true;
}

export function definitionsOf(pairs: ReadonlyMap<Table, TablePair>): Record<string, string> {
  return Object.fromEntries([...pairs.values()].map(({ live }) => [live.name, live.digest]));
}
