/**
 * Rows that point to a row in quarantine cannot arrive without it: they go along, or lose the reference where an entry
 * ORPHAN_ROWS for the child's column says `null`. Which those are is said by a condition on the parent's rows, so that
 * loader and proof find them by themselves.
 */
import type { FitEdge } from "../../core/live-fit.ts";
import { sameName } from "../../core/names.ts";
import type { CellCondition, CellRule, ColumnPlan } from "../../core/plan.ts";
import type { Planning } from "../context.ts";
import { selectedRows } from "../context.ts";
import type { Draft } from "../draft-table.ts";
import { quoteName } from "../sql-text.ts";
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
  const edges = edgesOf(pairs);
  const gone = new Map(drafts.flatMap((draft) => ownCondition(draft, planning)));
  const added = new Map<Draft, [string, CellRule][]>();
  // As often as a chain of tables is long; a circle ends with the tables that are in it.
  for (let round = 0, changed = gone.size > 0; changed && round < drafts.length; round++) {
    changed = false;
    for (const edge of edges) {
      const draft = drafts.find(({ table }) => table.name === edge.child);
      const condition = gone.get(edge.parent);
      if (draft === undefined || condition === undefined) continue;
      const rule = ruleFor(edge, condition, draft, planning);
      const rules = (added.get(draft) ?? []).filter(([, other]) => !isOf(other, edge));
      added.set(draft, [...rules, ...rule]);
      if (rule[0]?.[1].then !== "quarantine" || edge.child === edge.parent || gone.has(edge.child)) continue;
      gone.set(edge.child, pointingCondition(edge, condition));
      changed = true;
    }
  }
  return drafts.map((draft) => withRules(draft, added.get(draft) ?? []));
}

/** SQL of the source: true for rows that the accepted policies put in quarantine. */
function ownCondition({ table, columns }: Draft, { input }: Planning): [string, string][] {
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
  return parts.length === 0 ? [] : [[table.name, parts.join(" OR ")]];
}

/** Rows that the plan sends to quarantine because their own parent is missing. */
function orphanCondition({ columns, parent, parentColumns, parentWhere }: OrphanCondition): string {
  const given = columns.map((name) => `${quoteName(name)} IS NOT NULL`);
  const list = (names: readonly string[]): string => names.map(quoteName).join(", ");
  // One NULL among them would make every comparison unknown.
  const known = parentColumns.map((name) => `${quoteName(name)} IS NOT NULL`).join(" AND ");
  const where = ` WHERE ${known}${parentWhere === null ? "" : ` AND (${parentWhere}\n)`}`;
  return `(${given.join(" AND ")} AND (${list(columns)}) NOT IN (SELECT ${list(parentColumns)} FROM ${quoteName(parent)}${where}))`;
}

function pointingCondition({ columns, parent, parentColumns }: Edge, condition: string): string {
  const given = columns.map((name) => `${quoteName(name)} IS NOT NULL`);
  const list = (names: readonly string[]): string => names.map(quoteName).join(", ");
  return `(${given.join(" AND ")} AND (${list(columns)}) IN (SELECT ${list(parentColumns)} FROM ${quoteName(parent)} WHERE ${condition}))`;
}

function ruleFor(edge: Edge, condition: string, { table, columns }: Draft, planning: Planning): [string, CellRule][] {
  const selected = planning.input.catalog.tables.find(({ name }) => name === edge.parent);
  const where = selected === undefined ? null : selectedRows(planning.input.settings, selected);
  const policy =
    planning.hazards.chosen("ORPHAN_ROWS", `${table.name}.${edge.columns[0]}`) === "null" ? "null" : "quarantine";
  const rule: CellRule = {
    code: "ORPHAN_ROWS",
    when: {
      kind: "orphan",
      columns: edge.columns,
      parent: edge.parent,
      parentColumns: edge.parentColumns,
      parentWhere: `${where === null ? "" : `(${where}\n) AND `}NOT (${condition})`,
    },
    then: policy,
  };
  const concerned = policy === "null" ? edge.columns : edge.columns.slice(0, 1);
  return concerned.filter((name) => columns.some(({ source }) => sameName(source, name))).map((name) => [name, rule]);
}

type Reference = Pick<Edge, "columns" | "parent" | "parentColumns">;

function isOf({ when }: CellRule, edge: Edge): boolean {
  return when.kind === "orphan" && sameReference(when, edge);
}

/** One column may point to two columns of the same parent. */
function sameReference(a: Reference, b: Reference): boolean {
  const text = ({ columns, parent, parentColumns }: Reference): string =>
    JSON.stringify([columns, parent, parentColumns]);
  return text(a) === text(b);
}

/** A rule of the plan for rows without a parent gives way: these have the larger condition. */
function withRules(draft: Draft, added: readonly (readonly [string, CellRule])[]): Draft {
  if (added.length === 0) return draft;
  const columns = draft.columns.map((column): ColumnPlan => {
    const own = added.filter(([name]) => sameName(name, column.source)).map(([, rule]) => rule);
    if (own.length === 0) return column;
    const kept = column.rules.filter(
      ({ when }) =>
        when.kind !== "orphan" || !own.some((rule) => rule.when.kind === "orphan" && sameReference(rule.when, when)),
    );
    return { ...column, rules: [...own, ...kept], arrives: "changed" };
  });
  return { ...draft, columns };
}
