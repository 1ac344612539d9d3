/** Rows with more filled columns than a page of PostgreSQL's takes. */
import { plural } from "../../core/messages/count.ts";
import type { CellRule } from "../../core/plan/plan.ts";
import type { Table } from "../../core/schema/catalog.ts";
import type { Planning } from "../context.ts";
import { rowColumns } from "./into/excluded-rows.ts";
import { rowRule } from "./row-rule.ts";
import { largestRow } from "./row-size.ts";

export function wideRowRules(table: Table, planning: Planning): [column: string, rule: CellRule][] {
  const found = planning.input.wideRows?.get(table.name);
  if (found === undefined || found.count === 0) return [];
  const policy = planning.hazards.meet({
    code: "ROW_TOO_WIDE",
    at: table.name,
    count: found.count,
    samples: found.samples,
    message: `${plural(found.count, "row has", "rows have")} more filled columns than the ${largestRow.toLocaleString("en")} bytes take that PostgreSQL has for a row, long texts aside; the other way is to leave columns out by \`drop\` under \`tables\``,
    ...(rowColumns(table).length === 0 ? { offered: [] } : {}),
  });
  return policy === "quarantine" ? rowRule(table, "ROW_TOO_WIDE", found.fits, planning) : [];
}
