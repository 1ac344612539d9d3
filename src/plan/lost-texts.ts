/** What is lost with a virtual table that stays behind: always reported, because its texts may exist nowhere else. */

import { plural } from "../core/messages/count.ts";
import type { LeftOut } from "../core/plan/plan.ts";
import type { Profile } from "../core/plan/profile.ts";
import { nowhereElse } from "../core/plan/stays-behind.ts";
import type { Catalog, VirtualTable } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";
import { readDeclaration } from "../search/declaration.ts";

export type Loss = {
  /** Continues the sentence of the reason. */
  readonly consequence: string;
  /** Rows that exist nowhere else. */
  readonly rows: number;
};

export function lossOf(virtual: VirtualTable, { tables }: Pick<Catalog, "tables">, profile: Profile): Loss | null {
  const content = readDeclaration(virtual.sql)?.content;
  if (content?.kind === "external") {
    const there = tables.some(({ name }) => sameName(name, content.table));
    return there ? { consequence: `its texts are those of ${content.table}, so it loses none`, rows: 0 } : null;
  }
  // One without tables of its own shows what is elsewhere.
  if (virtual.shadowTables.length === 0) return null;
  const rows = profile.tables[virtual.name]?.rows ?? profile.virtualRows?.[virtual.name];
  if (content?.kind === "contentless")
    return { consequence: `nobody keeps its texts, and its index${ofRows(rows)} exists nowhere else`, rows: rows ?? 0 };
  const what = content === undefined ? "row" : "text";
  if (rows === undefined) return { consequence: `its ${what}s exist nowhere else`, rows: 0 };
  return { consequence: nowhereElse(rows, what), rows };
}

function ofRows(rows: number | undefined): string {
  return rows === undefined ? "" : ` of ${plural(rows, "row")}`;
}

/** An entry of the plan for what the pipeline does not select. */
export function leftBehind(table: string, rows: number | undefined): LeftOut {
  const object = `table ${table}`;
  if (rows === undefined) return { object, reason: notSelected };
  const stay = rows === 0 ? "it has no rows" : `${plural(rows, "row stays", "rows stay")} behind`;
  return { object, reason: `${notSelected}: ${stay}`, rows };
}

export function virtualLeftBehind(virtual: VirtualTable, reason: string, loss: Loss | null): LeftOut {
  const object = `virtual table ${virtual.name}`;
  return loss === null ? { object, reason } : { object, reason: `${reason}: ${loss.consequence}`, rows: loss.rows };
}

/** An entry for what was given up with a virtual table whose loss was accepted; none where nothing went with it. */
export function givenUp({ name }: VirtualTable, loss: Loss | null, policy: string | null): LeftOut[] {
  if (policy === null || loss === null || loss.rows === 0) return [];
  return [{ object: `content of ${name}`, reason: `${loss.consequence}; given up, as accepted`, rows: loss.rows }];
}

export const notSelected = "not selected by the pipeline";
