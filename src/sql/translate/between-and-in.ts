/** BETWEEN and IN, each by way of the comparisons it stands for. */
import type { InRight } from "../parse/ast.ts";
import { align, compare } from "./comparison.ts";
import type { Context } from "./context.ts";
import { type Fragment, infix, logic, wrap } from "./fragment.ts";
import type { Scope } from "./scope.ts";
import { refuse } from "./translation.ts";

export function between(operand: Fragment, low: Fragment, high: Fragment, scope: Scope): Fragment {
  const [first, from] = align(operand, low, scope);
  const [second, to] = align(operand, high, scope);
  if (first.sql === second.sql) return logic(`${wrap(first)} BETWEEN ${wrap(from)} AND ${wrap(to)}`);
  return infix("AND", compare(">=", operand, low, scope), compare("<=", operand, high, scope), "boolean");
}

export function isIn(left: Fragment, right: InRight, context: Context): Fragment {
  if (right.kind === "table") return refuse("IN with a table's name");
  if (right.kind === "select") return inSelect(left, right, context);
  const items = right.items.map((item) => context.expression(item, context));
  if (items.length === 0) return logic("FALSE");
  // SQLite applies neither affinity nor collation of the items.
  const pairs = items.map((item) => align(left, { ...item, affinity: null, collation: null, collated: false }, null));
  const [first] = pairs;
  if (first && pairs.every(([side]) => side.sql === first[0].sql))
    return logic(`${wrap(first[0])} IN (${pairs.map(([, item]) => item.sql).join(", ")})`);
  return logic(pairs.map(([side, item]) => `(${wrap(side)} = ${wrap(item)})`).join(" OR "));
}

function inSelect(left: Fragment, right: Extract<InRight, { kind: "select" }>, context: Context): Fragment {
  const { sql, columns } = context.select(right.select, { ...context, grouped: null });
  const column = columns[0]?.fragment;
  if (column === undefined || columns.length !== 1) return refuse("IN with a subquery of several columns");
  const [side, item] = align(left, { ...column, collation: null, collated: false }, null);
  if (item.sql !== column.sql) return refuse("IN with a subquery of another type");
  return logic(`${wrap(side)} IN (${sql})`);
}
