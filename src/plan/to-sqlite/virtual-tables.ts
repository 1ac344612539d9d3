/**
 * Virtual tables: full-text tables, R-trees. All their data is in shadow tables, so those are copied as they
 * are; where the texts they index are not the same ones, the index is built again.
 */

import type { TablePlan } from "../../core/plan/plan.ts";
import { quoteName } from "../../core/quote.ts";
import type { VirtualTable } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { readDeclaration } from "../../search/declaration.ts";
import { selectedRows, tableSettings } from "../context.ts";
import { givenUp, lossOf, notSelected, virtualLeftBehind } from "../lost-texts.ts";
import type { SelectedTables } from "../selection.ts";
import type { SqlitePlanning } from "./context.ts";
import type { DraftTable } from "./draft-table.ts";
import { isLeftBehind } from "./into/missing.ts";
import type { Schema } from "./schema.ts";

export type VirtualPlan = {
  readonly plan: TablePlan;
  /** Its shadow tables are copied; else it is built again. */
  readonly copied: boolean;
};

export function planVirtualTables(
  selection: SelectedTables,
  drafts: readonly DraftTable[],
  schema: Schema,
  planning: SqlitePlanning,
): VirtualPlan[] {
  const { catalog } = planning.input;
  return catalog.virtualTables.flatMap((virtual) => {
    const loss = lossOf(virtual, catalog, planning.input.profile);
    const leave = (reason: string): [] => {
      planning.leftOut.push(virtualLeftBehind(virtual, reason, loss));
      return [];
    };
    const lose = (reason: string): [] => {
      const message = `${virtual.name} is a virtual table (${virtual.module}): ${reason}${loss === null ? "" : `; ${loss.consequence}`}`;
      const policy = planning.hazards.meet({ code: "VIRTUAL_TABLE_LOST", at: virtual.name, message });
      planning.leftOut.push(...givenUp(virtual, loss, policy));
      return [];
    };
    if (!selection.chosen(virtual.name) || selection.excluded(virtual.name)) return leave(notSelected);
    if (planning.hazards.givesUp("VIRTUAL_TABLE_LOST", virtual.name)) return lose("given up in the pipeline file");
    const { as } = tableSettings(planning.input, virtual.name);
    if (as !== null && as !== virtual.name) return lose("it cannot be renamed");
    const content = contentOf(virtual, drafts, planning);
    if (content === "absent") return leave("the table whose texts it indexes is not selected");
    if (content === "renamed") return lose("the table whose texts it indexes gets other names");
    const there = planning.input.file?.schema.virtual.some((name) => sameName(name, virtual.name)) ?? true;
    const rows = planning.input.profile.tables[virtual.name]?.selected ?? 0;
    if (!there && isLeftBehind(virtual.name, rows, planning)) return [];
    const objection = schema.add(virtual.sql);
    if (objection !== null) return lose(objection);
    return [{ plan: tablePlan(virtual, content === "filtered", planning), copied: content !== "filtered" }];
  });
}

type Content = "whole" | "filtered" | "renamed" | "absent";

function contentOf(virtual: VirtualTable, drafts: readonly DraftTable[], { input }: SqlitePlanning): Content {
  const declaration = readDeclaration(virtual.sql);
  if (declaration?.content.kind !== "external") return "whole";
  const { table: name } = declaration.content;
  const draft = drafts.find(({ table }) => sameName(table.name, name));
  if (draft === undefined)
    // Its content is a view, or missing: left as it was.
    return input.catalog.tables.some((table) => sameName(table.name, name)) ? "absent" : "whole";
  const renamed = (column: string): boolean =>
    draft.table.columns.some(({ name: own }) => sameName(own, column)) &&
    !draft.columns.some(({ source, target }) => sameName(source, column) && sameName(target, column));
  const columns = declaration.columns.map((column) => column.name);
  if (!sameName(draft.target, draft.table.name) || [...columns, declaration.content.rowid].some(renamed))
    return "renamed";
  return selectedRows(input, draft.table) === null ? "whole" : "filtered";
}

function tablePlan(virtual: VirtualTable, filtered: boolean, { input }: SqlitePlanning): TablePlan {
  const name = quoteName(virtual.name);
  return {
    source: virtual.name,
    target: virtual.name,
    virtual: true,
    where: null,
    rows: filtered ? 0 : (input.profile.tables[virtual.name]?.selected ?? 0),
    columns: [],
    key: { kind: "none", columns: [] },
    rowidName: null,
    identity: null,
    create: virtual.sql,
    finish: filtered
      ? [
          {
            id: `${virtual.name}/full text/rebuild`,
            kind: "full text",
            name: virtual.name,
            sql: `INSERT INTO ${name} (${name}) VALUES ('rebuild')`,
            stage: "fill",
          },
        ]
      : [],
  };
}
