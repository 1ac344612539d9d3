import { quoteName } from "../../quote.ts";
import { selection } from "../../source-reader.ts";
import { type Comparison, catalogTable } from "./comparison.ts";

/**
 * Whether rows can be compared by key range: every key is an INTEGER in the
 * source, and the target has an index to find a range by.
 */
export async function hasOrder(comparison: Comparison, schema: string): Promise<boolean> {
  const { table, source, target, key } = comparison;
  const column = table.key.columns[0];
  if (table.key.kind !== "integer" || column === undefined || key[0]?.plan.encoding.kind !== "integer") return false;
  const declared = catalogTable(comparison)?.columns.find((candidate) => candidate.name === column);
  if (declared && !declared.isRowid) {
    const sql = `SELECT EXISTS (SELECT 1 FROM main.${quoteName(table.relation ?? table.source)} WHERE ${selection(table.where)} AND typeof(${quoteName(column)}) <> 'integer')`;
    if (source.prepare<[], bigint>(sql).pluck().get() !== 0n) return false;
  }
  const [row] = await target.query(
    `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a
       ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     WHERE i.indrelid = pg_catalog.to_regclass($1) AND a.attname = $2 AND i.indisvalid AND i.indpred IS NULL)`,
    [`${quoteName(schema)}.${quoteName(table.target)}`, key[0].plan.target],
  );
  return row?.[0] === "t";
}
