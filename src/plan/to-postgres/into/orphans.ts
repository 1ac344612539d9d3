/** Rows whose parent neither moves nor exists in the target: only a foreign key of the live table refuses them. */
import { plural } from "../../../core/messages/count.ts";
import type { Orphaned } from "../../../core/plan/live-fit.ts";
import type { CellAction, CellCondition, CellRule } from "../../../core/plan/plan.ts";
import type { LiveForeignKey } from "../../../core/schema/live-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import type { Planning } from "../../context.ts";
import { selectedRows } from "../../context.ts";
import { rowColumns } from "./excluded-rows.ts";
import type { TablePair } from "./match-tables.ts";
import { modeOf } from "./mode-of.ts";

/** `pairs`: of all tables whose rows go into live ones. */
export function askOrphans(
  pair: TablePair,
  pairs: readonly TablePair[],
  planning: Planning,
): [column: string, rule: CellRule][] {
  const found = planning.input.into?.fits.get(pair.table.name)?.orphans ?? {};
  return pair.live.foreignKeys.flatMap((key) => {
    const orphaned = Object.hasOwn(found, key.name) ? found[key.name] : undefined;
    return orphaned === undefined || orphaned.found.count === 0 ? [] : ask(pair, key, orphaned, pairs, planning);
  });
}

function ask(
  pair: TablePair,
  key: LiveForeignKey,
  orphaned: Orphaned,
  pairs: readonly TablePair[],
  planning: Planning,
): [string, CellRule][] {
  const { table } = pair;
  const columns = key.columns.flatMap((name) => pair.columns.find(({ live }) => live.name === name) ?? []);
  const parent = pairs.find(({ live }) => live.name === key.parent);
  const when = conditionOf(pair, key, orphaned, parent, planning);
  const nullable = columns.every(({ live }) => !live.notNull);
  const { count, samples } = orphaned.found;
  const selected = parent !== undefined && selectedRows(planning.input, parent.table) !== null;
  const stays = parent === undefined || modeOf(parent.table.name, planning.input) !== "replace";
  const nowhere = `does not exist${selected ? " or is not selected" : ""}${stays ? ", nor is it in the target" : ""}`;
  const policy = planning.hazards.meet({
    code: "ORPHAN_ROWS",
    at: `${table.name}.${columns[0]?.column.name}`,
    count,
    samples,
    message: `${plural(count, "row points", "rows point")} to a row of ${parent?.table.name ?? key.parent} that ${nowhere} (foreign key ${key.name})${when === null ? "; they are too many to be taken out one by one: select with `where`" : ""}`,
    offered: when === null ? [] : [...(nullable ? ["null"] : []), "quarantine"],
  });
  if (when === null || policy === null) return [];
  const rule: CellRule = { code: "ORPHAN_ROWS", when, then: policy as CellAction };
  const concerned = policy === "null" ? columns : columns.slice(0, 1);
  return concerned.map(({ column }) => [column.name, rule]);
}

/** By the source's own comparison where that suffices; else by the rows that were found. */
function conditionOf(
  pair: TablePair,
  key: LiveForeignKey,
  { rowids, elsewhere }: Orphaned,
  parent: TablePair | undefined,
  { input }: Planning,
): CellCondition | null {
  const { table } = pair;
  const names = ({ columns }: TablePair, of: readonly string[]): string[] =>
    of.flatMap((name) => columns.find(({ live }) => live.name === name)?.column.name ?? []);
  const declared = table.foreignKeys.find(
    (own) =>
      parent !== undefined &&
      sameName(own.parent, parent.table.name) &&
      sameList(own.columns, names(pair, key.columns)) &&
      sameList(own.parentColumns, names(parent, key.parentColumns)),
  );
  if (declared !== undefined && parent !== undefined && elsewhere === 0)
    return {
      kind: "orphan",
      columns: declared.columns,
      parent: declared.parent,
      parentColumns: declared.parentColumns,
      parentWhere: selectedRows(input, parent.table),
    };
  const row = rowColumns(table);
  if (rowids === null || row.length === 0) return null;
  return {
    kind: "orphan",
    columns: row,
    parent: table.name,
    parentColumns: row,
    parentWhere: `${table.rowidName ?? "rowid"} NOT IN (${rowids.join(", ")})`,
  };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => sameName(name, b[i] ?? ""));
}
