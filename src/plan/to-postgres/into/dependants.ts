/**
 * Rows that point to a row in quarantine cannot arrive without it: they go along, or lose the reference where an entry
 * ORPHAN_ROWS for the child's column says `null`. A condition on the parent's rows selects them, so that
 * loader and proof find them by themselves.
 */

import type { FitEdge } from "../../../core/plan/live-fit.ts";
import type { CellCondition, CellRule, ColumnPlan } from "../../../core/plan/plan.ts";
import { nameList, quoteName } from "../../../core/quote.ts";
import { sameName } from "../../../core/schema/names.ts";
import type { Planning } from "../../context.ts";
import { selectedRows } from "../../context.ts";
import type { Draft } from "../draft-table.ts";
import { type Exclusion, excludedRows, given, pointsToExcluded, rowColumns } from "./excluded-rows.ts";
import type { TablePair } from "./match-tables.ts";

type Edge = FitEdge;
type OrphanCondition = Extract<CellCondition, { kind: "orphan" }>;

/** Foreign keys between tables that go into live ones, of the source or of the target. */
export function edgesOf(pairs: readonly TablePair[]): Edge[] {
  const edges = pairs.flatMap((pair) => [...sourceEdges(pair, pairs), ...liveEdges(pair, pairs)]);
  const text = (edge: Edge): string => JSON.stringify(edge).toLowerCase();
  return edges.filter((edge, i) => edges.findIndex((other) => text(other) === text(edge)) === i);
}

function sourceEdges({ table }: TablePair, pairs: readonly TablePair[]): Edge[] {
  return table.foreignKeys.flatMap(({ columns, parent, parentColumns }) => {
    const other = pairs.find((pair) => sameName(pair.table.name, parent));
    if (other === undefined || parentColumns.length === 0) return [];
    return [{ child: table.name, columns, parent: other.table.name, parentColumns }];
  });
}

function liveEdges({ table, live, columns }: TablePair, pairs: readonly TablePair[]): Edge[] {
  return live.foreignKeys.flatMap((key) => {
    const other = pairs.find((pair) => pair.live.name === key.parent);
    if (other === undefined) return [];
    const own = key.columns.map((name) => columns.find((pair) => pair.live.name === name)?.column.name);
    const theirs = key.parentColumns.map((name) => other.columns.find((pair) => pair.live.name === name)?.column.name);
    if (own.includes(undefined) || theirs.includes(undefined)) return [];
    return [
      { child: table.name, columns: own as string[], parent: other.table.name, parentColumns: theirs as string[] },
    ];
  });
}

/** The drafts with rules for the rows that point to rows in quarantine. */
export function withDependants(drafts: readonly Draft[], pairs: readonly TablePair[], planning: Planning): Draft[] {
  const leaving = drafts.map(
    (draft): Exclusion => ({
      table: draft.table,
      where: selectedRows(planning.input, draft.table),
      own: ownCondition(draft, planning),
    }),
  );
  if (leaving.every(({ own }) => own === null)) return [...drafts];
  const edges = edgesOf(pairs);
  const along = edges.filter((edge) => policyOf(edge, planning) === "quarantine");
  return drafts.map((draft) =>
    withRules(
      draft,
      edges
        .filter(({ child }) => child === draft.table.name)
        .flatMap((edge) => ruleFor(edge, draft, leaving, along, planning)),
    ),
  );
}

/** SQL of the source: true for rows that the accepted policies put in quarantine. */
function ownCondition({ table, columns }: Draft, { input }: Planning): string | null {
  const fits = input.into?.fits.get(table.name)?.columns ?? {};
  const parts = columns.flatMap((column) =>
    column.rules.flatMap(({ when, then }): string[] => {
      if (then !== "quarantine") return [];
      if (when.kind === "orphan") return [orphanCondition(when)];
      if (when.kind === "null") return [`${quoteName(column.source)} IS NULL`];
      if (when.kind !== "unfit" || table.rowidName === null) return [];
      const found = (fits[column.source]?.problems ?? []).filter(({ problem }) => when.problems.includes(problem));
      const rowids = found.flatMap((one) => one.rowids ?? []);
      return rowids.length === 0 ? [] : [`${table.rowidName} IN (${rowids.join(", ")})`];
    }),
  );
  return parts.length === 0 ? null : parts.map((part) => `(${part})`).join(" OR ");
}

/** Rows that the plan sends to quarantine because their own parent is missing. */
function orphanCondition({ columns, parent, parentColumns, parentWhere }: OrphanCondition): string {
  const where = parentWhere === null ? "" : ` AND (${parentWhere}\n)`;
  // One NULL among them would make every comparison unknown.
  return `${given(columns)} AND (${nameList(columns)}) NOT IN (SELECT ${nameList(parentColumns)} FROM ${quoteName(parent)} WHERE ${given(parentColumns)}${where})`;
}

function policyOf({ child, columns }: Edge, { hazards }: Planning): "null" | "quarantine" {
  return hazards.chosen("ORPHAN_ROWS", `${child}.${columns[0]}`) === "null" ? "null" : "quarantine";
}

/** Treats rows that point to a row in quarantine as rows without a parent. */
function ruleFor(
  edge: Edge,
  { table, columns }: Draft,
  leaving: readonly Exclusion[],
  along: readonly Edge[],
  planning: Planning,
): [string, CellRule][] {
  const parent = leaving.find((one) => one.table.name === edge.parent);
  const gone = parent === undefined ? null : excludedRows(edge.parent, leaving, along);
  const row = rowColumns(table);
  if (parent === undefined || gone === null || row.length === 0) return [];
  const policy = policyOf(edge, planning);
  const own = leaving.find((one) => one.table === table)?.own ?? null;
  // A row with a reason of its own is reported with that reason, also in a circle.
  const others = own === null ? "" : ` AND NOT coalesce((${own}), 0)`;
  const rule: CellRule = {
    code: "ORPHAN_ROWS",
    when: {
      kind: "orphan",
      columns: row,
      parent: table.name,
      parentColumns: row,
      parentWhere: `NOT (${pointsToExcluded(edge, parent, gone)}${others})`,
    },
    then: policy,
  };
  const concerned = policy === "null" ? edge.columns : edge.columns.slice(0, 1);
  return concerned.filter((name) => columns.some(({ source }) => sameName(source, name))).map((name) => [name, rule]);
}

function withRules(draft: Draft, added: readonly (readonly [string, CellRule])[]): Draft {
  if (added.length === 0) return draft;
  const columns = draft.columns.map((column): ColumnPlan => {
    const own = added.filter(([name]) => sameName(name, column.source)).map(([, rule]) => rule);
    // A row without a parent is reported as an orphan, whatever else it points to.
    return own.length === 0
      ? column
      : {
          ...column,
          rules: [...column.rules.filter(isOrphan), ...own, ...column.rules.filter((rule) => !isOrphan(rule))],
          arrives: "changed",
        };
  });
  return { ...draft, columns };
}

function isOrphan({ when }: CellRule): boolean {
  return when.kind === "orphan";
}
