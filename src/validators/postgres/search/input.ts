/** What the search validator works on: one full-text table, named on both sides. */

import type { Plan, TablePlan } from "../../../core/plan/plan.ts";
import type { Catalog } from "../../../core/schema/catalog.ts";
import type { FullTextPlan, SearchPlan } from "../../../core/schema/full-text.ts";
import { sameName } from "../../../core/schema/names.ts";
import { quoteName } from "../../quote.ts";

export type SearchIndex = {
  readonly table: TablePlan;
  readonly fullText: FullTextPlan;
  readonly search: SearchPlan;
  /** The full-text table in the target, quoted. */
  readonly relation: string;
  /** The table that keeps the texts in the target, and its column that is the rowid; null when nothing keeps them. */
  readonly content: { readonly relation: string; readonly key: string } | null;
  /** Tables whose ledger and quarantine may explain a difference: those whose rows are distinguished by the rowid. */
  readonly accounted: readonly string[];
  /** The pipeline carries only some of the rows, so that answers cannot be the same. */
  readonly selected: boolean;
};

export function indexesOf(plan: Plan, catalog: Catalog, schema: string, search: SearchPlan): SearchIndex[] {
  return plan.tables.flatMap((table) => {
    const { fullText } = table;
    if (fullText === undefined) return [];
    const relation = `${quoteName(schema)}.${quoteName(table.target)}`;
    const content = contentTable(fullText, plan);
    return [
      {
        table,
        fullText,
        search,
        relation,
        content: contentPlace(fullText, content, catalog, schema, relation),
        accounted: [table, ...(content === null ? [] : [content])].filter(isByRowid).map(({ source }) => source),
        selected: table.where !== null || (content !== null && content.where !== null),
      },
    ];
  });
}

/** The ledger's key is the rowid then; any other number in a key would be taken for another row's. */
function isByRowid({ key }: TablePlan): boolean {
  return key.kind !== "other";
}

function contentTable({ content }: FullTextPlan, plan: Plan): TablePlan | null {
  if (content.kind !== "external") return null;
  return plan.tables.find((table) => sameName(table.source, content.table)) ?? null;
}

function contentPlace(
  { content, contentTarget }: FullTextPlan,
  table: TablePlan | null,
  catalog: Catalog,
  schema: string,
  relation: string,
): SearchIndex["content"] {
  if (content.kind === "own") return { relation, key: "rowid" };
  if (content.kind === "contentless" || contentTarget === null) return null;
  const named = table?.columns.find((column) => sameName(column.source, content.rowid));
  const meant = named ?? table?.columns.find((column) => column.source === rowidColumn(catalog, content.table));
  const key = meant?.target ?? content.rowid;
  return { relation: `${quoteName(schema)}.${quoteName(contentTarget)}`, key };
}

/** What `rowid` says of a table that has no column of that name: its INTEGER PRIMARY KEY, or the hidden number. */
function rowidColumn({ tables }: Catalog, name: string): string | null {
  const table = tables.find((one) => sameName(one.name, name));
  return table?.columns.find((column) => column.isRowid)?.name ?? table?.rowidName ?? null;
}
